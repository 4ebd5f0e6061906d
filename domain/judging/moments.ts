import { figure } from './figures.js';
import { decimalsOf, edgeOf, exactValues } from './numeric.js';
import { plainEdge } from './edges.js';
import { stepAt, stepsOf } from './steps.js';
import type { ValueCounts } from './numeric.js';
import { BIN, FINE_BINS, size } from '../profile.js';
import type { Axis, Counts, ExactFigures } from '../profile.js';

/**
 * A quantile of a binned column: a value by interpolation inside its fine bin, off by at most one
 * bin's width; beyond the ends of the axis only a bound is known, as `{ below: 33.33 }`, and of
 * coarse bins where it lies, as `{ from: 46.1, to: 48.9 }`.
 */
export type Quantile =
  | number
  | { below: number }
  | { above: number }
  | { from: number; to: number };

/** Figures of the finite values of a numeric column; null without any. */
export interface Moments {
  n: number;
  mean: number;
  /** Infinite where a value's square is no number; 0 where rounding hides all of it. */
  sd: number;
  median: Quantile;
  /** `mean` in two parts, from + above, where cells or values were added up from there. */
  parts?: { from: number; above: number };
}

/** Each window of a history is looked at once for every later one. */
const known = new WeakMap<Counts, { axis: Axis; moments: Moments | null }>();

/**
 * Mean, standard deviation (n - 1) and median of a numeric column, from its profile. Kept for as
 * long as `counts`.
 */
export function momentsOf(axis: Axis, counts: Counts): Readonly<Moments> | null {
  const found = known.get(counts);
  if (found?.axis === axis) return found.moments;
  const moments = lookAt(axis, counts);
  known.set(counts, { axis, moments });
  return moments;
}

function lookAt(axis: Axis, counts: Counts): Moments | null {
  if (counts.exact !== undefined) return exactMoments(counts.exact);
  const exact = exactValues(counts);
  const sums = exact === null ? binnedSums(axis, counts) : exactSums(axis, exact);
  if (sums.n <= 0) return null;
  const parts = { from: axis.low, above: sums.above / sums.n };
  const mean = sums.sum / sums.n;
  return {
    n: sums.n,
    mean,
    parts,
    sd: spreadOf(sums),
    median: quantileOf(axis, counts, 0.5) ?? mean,
  };
}

/** Sums are rounded to this share of the squares: of what lies far from the axis all is lost. */
const ROUNDING = 8 * Number.EPSILON;

function spreadOf({ n, above, squares }: Sums): number {
  if (!Number.isFinite(squares)) return Infinity;
  const spread = squares - (above * above) / n;
  return n > 1 && spread > ROUNDING * squares ? Math.sqrt(spread / (n - 1)) : 0;
}

function exactMoments(figures: ExactFigures): Moments | null {
  const { n, mean, variance, percentiles, parts } = figures;
  if (n === 0) return null;
  const sd = n > 1 ? Math.sqrt(variance) : 0;
  return {
    n,
    mean,
    sd,
    median: percentiles[50] ?? mean,
    ...(parts === undefined ? {} : { parts }),
  };
}

interface Sums {
  n: number;
  sum: number;
  /** Σ (x - low), cell by cell: of large numbers a whole sum loses the digits that differ. */
  above: number;
  /** Σ (x - low)², of the values beyond the axis too. */
  squares: number;
}

function binnedSums(axis: Axis, counts: Counts): Sums {
  const total: Sums = { n: 0, sum: 0, above: 0, squares: 0 };
  const { n: rows, sum: whole, squares } = counts.sums;
  const bins = counts.by['bin'];
  for (let row = 0; row < size(counts); row++) {
    const bin = Number(bins?.[row] ?? BIN.missing);
    if (bin === BIN.missing || bin === BIN.notFinite) continue;
    const n = rows?.[row] ?? 0;
    const sum = whole?.[row] ?? NaN;
    total.n += n;
    total.sum += sum;
    total.above += sum - n * axis.low;
    total.squares += squares?.[row] ?? NaN;
  }
  return total;
}

function exactSums(axis: Axis, column: ValueCounts): Sums {
  const total = { n: 0, sum: 0, above: 0, squares: 0 };
  column.values.forEach((value, index) => {
    const n = column.counts[index] ?? 0;
    total.n += n;
    total.sum += n * value;
    total.above += n * (value - axis.low);
    total.squares += n * (value - axis.low) ** 2;
  });
  return total;
}

/**
 * The value below which a share p (0 to 1) of the finite values lies; of a column that was profiled
 * value by value one of its values; null without finite values.
 */
export function quantileOf(axis: Axis, counts: Counts, p: number): Quantile | null {
  const exact = exactValues(counts);
  if (exact !== null) return exactQuantile(exact, p);
  const percent = counts.exact?.n === 0 ? undefined : counts.exact?.percentiles[p * 100];
  if (percent !== undefined) return percent;
  const steps = stepsOf(axis, counts);
  if (steps.finite <= 0) return null;
  const wanted = p * steps.finite;
  const step = stepAt(steps, wanted);
  if (step < 0) return null;
  const atom = steps.atoms[step] ?? -1;
  if (atom >= 0) return axis.atoms[atom] ?? null;
  const rows = steps.rows[step] ?? NaN;
  const below = (steps.through[step] ?? NaN) - rows;
  return inside(axis, steps.cells[step] ?? 0, (wanted - below) / rows);
}

function exactQuantile({ values, counts }: ValueCounts, p: number): number | null {
  const wanted = p * counts.reduce((sum, n) => sum + n, 0);
  let below = 0;
  for (const [index, value] of values.entries()) {
    below += counts[index] ?? 0;
    if (below >= wanted) return value;
  }
  return null;
}

function inside(axis: Axis, cell: number, share: number): Quantile {
  if (cell === 0) return { below: plainEdge(axis, 0) };
  if (cell > FINE_BINS) return { above: plainEdge(axis, FINE_BINS) };
  const perUnit = decimalsOf(axis);
  if (perUnit !== null) return Math.round(edgeOf(axis, cell - 0.5) * perUnit) / perUnit + 0;
  const value = edgeOf(axis, cell - 1 + share);
  // What rounding leaves of nothing.
  return Math.abs(value) * axis.inverseWidth < 1e-6 ? 0 : value;
}

/** `41.2`, `below 33.33`, `above 9.5`, `46.1 … 48.9`; '' when there is none. */
export function quantileInWords(quantile: Quantile | null | undefined): string {
  if (quantile == null) return '';
  if (typeof quantile === 'number') return Number.isFinite(quantile) ? figure(quantile) : '';
  if ('from' in quantile) return `${figure(quantile.from)} … ${figure(quantile.to)}`;
  return 'below' in quantile
    ? `below ${figure(quantile.below)}`
    : `above ${figure(quantile.above)}`;
}
