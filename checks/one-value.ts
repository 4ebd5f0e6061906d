import { decimalsOf, edgeOf } from '../domain/judging/numeric.js';
import { FINE_BINS, total } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { binomialTail } from '../stats/beta.js';

/** What is known of the rows of one bin: about where they lie, and whether they hold one value. */
export interface BinValue {
  value: number;
  /** `one`: all hold it; `about`: all but the few that the reference has there too. */
  holds: 'one' | 'about' | 'several';
}

/** Variance of one value, in squared widths of a bin: what rounding leaves. */
const NO_SPREAD = 1e-6;
/** Rows that the reference lets expect in a bin: more would be less likely than this. */
const UNLIKELY = 1e-4;
/** A share of the reference from which on a bin has too many rows of its own to see through. */
const MOST_KNOWN = 0.05;
/** Rows beyond the reference's ends lie at most so many widths of the axis away. */
const BEYOND = 0.1;
/** A value that a few rows disturb is known if they move the mean by less, in units of it. */
const MOST_DISTURBED = 0.05;
/** Of fewer rows a mean may be a whole number by chance. */
const LEAST_ROWS = 100;

/** Rows of one bin, their sums, and how many of them are as in the reference: at most `known`. */
interface Bin {
  bin: number;
  n: number;
  mean: number;
  variance: number;
  known: number;
}

/**
 * Bin → what it holds. On the axis the variance tells: of one value it is nothing, and a few rows
 * beside it can add no more than a bin is wide. Beyond the axis only the sum is known: there a mean
 * that is a whole number of the column's unit is taken for the value, for that of n rows that
 * differ is one with a chance of 1 / n at most.
 */
export function binValues(axis: Axis, current: Counts, reference: Counts): Map<number, BinValue> {
  const before = new Map<number, number>();
  reference.by['bin']?.forEach((bin, row) =>
    before.set(Number(bin), reference.sums['n']?.[row] ?? 0),
  );
  const [rows, others] = [total(current), total(reference)];
  const { n, sum, squares } = current.sums;
  const found = new Map<number, BinValue>();
  current.by['bin']?.forEach((text, row) => {
    const bin = Number(text);
    const here = n?.[row] ?? NaN;
    const mean = (sum?.[row] ?? NaN) / here;
    const variance = (squares?.[row] ?? NaN) / here - (mean - axis.low) ** 2;
    const share = (before.get(bin) ?? 0) / others;
    const usual = ((before.get(bin) ?? 0) + 0.5) / (others + 1);
    const known = here < rows / 2 || share >= MOST_KNOWN ? 0 : mostOf(rows - here, usual);
    found.set(bin, valueOf(axis, current, { bin, n: here, mean, variance, known }));
  });
  return found;
}

/** The least number that a count of n rows, each with chance p, hardly ever exceeds. */
function mostOf(n: number, p: number): number {
  const likely = n * p + 6 * Math.sqrt(n * p);
  for (let k = Math.floor(n * p); k < likely; k++) {
    if (binomialTail(k + 1, n, p) < UNLIKELY) return k;
  }
  return Math.ceil(likely);
}

function valueOf(axis: Axis, counts: Counts, bin: Bin): BinValue {
  const isOnAxis = bin.bin >= 0 && bin.bin < FINE_BINS;
  const heavy = heavyValue(counts);
  if (heavy !== null && isInside(axis, bin.bin, heavy)) return { value: heavy, holds: 'about' };
  return isOnAxis ? onAxis(axis, bin) : beyondAxis(axis, bin);
}

function onAxis(axis: Axis, { n, mean, variance, known }: Bin): BinValue {
  const spread = variance * axis.inverseWidth ** 2;
  if (spread < NO_SPREAD) return { value: mean, holds: 'one' };
  // Evenly over the bin, rows are a third of its squared width from a value at its end.
  const most = known / 3 / n + NO_SPREAD;
  const step = 10 ** Math.floor(-Math.log10(axis.inverseWidth));
  const value = Number((Math.round(mean / step) * step).toPrecision(12)) + 0;
  return known > 0 && spread < most ? { value, holds: 'about' } : { value: mean, holds: 'several' };
}

function beyondAxis(axis: Axis, { bin, n, mean, known }: Bin): BinValue {
  const unit = 1 / (decimalsOf(axis) ?? 1);
  // Equal values are rounded to one side again and again while they are added up.
  const rounding = Number.EPSILON * Math.max(100, n / 2) * (Math.abs(mean) + Math.abs(axis.low));
  if (n < LEAST_ROWS || rounding > 1e-2 * unit) return { value: mean, holds: 'several' };
  const nearest = whole(mean, unit);
  if (Math.abs(nearest - mean) <= rounding) return { value: nearest, holds: 'one' };
  const width = FINE_BINS / axis.inverseWidth;
  const edge = edgeOf(axis, Math.max(0, bin));
  const far = edge + (bin < 0 ? -BEYOND : BEYOND) * width;
  for (let others = 1; others <= known && others < n; others++) {
    const ends = [edge, far].map((each) => (n * mean - others * each) / (n - others));
    const [low, high] = [Math.min(...ends) - rounding, Math.max(...ends) + rounding];
    if (high - low > MOST_DISTURBED * unit) break;
    const value = whole((low + high) / 2, unit);
    if (value >= low && value <= high) return { value, holds: 'about' };
  }
  return { value: mean, holds: 'several' };
}

/** The nearest multiple of a unit; never the zero below zero. */
function whole(value: number, unit: number): number {
  return Number((Math.round(value / unit) * unit).toPrecision(15)) + 0;
}

/** The value on half of the rows, where they were looked at value by value. */
function heavyValue({ exact }: Counts): number | null {
  const percentiles = exact?.percentiles;
  if (percentiles === undefined) return null;
  const middle = percentiles[50] ?? NaN;
  const held = percentiles.reduce((sum, value) => sum + (value === middle ? 1 : 0), 0);
  return held > 50 ? middle : null;
}

function isInside(axis: Axis, bin: number, value: number): boolean {
  if (bin < -1 || bin > FINE_BINS) return false;
  const place = Math.floor((value - axis.low) * axis.inverseWidth);
  return Math.min(FINE_BINS, Math.max(-1, place)) === bin;
}
