import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isotonic, shareAt } from '../../stats/isotonic.js';
import type { HitsAt } from '../../stats/isotonic.js';

test('neighbours in the wrong order are pooled, by rows', () => {
  const { values, shares } = isotonic([
    { value: 0.1, hits: 1, n: 1 },
    { value: 0.2, hits: 0, n: 3 },
    { value: 0.5, hits: 2, n: 4 },
    { value: 0.9, hits: 1, n: 2 },
  ]);
  expect([...values]).toEqual([0.1, 0.2, 0.5, 0.9]);
  // (1 + 0) / (1 + 3), then 3 / 6 of two equal ones
  expect([...shares]).toEqual([0.25, 0.25, 0.5, 0.5]);
});

test('between two values the share lies on a straight line, beyond the ends it stays', () => {
  const curve = isotonic([
    { value: 1, hits: 1, n: 10 },
    { value: 3, hits: 9, n: 10 },
  ]);
  expect([0, 1, 1.5, 2, 3, 4].map((value) => shareAt(curve, value))).toEqual([
    ...[0.1, 0.1, 0.30000000000000004, 0.5, 0.9, 0.9],
  ]);
  expect(shareAt(isotonic([]), 1)).toBeNaN();
});

const points = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 25 })
  .chain((values) => {
    const sorted = values.sort((a, b) => a - b);
    const counts = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }));
    return fc.array(counts, { minLength: sorted.length, maxLength: sorted.length }).map((drawn) =>
      drawn.map(([hits, misses], at): HitsAt => {
        return { value: sorted[at] ?? 0, hits, n: hits + misses + 1 };
      }),
    );
  });

/** The largest mean that ends before a point of the smallest that begins after it. */
function minMax(given: readonly HitsAt[]): number[] {
  const mean = (from: number, to: number) => {
    const part = given.slice(from, to + 1);
    return part.reduce((s, { hits }) => s + hits, 0) / part.reduce((s, { n }) => s + n, 0);
  };
  const places = [...given.keys()];
  return places.map((at) =>
    Math.max(
      ...places
        .filter((from) => from <= at)
        .map((from) => Math.min(...places.filter((to) => to >= at).map((to) => mean(from, to)))),
    ),
  );
}

test('it is the max-min of the means of neighbours, never falls, and keeps the hits', () => {
  fc.assert(
    fc.property(points, (given) => {
      const { shares } = isotonic(given);
      minMax(given).forEach((share, at) => expect(shares[at]).toBeCloseTo(share, 12));
      const kept = given.reduce((sum, { n }, at) => sum + n * (shares[at] ?? 0), 0);
      expect(kept).toBeCloseTo(
        given.reduce((sum, { hits }) => sum + hits, 0),
        9,
      );
    }),
    { numRuns: 200 },
  );
});
