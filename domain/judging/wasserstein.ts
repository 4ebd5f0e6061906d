import { wasserstein, wassersteinBounds } from '../../stats/wasserstein.js';
import type { Stretch } from '../../stats/wasserstein.js';
import { BIN, FINE_BINS } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import { cellOf, edgeOf, exactValues, pointsOf } from './numeric.js';
import type { ValueCounts } from './numeric.js';

/** The distance with the bounds that surely hold it; all three equal where values are counted. */
export interface Transport {
  value: number;
  low: number;
  high: number;
}

/**
 * Wasserstein's first distance of the finite values, in the unit of the column. From cells every
 * row counts at the mean of its cell; the rows and sums of the cells bound the true distance.
 */
export function wassersteinOf(axis: Axis, current: Counts, reference: Counts): Transport {
  const [now, before] = [exactValues(current), exactValues(reference)];
  if (now !== null && before !== null) {
    const value = wasserstein(now, before);
    return { value, low: value, high: value };
  }
  const sides = [cellsOf(axis, current), cellsOf(axis, reference)] as const;
  const value = wasserstein(meansOf(sides[0]), meansOf(sides[1]));
  const { low, high } = wassersteinBounds(stretches(axis, sides));
  // the bounds are sums of thousands of terms: their last digits may pass the value
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}

/** Rows with a finite value in one cell, or on one heavy value of it. */
interface Cell {
  /** BIN.under, a fine bin, or BIN.over. */
  bin: number;
  n: number;
  sum: number;
  /** They all have this one value; null: they lie somewhere in the cell. */
  at: number | null;
}

function cellsOf(axis: Axis, counts: Counts): Cell[] {
  const points = pointsOf(axis, counts);
  const cells: Cell[] = [];
  counts.by['bin']?.forEach((given: string | number, row: number) => {
    const bin = Number(given);
    const n = counts.sums['n']?.[row] ?? 0;
    const sum = counts.sums['sum']?.[row] ?? NaN;
    if (n === 0 || bin === BIN.missing || bin === BIN.notFinite) return;
    const atom = bin <= BIN.atom0 ? axis.atoms[BIN.atom0 - bin] : undefined;
    if (atom !== undefined) cells.push({ bin: cellOf(axis, atom) - 1, n, sum: n * atom, at: atom });
    else cells.push({ bin, n, sum, at: points.has(bin + 1) ? sum / n : null });
  });
  return cells;
}

function meansOf(cells: readonly Cell[]): ValueCounts {
  const sorted = cells
    .map(({ n, sum, at }) => ({ n, value: at ?? sum / n }))
    .sort((a, b) => a.value - b.value);
  return { values: sorted.map(({ value }) => value), counts: sorted.map(({ n }) => n) };
}

/** Both sides of a cell. */
interface Joined {
  n: [number, number];
  sum: [number, number];
  /** All of its rows are on one value. */
  points: boolean;
}

function stretches(axis: Axis, sides: readonly [readonly Cell[], readonly Cell[]]): Stretch[] {
  const cells = new Map<number, Joined>();
  for (const side of [0, 1] as const) {
    for (const { bin, n, sum, at } of sides[side]) {
      const cell: Joined = cells.get(bin) ?? { n: [0, 0], sum: [0, 0], points: true };
      cell.n[side] += n;
      cell.sum[side] += sum;
      cell.points = cell.points && at !== null && axis.atoms.length === 0;
      cells.set(bin, cell);
    }
  }
  return [...cells].sort(([a], [b]) => a - b).map(([bin, cell]) => stretchOf(axis, bin, cell));
}

/** From end to end of a cell; one that holds a single value is that value. */
function stretchOf(axis: Axis, bin: number, { n, sum, points }: Joined): Stretch {
  if (bin < 0) return { n, sum, from: -Infinity, to: edgeOf(axis, 0) };
  if (bin >= FINE_BINS) return { n, sum, from: edgeOf(axis, FINE_BINS), to: Infinity };
  if (!points) return { n, sum, from: edgeOf(axis, bin), to: edgeOf(axis, bin + 1) };
  const at = (sum[0] + sum[1]) / (n[0] + n[1]);
  return { n, sum, from: at, to: at };
}
