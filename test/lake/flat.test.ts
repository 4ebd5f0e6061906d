import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Counts } from '../../domain/profile.js';
import { flatten, unflatten } from '../../lake/flat.js';

const cell = fc.integer({ min: -16, max: 5000 });
const n = fc.double({ noNaN: true, min: 0, max: 1e12 });
/** Counts of a numeric column, of a categorical one, or by cell and label, with another sum. */
const counts: fc.Arbitrary<Counts> = fc.oneof(
  fc.array(fc.tuple(cell, n), { minLength: 1, maxLength: 5 }).map((rows) => ({
    by: { bin: Int32Array.from(rows, ([bin]) => bin) },
    sums: { n: Float64Array.from(rows, (row) => row[1]) },
  })),
  fc.array(fc.tuple(fc.string(), n), { minLength: 1, maxLength: 5 }).map((rows) => ({
    by: { value: rows.map(([value]) => value) },
    sums: { n: Float64Array.from(rows, (row) => row[1]) },
  })),
  fc.array(fc.tuple(cell, fc.string(), n), { minLength: 1, maxLength: 5 }).map((rows) => ({
    by: { bin: Int32Array.from(rows, ([bin]) => bin), label: rows.map((row) => row[1]) },
    sums: {
      n: Float64Array.from(rows, (row) => row[2]),
      sum: Float64Array.from(rows, (row) => -row[2]),
    },
  })),
);
const parts = fc.array(fc.dictionary(fc.string(), counts, { maxKeys: 4 }), { maxLength: 4 });

test('columns of several profiles are the same after they were few tables', () => {
  fc.assert(
    fc.property(parts, (all) => {
      expect(unflatten(Object.values(flatten(all)), all.length)).toEqual(all);
    }),
  );
});

test('a table of one form holds the numbers of its columns in their order', () => {
  const column = (...bins: number[]): Counts => ({
    by: { bin: Int32Array.from(bins) },
    sums: { n: Float64Array.from(bins, (bin) => bin * 10) },
  });
  const tables = flatten([
    { b: column(4, 2), a: column(7) },
    { b: column(), a: column(1) },
  ]);
  expect(Object.values(tables)).toEqual([
    {
      by: {
        part: Int32Array.of(0, 0, 0, 1),
        column: ['b', 'b', 'a', 'a'],
        bin: Int32Array.of(4, 2, 7, 1),
      },
      sums: { n: Float64Array.of(40, 20, 70, 10) },
    },
  ]);
});
