import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BIN, FINE_BINS } from '../../domain/profile.js';
import { cellOf, coarseEdges, isDecimal, isDiscrete, numericAxis } from '../../lake/grid.js';
import type { NumericStats } from '../../lake/grid.js';

function statsOf(values: readonly number[]): NumericStats {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  const largest = Math.max(...values.map(Math.abs));
  return {
    type: 'DOUBLE',
    values: values.length,
    distinct: new Set(values).size,
    smallest: sorted[0] ?? null,
    largest: sorted.at(-1) ?? null,
    middle: [at(0.1), at(0.9)],
    most: [at(0.001), at(0.999)],
    decimals: [0, 1, 2, 3, 4, 5, 6].map((k) => values.every((x) => isDecimal(x, k, largest))),
    atoms: [],
  };
}

test('whole numbers, and numbers of few decimals, have a cell each', () => {
  for (const step of [1, 0.1, 0.01, 0.001]) {
    const values = Array.from({ length: 300 }, (_, i) => -7 * step + i * step);
    const axis = numericAxis(statsOf(values));
    expect(values.map((value) => cellOf(axis, value))).toEqual(values.map((_, i) => i));
    expect(axis.atoms).toEqual([]);
  }
});

test('a cell of its own has a number of few decimals, none that differs by more than rounding', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -5, max: 5 }), { minLength: 2 });
  fc.assert(
    fc.property(values, fc.integer({ min: -60, max: 60 }), (plain, power) => {
      const scaled = plain.map((value) => value * 2 ** power);
      const axis = numericAxis(statsOf(scaled));
      if (!isDiscrete(axis)) return;
      const sorted = [...scaled].sort((a, b) => a - b);
      const noise = Math.max(...scaled.map(Math.abs)) * 1e-7;
      for (const [i, value] of sorted.entries()) {
        const before = sorted[i - 1] ?? value;
        if (value - before > noise)
          expect(cellOf(axis, value)).toBeGreaterThan(cellOf(axis, before));
      }
    }),
  );
});

test('values have cells of the axis in their order, all of them where the tails are not heavy', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), {
        minLength: 2,
        maxLength: 50,
      }),
      (values) => {
        const axis = numericAxis(statsOf(values));
        const sorted = [...values].sort((a, b) => a - b);
        const cells = sorted.map((value) => cellOf(axis, value));
        const width = (at: number) => sorted[Math.ceil(at * values.length) - 1] ?? 0;
        const middle = width(0.9) - width(0.1);
        const heavy = width(1) - (sorted[0] ?? 0) > 16 * middle;
        for (const [i, cell] of cells.entries()) {
          if (!heavy) expect(cell).toBeGreaterThanOrEqual(0);
          if (!heavy) expect(cell).toBeLessThan(FINE_BINS);
          expect(cell).toBeGreaterThanOrEqual(cells[i - 1] ?? BIN.under);
        }
      },
    ),
    { examples: [[[0, Number.MIN_VALUE]]] },
  );
});

test('an axis of a heavy tail ends before its extremes, so that its cells stay useful', () => {
  const values = Array.from({ length: 10_000 }, (_, i) => ((i * 7919) % 10_007) / 97);
  values.push(1e9, -1e9);
  const axis = numericAxis(statsOf(values));
  expect(axis).toMatchObject({ min: -1e9, max: 1e9 });
  expect(cellOf(axis, 1e9)).toBe(BIN.over);
  expect(cellOf(axis, -1e9)).toBe(BIN.under);
  expect(new Set(values.map((value) => cellOf(axis, value))).size).toBeGreaterThan(1000);
});

test('a column without values and one with a single value have an axis', () => {
  expect(numericAxis(statsOf([]))).toMatchObject({ min: null, max: null });
  const axis = numericAxis({ ...statsOf([Math.PI, Math.PI]), atoms: [Math.PI] });
  expect(cellOf(axis, Math.PI)).toBeGreaterThanOrEqual(0);
  expect(cellOf(axis, Math.PI - 1)).toBe(BIN.under);
  expect(Number.isFinite(axis.inverseWidth)).toBe(true);
});

test('coarse edges cut at the tenths of the rows', () => {
  const rows = new Map(Array.from({ length: 100 }, (_, cell) => [cell, 1]));
  expect(coarseEdges(rows)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 4096]);
});

test('a cell with more than a tenth of the rows is a coarse bin of its own', () => {
  const rows = new Map([
    [0, 5],
    [1, 5],
    [2, 60],
    [3, 10],
    [4, 20],
  ]);
  // Below 2: a tenth; 2 alone; 3: with 4 alone, a cut on both sides of it.
  expect(coarseEdges(rows)).toEqual([0, 2, 3, 4, 4096]);
});

test('coarse bins hold every cell once and each of them holds rows of the reference', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: FINE_BINS - 1 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 60, maxLength: 60 }),
      (cells, counts) => {
        const rows = new Map(cells.map((cell, i) => [cell, counts[i] ?? 1]));
        const edges = coarseEdges(rows);
        expect(edges[0]).toBe(0);
        expect(edges.at(-1)).toBe(FINE_BINS);
        edges.slice(1).forEach((edge, i) => {
          const from = edges[i] ?? 0;
          expect(edge).toBeGreaterThan(from);
          expect(cells.some((cell) => cell >= from && cell < edge)).toBe(true);
        });
      },
    ),
  );
});
