import { BIN, FINE_BINS } from '../domain/profile.js';
import type { Axis } from '../domain/profile.js';

/** What the reference says of one numeric column. */
export interface NumericStats {
  type: string;
  values: number;
  distinct: number;
  smallest: number | null;
  largest: number | null;
  /** The 10 % and the 90 % quantile. */
  middle: readonly [number | null, number | null];
  /** The 0.1 % and the 99.9 % quantile. */
  most: readonly [number | null, number | null];
  /** decimals[k]: every value is one of k decimals, but for what rounding leaves. */
  decimals: readonly boolean[];
  /** Heavy values, the most frequent first. */
  atoms: readonly number[];
}

/**
 * An axis ends so many times the width of the middle 80 % beyond it, if it must: its cells are then
 * at most 1 / 124 of that width.
 */
const REACH = 16;
/** An axis leaves outliers out when they are so many times the middle 99.8 % apart. */
const OUTLYING = 8;
/** A fine cell with more of the rows than this is a coarse bin of its own. */
const LARGE = 0.1;
const COARSE_BINS = 10;

/** The axis of a numeric column, edges to come: a cell a value where that fits, or equal ones. */
export function numericAxis(stats: NumericStats): Axis {
  const { smallest: min, largest: max, type } = stats;
  const axis = { kind: 'numeric' as const, edges: [0, FINE_BINS], known: [], min, max, type };
  const distinct = stats.values === 0 ? 0 : stats.distinct / stats.values;
  if (min === null || max === null) {
    return { ...axis, low: -0.5, inverseWidth: 1, atoms: [], distinct };
  }
  const digits = stats.decimals.findIndex(
    (isDecimal, k) => isDecimal && (max - min) * 10 ** k <= FINE_BINS - 1,
  );
  if (digits !== -1) {
    const perUnit = 10 ** digits;
    return { ...axis, low: min - 0.5 / perUnit, inverseWidth: perUnit, atoms: [], distinct };
  }
  const atoms = [...stats.atoms].sort((a, b) => a - b);
  const isOne = max > min && max - min <= LEAST_PAD;
  return { ...axis, ...cells(stats, min, max), atoms, distinct, ...(isOne && { merged: true }) };
}

/** Of the smallest numbers there are the inverse width of a cell has to stay a number, too. */
const LEAST_PAD = 2 ** -1000;

/**
 * Whether a number of a column is one of k decimals, but for what rounding leaves of it: a share of
 * its own size, for a column in a small unit is as far from whole numbers as one in a large unit.
 * As sql/reference/numeric.sql has it; `largest` of the column, without its sign.
 */
export function isDecimal(value: number, k: number, largest: number): boolean {
  const size = Math.max(Math.abs(value), largest / 1024);
  const noise = size * (Math.fround(value) === value ? 2 ** -24 : 2 ** -44) * 1.01;
  const whole = value * 10 ** k;
  return Math.abs(whole - Math.round(whole)) <= Math.min(1e-6, noise * 10 ** k);
}

/** Equal cells from the smallest to the largest value, or around the middle of a heavy tail. */
function cells({ middle, most }: NumericStats, min: number, max: number) {
  const [from, to] = [middle[0] ?? min, middle[1] ?? max];
  // Most of a column may be one value: then the middle says nothing of the others.
  const reach = to > from ? REACH * (to - from) : Infinity;
  const [first, last] = [most[0] ?? min, most[1] ?? max];
  const few = last > first && max - min > OUTLYING * (last - first);
  const beside = few ? (last - first) / 2 : Infinity;
  const low = Math.max(min, from - reach, first - beside);
  const high = Math.min(max, to + reach, last + beside);
  return widen(low, high);
}

/** Cells from low to high, a hair wider: neither end may be rounded out of its cell. */
export function widen(low: number, high: number): { low: number; inverseWidth: number } {
  const width = Math.min(high - low, Number.MAX_VALUE);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const pad = Math.max(width * 1e-9, largest * 1e-15, LEAST_PAD);
  return { low: low - pad, inverseWidth: FINE_BINS / Math.min(width + 2 * pad, Number.MAX_VALUE) };
}

/** The cells of an axis are the values of the reference, whole numbers of some decimal place. */
export const isDiscrete = ({ atoms, inverseWidth }: Axis): boolean =>
  atoms.length === 0 && [1, 10, 100, 1e3, 1e4, 1e5, 1e6].includes(inverseWidth);

/** Middle of cell 0: the engine rounds to the nearest cell. */
export const centre = (axis: Pick<Axis, 'low' | 'inverseWidth'>): number =>
  axis.low + 0.5 / axis.inverseWidth;

/** The cell of a value, as sql/profile/numeric.sql finds it; under or over beyond the axis. */
export function cellOf(axis: Axis, value: number): number {
  const cell = roundHalfEven((value - centre(axis)) * axis.inverseWidth);
  if (cell < 0) return BIN.under;
  // Never the zero below zero.
  return cell < FINE_BINS ? cell + 0 : BIN.over;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Coarse edges at the tenths of the rows in the fine cells; a cell with more than a tenth of them
 * is a bin of its own. `rows[cell]`: rows of each fine cell, atoms not among them.
 */
export function coarseEdges(rows: ReadonlyMap<number, number>): number[] {
  const cells = [...rows].filter(([cell, n]) => cell >= 0 && cell < FINE_BINS && n > 0);
  cells.sort(([a], [b]) => a - b);
  const total = cells.reduce((sum, [, n]) => sum + n, 0);
  const edges = new Set([0, FINE_BINS]);
  let below = 0;
  let previous = 0;
  for (const [cell, n] of cells) {
    const before = Math.floor((below * COARSE_BINS) / total);
    // Not where the cell before ends with an edge already: nothing lies between the two.
    if (n > LARGE * total && below > 0 && !edges.has(previous + 1)) edges.add(cell);
    previous = cell;
    below += n;
    const after = Math.floor((below * COARSE_BINS) / total + 1e-12);
    if (after > before) edges.add(cell + 1);
    if (n > LARGE * total) edges.add(cell + 1);
  }
  const last = cells.at(-1)?.[0];
  // What lies above the largest value of the reference joins its last bin.
  if (last !== undefined && last + 1 < FINE_BINS) edges.delete(last + 1);
  return [...edges].sort((a, b) => a - b);
}
