import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellOf } from '../../domain/judging/numeric.js';
import type { Axis } from '../../domain/profile.js';
import { ksStatistic, tally } from '../../stats/ks.js';
import { atRank, cellSpan, isHalfOnOne, partedBy, roomFor } from '../../stats/parted.js';
import { distancesOf } from '../../stats/parted-distances.js';
import { wasserstein } from '../../stats/wasserstein.js';

const ANY = { low: 0, inverseWidth: 1, count: 1 };
const cells = fc.record({
  low: fc.constantFrom(-8, -1, 0, 0.5, 3),
  inverseWidth: fc.constantFrom(0.1, 1, 2, 10, 700),
  count: fc.constantFrom(1, 7, 64, 4096),
});
const some = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
  minLength: 1,
  maxLength: 400,
});
const tied = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 400 });
const close = fc.array(
  fc.integer({ min: 0, max: 100_000 }).map((step) => step / 100_000),
  { minLength: 1, maxLength: 400 },
);
const side = fc.oneof(some, tied, close);
const parted = (values: readonly number[], by = ANY) => partedBy(Float64Array.from(values), by);

describe('values in order cell by cell', () => {
  test('have the ranks of the sorted ones, whatever the cells and in whatever order asked', () => {
    const any = fc.array(
      fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }), fc.constantFrom(1e300, -1e300)),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(any, cells, fc.array(fc.nat(199)), (list, by, ranks) => {
        const wanted = Float64Array.from(list.filter(Number.isFinite)).sort();
        const found = parted(list, by);
        expect(found.values.length).toBe(wanted.length);
        for (const rank of [...ranks, ...wanted.keys()]) {
          expect(atRank(found, rank) + 0).toBe((wanted[rank] ?? NaN) + 0);
        }
        expect(atRank(found, -1)).toBeNaN();
      }),
    );
  });

  test('are in the cells that an axis puts them into, ties on the edges too', () => {
    const edge = fc.integer({ min: -50, max: 9_000 }).map((step) => step / 8);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(edge, fc.double({ noNaN: true, min: -9, max: 5_000 }))),
        (list) => {
          const by = { low: -2, inverseWidth: 4, count: 4096 };
          const axis: Axis = {
            ...{ ...by, kind: 'numeric', atoms: [], edges: [], known: [] },
            ...{ min: null, max: null, type: 'DOUBLE', distinct: 1 },
          };
          const found = parted(list, by);
          for (let cell = -1; cell <= 4096; cell++) {
            const [from, to] = cellSpan(found, cell);
            for (let row = from; row < to; row++) {
              expect(cellOf(axis, found.values[row] ?? NaN) - 1).toBe(cell);
            }
          }
          expect(cellSpan(found, 4096)[1]).toBe(list.length);
        },
      ),
    );
  });

  test('take the room that is given, and leave the given values alone', () => {
    const given = Float64Array.of(3, NaN, 1, Infinity, 2);
    const room = roomFor(8);
    const found = partedBy(given, { low: 0, inverseWidth: 1, count: 4 }, room);
    expect([...found.values]).toEqual([1, 2, 3]);
    expect(found.values.buffer).toBe(room.values.buffer);
    expect([...given]).toEqual([3, NaN, 1, Infinity, 2]);
  });
});

describe('distances of values in order cell by cell', () => {
  test('are those of the same values as tallies, whatever the cells', () => {
    fc.assert(
      fc.property(side, side, cells, (a, b, by) => {
        const found = distancesOf(parted(a, by), parted(b, by));
        expect(found.ks).toBeCloseTo(ksStatistic(tally(a), tally(b)), 12);
        expect(found.wasserstein).toBeCloseTo(wasserstein(tally(a), tally(b)), 10);
      }),
      { numRuns: 500 },
    );
  });

  test('of 1, 2, 2, 5 and 2, 4 are 1/4 and 1', () => {
    // F - G over [1, 2) is 1/4, over [2, 4) 3/4 - 1/2, over [4, 5) 3/4 - 1.
    const found = distancesOf(parted([1, 2, 2, 5]), parted([2, 4]));
    expect(found.ks).toBe(0.25);
    expect(found.wasserstein).toBe(1 / 4 + 2 / 4 + 1 / 4);
  });

  test('need no order where the functions neither cross nor are furthest apart', () => {
    const by = { low: 0, inverseWidth: 100, count: 100 };
    const rows = Array.from({ length: 8_192 }, (_, row) => ((row * 7_919) % 8_192) / 8_192);
    const halves = rows.map((value) => value / 2);
    const [a, b] = [parted(rows, by), parted(halves, by)];
    // All of the halves lie below 1/2, and half of the others; the means are a factor of 2 apart.
    const found = distancesOf(a, b);
    expect(found.ks).toBeCloseTo(ksStatistic(tally(rows), tally(halves)), 15);
    expect(found.wasserstein).toBeCloseTo(8_191 / 8_192 / 4, 12);
    expect(a.sorted.filter((one) => one === 1).length).toBeLessThan(10);
  });

  test('are NaN when a side is empty', () => {
    const nothing = { ks: NaN, wasserstein: NaN };
    expect(distancesOf(parted([]), parted([1]))).toEqual(nothing);
    expect(distancesOf(parted([1]), parted([NaN]))).toEqual(nothing);
  });
});

test('a value that holds half of the rows is found, one with less is not', () => {
  expect(isHalfOnOne(parted([0, 0, 1, 2]))).toBe(true);
  expect(isHalfOnOne(parted([0, 1, 2, 2]))).toBe(true);
  expect(isHalfOnOne(parted([0, 1, 1, 1, 2]))).toBe(true);
  expect(isHalfOnOne(parted([0, 1, 1, 2, 3]))).toBe(false);
  expect(isHalfOnOne(parted([]))).toBe(false);
});
