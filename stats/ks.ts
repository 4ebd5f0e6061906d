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
 * Two columns on one row of cells, in the order of their values. `loose` rows lie somewhere in
 * their cell, `atoms` rows on single values of it: cell → [first side, second side] for each of
 * them, ascending.
 */
export interface Binned {
  loose: readonly [Float64Array, Float64Array];
  atoms: ReadonlyMap<number, readonly (readonly [number, number])[]>;
}

const NO_ATOM = [[0, 0]] as const;

/**
 * Guaranteed bounds on the Kolmogorov-Smirnov statistic of two binned columns: `low` at the points
 * where both distribution functions are known, `high` with the rows of a cell put where they hurt.
 * Equal when no cell holds loose rows. `at` = the cell where `low` was found, -1 when it is 0.
 */
export function ksBounds({ loose, atoms }: Binned): { low: number; high: number; at: number } {
  const onAtoms = [0, 0] as [number, number];
  for (const list of atoms.values()) {
    for (const [a, b] of list) {
      onAtoms[0] += a;
      onAtoms[1] += b;
    }
  }
  const n = sum(loose[0]) + onAtoms[0];
  const m = sum(loose[1]) + onAtoms[1];
  if (n === 0 || m === 0) return { low: NaN, high: NaN, at: -1 };
  let [a, b, low, high, at] = [0, 0, 0, 0, -1];
  for (let cell = 0; cell < loose[0].length; cell++) {
    const [mine, other] = [loose[0][cell] ?? 0, loose[1][cell] ?? 0];
    const inside = atoms.get(cell);
    // Where nothing lies, nothing changes: most cells of few rows.
    if (mine === 0 && other === 0 && inside === undefined) continue;
    for (const atom of inside === undefined ? NO_ATOM : [...NO_ATOM, ...inside]) {
      a += atom[0];
      b += atom[1];
      const most = (a + mine) / n - b / m;
      const least = a / n - (b + other) / m;
      high = Math.max(high, most, -least);
      const sure = Math.max(0, least, -most);
      if (sure > low) [low, at] = [sure, cell];
    }
    a += mine;
    b += other;
    const gap = Math.abs(a / n - b / m);
    if (gap > low) [low, at] = [gap, cell];
    high = Math.max(high, gap);
  }
  return { low, high, at };
}

function sum(counts: readonly number[] | Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
