/** Values, ascending, with how often each came. */
export interface Tally {
  values: readonly number[] | Float64Array;
  counts: readonly number[] | Float64Array;
}

/** Sorted distinct values of a column with their counts; NaN is left out. */
export function tally(values: readonly number[]): Tally {
  const sorted = Float64Array.from(values.filter((value) => !Number.isNaN(value))).sort();
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === distinct.at(-1)) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  return { values: distinct, counts };
}

/** The two-sample Kolmogorov-Smirnov statistic max |F - G|, 0 to 1; NaN when a side is empty. */
export function ksStatistic(a: Tally, b: Tally): number {
  const n = sum(a.counts);
  const m = sum(b.counts);
  if (n === 0 || m === 0) return NaN;
  let [i, j, left, right, most] = [0, 0, 0, 0, 0];
  while (i < a.values.length || j < b.values.length) {
    const value = Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity);
    if (i < a.values.length && a.values[i] === value) left += a.counts[i++] ?? 0;
    if (j < b.values.length && b.values[j] === value) right += b.counts[j++] ?? 0;
    most = Math.max(most, Math.abs(left / n - right / m));
  }
  return most;
}

/**
 * One cell of the value line, in order: `loose` rows lie somewhere in it, `atoms` on single
 * values of it, ascending; as [first side, second side].
 */
export interface Cell {
  loose: readonly [number, number];
  atoms: readonly (readonly [number, number])[];
}

/**
 * Guaranteed bounds on the Kolmogorov-Smirnov statistic of two binned columns: `low` at the points
 * where both distribution functions are known, `high` with the rows of a cell put where they hurt.
 * Equal when no cell holds loose rows of both sides. `at` = the cell where `low` was found.
 */
export function ksBounds(cells: readonly Cell[]): { low: number; high: number; at: number } {
  const totals = cells.map(sideTotals);
  const n = sum(totals.map(([a]) => a));
  const m = sum(totals.map(([, b]) => b));
  if (n === 0 || m === 0) return { low: NaN, high: NaN, at: -1 };
  let [left, right, low, high, at] = [0, 0, 0, 0, -1];
  cells.forEach((cell, index) => {
    const [looseA, looseB] = [cell.loose[0] / n, cell.loose[1] / m];
    let [a, b] = [left / n, right / m];
    for (const atom of [[0, 0] as const, ...cell.atoms]) {
      a += atom[0] / n;
      b += atom[1] / m;
      const [most, least] = [a + looseA - b, a - b - looseB];
      high = Math.max(high, most, -least);
      const sure = Math.max(0, least, -most);
      if (sure > low) [low, at] = [sure, index];
    }
    left += totals[index]?.[0] ?? 0;
    right += totals[index]?.[1] ?? 0;
    const gap = Math.abs(left / n - right / m);
    if (gap > low) [low, at] = [gap, index];
    high = Math.max(high, gap);
  });
  return { low, high, at };
}

function sideTotals(cell: Cell): [number, number] {
  const total: [number, number] = [cell.loose[0], cell.loose[1]];
  for (const [a, b] of cell.atoms) {
    total[0] += a;
    total[1] += b;
  }
  return total;
}

function sum(counts: readonly number[] | Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
