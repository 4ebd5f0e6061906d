import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentsOf, quantileOf } from '../../domain/judging/moments.js';
import { cellOf, edgeOf } from '../../domain/judging/numeric.js';
import { BIN, FINE_BINS, type Axis, type Counts } from '../../domain/profile.js';

const axis: Axis = {
  ...{ kind: 'numeric', low: 10, inverseWidth: 8, atoms: [12, 12.01, 300], edges: [] },
  ...{ known: [], min: null, max: null, type: 'DOUBLE', distinct: 1 },
};

const counts = (rows: readonly (readonly [number, number])[]): Counts => ({
  by: { bin: Int32Array.from(rows, ([bin]) => bin) },
  sums: {
    n: Float64Array.from(rows, ([, n]) => n),
    sum: Float64Array.from(rows, ([bin, n]) => bin * n),
    squares: Float64Array.from(rows, ([bin, n]) => bin * bin * n),
  },
});

/** By walking over all cells, the loose rows of each before those on its heavy values. */
function walked(rows: readonly (readonly [number, number])[], p: number) {
  const rowsIn = (bin: number) =>
    rows.filter(([key]) => key === bin).reduce((sum, [, n]) => sum + n, 0);
  const finite = rows.filter(([bin]) => bin !== BIN.missing && bin !== BIN.notFinite);
  const wanted = p * finite.reduce((sum, [, n]) => sum + n, 0);
  let below = 0;
  for (let cell = 0; cell <= FINE_BINS + 1; cell++) {
    const loose = rowsIn(cell - 1);
    if (loose > 0 && below + loose >= wanted) {
      if (cell === 0) return { below: edgeOf(axis, 0) };
      if (cell > FINE_BINS) return { above: edgeOf(axis, FINE_BINS) };
      return edgeOf(axis, cell - 1 + (wanted - below) / loose);
    }
    below += loose;
    for (const [index, value] of axis.atoms.entries()) {
      if (cellOf(axis, value) !== cell) continue;
      const n = rowsIn(BIN.atom0 - index);
      below += n;
      if (n > 0 && below >= wanted) return value;
    }
  }
  return null;
}

const bins = fc.oneof(
  fc.constantFrom(BIN.under, BIN.over, BIN.missing, BIN.notFinite, BIN.atom0, BIN.atom0 - 1),
  fc.integer({ min: 0, max: 40 }),
  fc.constantFrom(BIN.atom0 - 2, cellOf(axis, 300) - 1, FINE_BINS - 1),
);

test('a quantile is where a walk over all cells, from the lowest on, comes to it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(bins, fc.integer({ min: 0, max: 50 })), { maxLength: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, p) => {
        expect(quantileOf(axis, counts(rows), p)).toEqual(walked(rows, p));
      },
    ),
    { numRuns: 300 },
  );
});

test('many cells give the same quantiles as few', () => {
  const rows = Array.from({ length: 600 }, (_, k) => [(k * 7) % 600, (k % 5) + 1] as const);
  const all = [...rows, [BIN.atom0, 40], [BIN.atom0 - 1, 3], [BIN.missing, 9]] as const;
  for (let p = 0; p <= 1; p += 1 / 64) {
    expect(quantileOf(axis, counts(all), p)).toEqual(walked(all, p));
  }
});

test('the figures of a column are those of its own axis, whatever was asked before', () => {
  const own = counts([
    [0, 4],
    [8, 4],
  ]);
  const wider = { ...axis, inverseWidth: 4 };
  expect(quantileOf(axis, own, 1)).toBe(10 + 9 / 8);
  expect(momentsOf(axis, own)?.median).toBe(10 + 1 / 8);
  expect(quantileOf(wider, own, 1)).toBe(10 + 9 / 4);
  expect(momentsOf(wider, own)?.median).toBe(10 + 1 / 4);
  expect(momentsOf(axis, own)?.median).toBe(10 + 1 / 8);
});
