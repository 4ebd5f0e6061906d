import { edgeOf } from '../domain/judging/numeric.js';
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
/** Moments that are made of sums are right to this share. */
const SLACK = 0.01;
/** Sums of a bin are rounded so many times: while they are made, and when profiles are added up. */
const ROUNDINGS = 64;
/** The engine adds rows up so many cells from the axis without a loss, for there it looks again. */
const FAR = 2 ** 15;

/** Rows of one bin, their sums, and how many of them are as in the reference: at most `known`. */
interface Bin {
  bin: number;
  n: number;
  mean: number;
  variance: number;
  /** Σ(x - low)³, beyond the axis. */
  cubes: number;
  known: number;
}

/**
 * Bin → what it holds, by the variance: of one value it is what rounding leaves, and a few rows
 * beside it can add no more than a bin is wide. Beyond the axis k of n rows give all of the
 * variance only if the skewness is about √(n / k) or more: no others lie like that.
 */
export function binValues(axis: Axis, current: Counts, reference: Counts): Map<number, BinValue> {
  const before = new Map<number, number>();
  reference.by['bin']?.forEach((bin, row) =>
    before.set(Number(bin), reference.sums['n']?.[row] ?? 0),
  );
  const [rows, others] = [total(current), total(reference)];
  const { n, sum, squares, cubes: thirds } = current.sums;
  const found = new Map<number, BinValue>();
  current.by['bin']?.forEach((text, row) => {
    const bin = Number(text);
    const here = n?.[row] ?? NaN;
    const mean = (sum?.[row] ?? NaN) / here;
    const variance = (squares?.[row] ?? NaN) / here - (mean - axis.low) ** 2;
    const cubes = thirds?.[row] ?? NaN;
    const share = (before.get(bin) ?? 0) / others;
    const usual = ((before.get(bin) ?? 0) + 0.5) / (others + 1);
    const known = here < rows / 2 || share >= MOST_KNOWN ? 0 : mostOf(rows - here, usual);
    found.set(bin, valueOf(axis, current, { bin, n: here, mean, variance, cubes, known }));
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
  // what adding up has left of 0
  const isZero = Math.abs(mean) * axis.inverseWidth < NO_SPREAD;
  if (spread < NO_SPREAD) return { value: isZero ? 0 : mean, holds: 'one' };
  // Evenly over the bin, rows are a third of its squared width from a value at its end.
  const most = known / 3 / n + NO_SPREAD;
  const step = 10 ** Math.floor(-Math.log10(axis.inverseWidth));
  const value = Number((Math.round(mean / step) * step).toPrecision(12)) + 0;
  return known > 0 && spread < most ? { value, holds: 'about' } : { value: mean, holds: 'several' };
}

function beyondAxis(axis: Axis, { bin, n, mean, variance, cubes, known }: Bin): BinValue {
  const off = roundingOf(axis, { n, mean });
  // Rounding may have it below nothing.
  if (Math.abs(variance) <= off) {
    const exact = off * axis.inverseWidth ** 2 < 1;
    return { value: rounded(mean, Math.sqrt(off) / 1e3), holds: exact ? 'one' : 'about' };
  }
  const edge = edgeOf(axis, Math.max(0, bin));
  const away = mean - edge;
  // Third moment: of rows that only few others spread it is far larger than that of any cloud.
  const skew = -Math.sign(away) * skewOf(axis, { n, mean, variance, cubes });
  // Of a share q at one distance; at several they are fewer that count, and so it is larger.
  const q = known / n;
  const least = (1 - 2 * q) / Math.sqrt(q * (1 - q));
  const most = (q / (1 - q)) * away ** 2;
  const isTheirs = variance > off && variance <= most * (1 + SLACK);
  const isFew = skew >= least * (1 - SLACK) && q < 0.5;
  if (!isTheirs || !isFew) return { value: mean, holds: 'several' };
  const value = mean + (Math.sign(away) * Math.sqrt(variance)) / skew;
  return { value: rounded(value, Math.sqrt(variance / n)), holds: 'about' };
}

/** Skewness of a bin. */
function skewOf(axis: Axis, { n, mean, variance, cubes }: Omit<Bin, 'bin' | 'known'>): number {
  const above = mean - axis.low;
  // Σ(x - mean)³ / n from the sums around low.
  const moment = cubes / n - 3 * above * variance - above ** 3;
  return moment / variance ** 1.5;
}

/** How much of a variance may be rounding of the sums that it is made of. */
function roundingOf(axis: Axis, { n, mean }: Pick<Bin, 'n' | 'mean'>): number {
  const distance = Math.abs(mean - axis.low);
  const steps = distance * axis.inverseWidth > FAR ? ROUNDINGS : ROUNDINGS + n;
  // The sum is that of the values, whose last digits are as coarse as the values are large.
  return Number.EPSILON * steps * (distance + 2 * Math.abs(axis.low)) * distance;
}

/** To the digit that is known where the value may be so much off; never the zero below zero. */
function rounded(value: number, off: number): number {
  const step = 10 ** Math.ceil(Math.log10(off));
  const whole = step > 0 ? Math.round(value / step) * step : value;
  return Number(whole.toPrecision(15)) + 0;
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
