import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sortedFinite } from '../../stats/sorted.js';

const values = fc.array(
  fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(1e300, -1e300, 5e-324)),
  { maxLength: 300 },
);

describe('sorting the values of a column', () => {
  test('gives what a plain sort of the finite values gives, and leaves the given ones alone', () => {
    fc.assert(
      fc.property(values, (list) => {
        const given = Float64Array.from(list);
        const wanted = Float64Array.from(list.filter(Number.isFinite)).sort();
        const found = sortedFinite(given);
        // -0 and 0 are one value in a column
        expect([...found].map((value) => value + 0)).toEqual([...wanted].map((value) => value + 0));
        expect([...given]).toEqual(list);
      }),
    );
  });

  test('holds for values that crowd in one place, far from a single outlier', () => {
    const crowd = Array.from({ length: 5_000 }, (_, row) => ((row * 7_919) % 5_000) / 1e6);
    const found = sortedFinite(Float64Array.from([1e12, ...crowd, NaN, -Infinity]));
    expect([...found]).toEqual([...crowd.sort((a, b) => a - b), 1e12]);
  });
});
