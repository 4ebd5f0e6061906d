import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mover, newcombe, wilson } from '../../stats/intervals.js';

const share = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, part]) => ({ n, hits: Math.round(n * part) }));

test('of a difference of two shares it is Newcombe’s, of one share Wilson’s', () => {
  fc.assert(
    fc.property(share, share, (a, b) => {
      const found = mover([a, b], ([p = NaN, q = NaN]) => p - q);
      const known = newcombe(a, b);
      expect(found.value).toBe(a.hits / a.n - b.hits / b.n);
      expect(found.low).toBeCloseTo(known.low, 12);
      expect(found.high).toBeCloseTo(known.high, 12);
      const one = mover([a], ([p = NaN]) => p);
      expect(one.low).toBeCloseTo(wilson(a).low, 12);
      expect(one.high).toBeCloseTo(wilson(a).high, 12);
    }),
  );
});

test('of a weighted sum it is μ ± √Σ w² (p − limit)²', () => {
  fc.assert(
    fc.property(share, share, fc.double({ min: 0, max: 1, noNaN: true }), (h, f, w) => {
      const [a, b] = [wilson(h), wilson(f)];
      const [p, q] = [h.hits / h.n, f.hits / f.n];
      const found = mover([h, f], (rates) => w * (rates[0] ?? NaN) + (1 - w) * (rates[1] ?? NaN));
      const low = Math.sqrt(w ** 2 * (p - a.low) ** 2 + (1 - w) ** 2 * (q - b.low) ** 2);
      expect(found.low).toBeCloseTo(w * p + (1 - w) * q - low, 12);
      const high = Math.sqrt(w ** 2 * (a.high - p) ** 2 + (1 - w) ** 2 * (b.high - q) ** 2);
      expect(found.high).toBeCloseTo(w * p + (1 - w) * q + high, 12);
    }),
  );
});
