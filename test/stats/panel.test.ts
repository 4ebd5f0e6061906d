import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slopeOf } from '../../stats/panel.js';
import type { Panel } from '../../stats/panel.js';

/** Least squares of y on columns, by elimination. */
function leastSquares(columns: readonly number[][], y: readonly number[]): number[] {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, one, i) => sum + one * (b[i] ?? 0), 0);
  const rows = columns.map((one) => [...columns.map((other) => dot(one, other)), dot(one, y)]);
  rows.forEach((_, k) => {
    const best = rows.slice(k).reduce((at, row, i) => {
      return Math.abs(row[k] ?? 0) > Math.abs(rows[at]?.[k] ?? 0) ? k + i : at;
    }, k);
    [rows[k], rows[best]] = [rows[best] ?? [], rows[k] ?? []];
    const pivot = rows[k] ?? [];
    rows.forEach((row, i) => {
      if (i === k) return;
      const factor = (row[k] ?? 0) / (pivot[k] ?? 1);
      rows[i] = row.map((one, j) => one - factor * (pivot[j] ?? 0));
    });
  });
  return rows.map((row, k) => (row.at(-1) ?? 0) / (row[k] ?? 1));
}

/** Columns of 0 and 1 for every group and every period but the first. */
function dummies(groups: number, periods: number): number[][] {
  const cells = Array.from({ length: groups * periods }, (_, i) => i);
  return [
    ...Array.from({ length: groups }, (_, g) =>
      cells.map((i) => Number(Math.floor(i / periods) === g)),
    ),
    ...Array.from({ length: periods - 1 }, (_, t) =>
      cells.map((i) => Number(i % periods === t + 1)),
    ),
  ];
}

const cell = fc.integer({ min: -50, max: 50 }).map((one) => one / 10);
const panel = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), {
  minLength: 5,
  maxLength: 5,
});

describe('a slope within groups and periods', () => {
  test('is found whatever the levels of groups and periods are', () => {
    const x: Panel = [
      [1, 4, 2],
      [3, 3, 9],
      [0, 5, 1],
    ];
    const y = x.map((row, g) => row.map((one, t) => 2 * one + 100 * g - 30 * t));
    const slope = slopeOf(y, x);
    expect(slope?.value).toBeCloseTo(2, 12);
    expect(slope?.standardError).toBeCloseTo(0, 9);
    expect(slope?.pValue).toBeLessThan(1e-9);
  });

  test('is that of least squares with a column for each group and period', () => {
    fc.assert(
      fc.property(panel, panel, panel, (y, x, beside) => {
        const slope = slopeOf(y, x);
        const partial = slopeOf(y, x, beside);
        const columns = dummies(5, 4);
        const one = leastSquares([...columns, x.flat()], y.flat()).at(-1) ?? NaN;
        const [both] = leastSquares([...columns, x.flat(), beside.flat()], y.flat()).slice(-2);
        // what hardly varies by itself is left to rounding, in both
        if (slope !== null && Math.abs(one) < 100) expect(slope.value).toBeCloseTo(one, 6);
        if (partial === null || both === undefined || Math.abs(both) > 100) return;
        expect(partial.value).toBeCloseTo(both, 4);
      }),
    );
  });

  test('its error is that of HC1, by hand', () => {
    // two groups, two periods: all that is left is ± a quarter of the double difference
    const x = [
      [0, 0, 0],
      [0, 4, 8],
    ];
    const y = [
      [0, 0, 0],
      [0, 6, 4],
    ];
    // without means x is ∓2, 0, ±2 and y ∓5/3, ±4/3, ±1/3: slope (2 (10/3 + 2/3)) / 16
    const slope = slopeOf(y, x);
    expect(slope?.value).toBeCloseTo(0.5, 12);
    // residuals ∓2/3, ±4/3, ∓2/3; Σ (x e)² = 4 (4/3)², times 6 / 1 over 16²
    expect(slope?.standardError).toBeCloseTo(Math.sqrt((4 * (16 / 9) * 6) / 256), 12);
    // Student's t of one degree of freedom: ½ - atan(t) / π
    const t = 0.5 / Math.sqrt((4 * (16 / 9) * 6) / 256);
    expect(slope?.pValue).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 9);
  });

  test('nothing is told where x does not vary by itself', () => {
    const flat = [
      [1, 2, 3],
      [5, 6, 7],
      [2, 3, 4],
    ];
    const y = [
      [1, 0, 3],
      [5, 2, 7],
      [2, 3, 9],
    ];
    expect(slopeOf(y, flat)).toBeNull();
    expect(slopeOf(y, y, y)).toBeNull();
    expect(slopeOf([[1, 2]], [[2, 1]])).toBeNull();
  });
});
