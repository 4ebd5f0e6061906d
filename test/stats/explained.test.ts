import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainedShare, withoutMeans } from '../../stats/explained.js';

test('the share that groups explain is the hand-computed value', () => {
  // inside: (1 + 1) + (1 + 1) = 4 with 4 - 2 degrees, in all: 16 + 4 + 4 + 16 = 40 with 3
  const values = [-4, -2, 2, 4];
  expect(withoutMeans(values, [0, 0, 7, 7])).toEqual({
    values: Float64Array.of(-1, 1, -1, 1),
    squares: 4,
    groups: 2,
  });
  expect(explainedShare(values, [0, 0, 7, 7])).toBeCloseTo(1 - 4 / 2 / (40 / 3), 15);
  expect(explainedShare(values, [0, 0, 0, 0])).toBe(0);
});

test('values that are all one, and groups of one value each, explain nothing', () => {
  expect(explainedShare([3, 3, 3], [0, 0, 1])).toBe(0);
  expect(explainedShare([1, 2, 3], [0, 1, 2])).toBe(0);
  expect(explainedShare([], [])).toBe(0);
});

test('no group explains more than all, and what is left of each adds up to nothing', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat({ max: 3 })));
  fc.assert(
    fc.property(rows, (pairs) => {
      const [values, codes] = [pairs.map(([value]) => value), pairs.map(([, code]) => code)];
      expect(explainedShare(values, codes)).toBeLessThanOrEqual(1);
      const left = withoutMeans(values, codes).values;
      for (const code of new Set(codes)) {
        const own = [...left].filter((_, row) => codes[row] === code);
        expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 8);
      }
    }),
  );
});
