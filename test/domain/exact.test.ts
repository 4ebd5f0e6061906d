import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figuresOf, sortValues } from '../../domain/judging/exact.js';

/** The corrected two-pass formula (Chan, Golub and LeVeque, 1983). */
function twoPass(values: readonly number[]): { mean: number; variance: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const off = values.map((value) => value - mean);
  const rest = off.reduce((sum, one) => sum + one, 0);
  const squares = off.reduce((sum, one) => sum + one * one, 0);
  return { mean: mean + rest / n, variance: (squares - (rest * rest) / n) / (n - 1) };
}

test('mean and variance of one pass are those of two, however far from 0 the values lie', () => {
  const small = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    ...{ minLength: 2, maxLength: 300 },
  });
  fc.assert(
    fc.property(small, fc.constantFrom(0, 1, 1e6, 1e9, -1e9, 1e12), (list, offset) => {
      const values = list.map((value) => offset + value);
      const found = figuresOf(sortValues(Float64Array.from(values)));
      const { mean, variance } = twoPass(values);
      // Steps between doubles there: what is below them is no spread of the values.
      const step = Number.EPSILON * Math.max(1, Math.abs(offset));
      expect(found.n).toBe(values.length);
      expect(Math.abs(found.mean - mean)).toBeLessThanOrEqual(2 * step);
      expect(Math.abs(found.variance - variance)).toBeLessThanOrEqual(1e-9 * variance + step ** 2);
    }),
  );
});

test('1e9 and a little is spread by the little', () => {
  // 0, 1, 2 and 3 quarters: mean 3/8, squares (9 + 1 + 1 + 9) / 64, by n - 1 = 3.
  const found = figuresOf(sortValues(Float64Array.of(1e9, 1e9 + 0.25, 1e9 + 0.5, 1e9 + 0.75)));
  expect(found.mean).toBe(1e9 + 0.375);
  expect(found.variance).toBeCloseTo(20 / 64 / 3, 15);
});
