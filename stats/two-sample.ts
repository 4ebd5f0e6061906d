import { newcombe } from './intervals.js';
import type { Interval, Share } from './intervals.js';
import { studentQuantile, studentTail } from './beta.js';
import { normalTail, Z95 } from './normal.js';

/** Count, mean and variance (n - 1) of a column. */
export interface Sample {
  n: number;
  mean: number;
  variance: number;
  /** `mean` in two parts, from + above: digits that a large number has no place for. */
  parts?: MeanParts;
}

/** A number near the values, and how far their mean lies above it. */
export interface MeanParts {
  from: number;
  above: number;
}

/** mean(a) - mean(b), to all digits that there are. */
function difference(a: Sample, b: Sample): number {
  if (a.parts === undefined || b.parts === undefined) return a.mean - b.mean;
  return a.parts.from - b.parts.from + (a.parts.above - b.parts.above);
}

/** The change of a mean, in the unit of the values. */
export interface MeanShift extends Interval {
  /** mean(current) - mean(reference). */
  difference: number;
  /** The difference in standard deviations of the reference; NaN when that is 0. */
  scaled: number;
  t: number;
  df: number;
  /** Two-sided. */
  pValue: number;
}

/**
 * The change of a mean with its test and interval (95 % unless `level` says otherwise). Welch's
 * (1947) unless the variances are said to be equal (Student's). NaN where a side has fewer than 2
 * rows; without any variance t is 0 or infinite.
 */
export function meanShift(
  current: Sample,
  reference: Sample,
  { variances = 'unequal', level = 0.95 }: { variances?: 'equal' | 'unequal'; level?: number } = {},
): MeanShift {
  const shift = difference(current, reference);
  const { error, df } =
    variances === 'equal' ? pooled(current, reference) : welch(current, reference);
  const t = shift === 0 ? 0 : shift / error;
  const reach = error === 0 ? 0 : studentQuantile((1 - level) / 2, df) * error;
  return {
    difference: shift,
    scaled: shift / Math.sqrt(reference.variance),
    t,
    df,
    pValue: Math.min(1, 2 * studentTail(Math.abs(t), df)),
    low: shift - reach,
    high: shift + reach,
  };
}

interface Error {
  /** Standard error of the difference. */
  error: number;
  df: number;
}

function welch(a: Sample, b: Sample): Error {
  const [va, vb] = [a.variance / a.n, b.variance / b.n];
  const both = va + vb;
  const df = both === 0 ? a.n + b.n - 2 : both ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  return { error: Math.sqrt(both), df: a.n < 2 || b.n < 2 ? NaN : df };
}

function pooled(a: Sample, b: Sample): Error {
  const df = a.n + b.n - 2;
  const variance = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / df;
  return { error: Math.sqrt(variance * (1 / a.n + 1 / b.n)), df };
}

/**
 * Two shares: difference a - b, the z of the pooled test (0 when both are all or nothing), its
 * two-sided p-value, and Newcombe's interval of the difference.
 */
export function shareShift(
  a: Share,
  b: Share,
  z: number = Z95,
): Interval & { difference: number; z: number; pValue: number } {
  const both = (a.hits + b.hits) / (a.n + b.n);
  const error = Math.sqrt(both * (1 - both) * (1 / a.n + 1 / b.n));
  const difference = a.hits / a.n - b.hits / b.n;
  const score = difference === 0 ? 0 : difference / error;
  const pValue = Math.min(1, 2 * normalTail(Math.abs(score)));
  return { difference, z: score, pValue, ...newcombe(a, b, z) };
}
