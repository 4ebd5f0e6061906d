import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ksStatistic, tally } from '../../stats/ks.js';
import { distancesOf, halfOnOne, sortedFinite } from '../../stats/sorted.js';
import { wasserstein } from '../../stats/wasserstein.js';

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

describe('distances of sorted values', () => {
  test('are those of the same values as tallies', () => {
    const some = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1 });
    const tied = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1 });
    const side = fc.oneof(some, tied);
    fc.assert(
      fc.property(side, side, (a, b) => {
        const found = distancesOf(
          sortedFinite(Float64Array.from(a)),
          sortedFinite(Float64Array.from(b)),
        );
        expect(found.ks).toBeCloseTo(ksStatistic(tally(a), tally(b)), 12);
        expect(found.wasserstein).toBeCloseTo(wasserstein(tally(a), tally(b)), 10);
      }),
    );
  });

  test('of 1, 2, 2, 5 and 2, 4 are 1/4 and 1', () => {
    // F - G over [1, 2) is 1/4, over [2, 4) 3/4 - 1/2, over [4, 5) 3/4 - 1.
    const found = distancesOf(Float64Array.of(1, 2, 2, 5), Float64Array.of(2, 4));
    expect(found.ks).toBe(0.25);
    expect(found.wasserstein).toBe(1 / 4 + 2 / 4 + 1 / 4);
  });

  test('are NaN when a side is empty', () => {
    expect(distancesOf(new Float64Array(), Float64Array.of(1))).toEqual({
      ks: NaN,
      wasserstein: NaN,
    });
  });
});

test('a value that holds half of the rows is found, one with less is not', () => {
  expect(halfOnOne(Float64Array.of(0, 0, 1, 2))).toBe(0.5);
  expect(halfOnOne(Float64Array.of(0, 1, 2, 2))).toBe(0.5);
  expect(halfOnOne(Float64Array.of(0, 1, 1, 1, 2))).toBe(0.6);
  expect(halfOnOne(Float64Array.of(0, 1, 1, 2, 3))).toBe(0);
  expect(halfOnOne(new Float64Array())).toBe(0);
});
