import { z } from 'zod';
import { Z95 } from '../stats/normal.js';
import { BY_POINTS, BY_SHARE, metric, metricWith } from './metric.js';
import type { Measured } from './metric.js';
import { errorsOf } from './outcomes.js';
import type { ErrorSums } from './outcomes.js';
import { kurtosisOf } from './regression.js';

const NO_ROWS = 'no labelled row has a prediction';
const NOT_KEPT = 'the rows were counted before a check asked on which side the errors lie';

const REGRESSION = { worse: 'higher', limits: BY_SHARE, tasks: ['regression'] } as const;

type Sided = Omit<ErrorSums, 'sided'> & NonNullable<ErrorSums['sided']>;

/** The sums with the side of the errors; a text says why there are none. */
function sidedOf(outcomes: Parameters<typeof errorsOf>[0]): Sided | string {
  const { sided, ...sums } = errorsOf(outcomes);
  if (sums.n === 0) return NO_ROWS;
  return sided === null ? NOT_KEPT : { ...sums, ...sided };
}

/** A mean of n rows with a normal interval, from the mean of its squares. */
function meanOf(n: number, value: number, square: number): Omit<Measured, 'trivial' | 'details'> {
  const standardError = Math.sqrt(Math.max(0, square - value * value) / n);
  const reach = Z95 * standardError;
  return { value, standardError, low: value - reach, high: value + reach, n };
}

const positiveLow = <T extends { low: number }>(found: T): T => ({
  ...found,
  low: Math.max(0, found.low),
});

/** 1 - Σe² / Σ(y - ȳ)². */
export const r2 = metric(
  {
    name: 'r2',
    question: 'How much of the spread of the labels does the model explain?',
    unit: 'share, at most 1',
    worse: 'lower',
    limits: BY_POINTS,
    tasks: ['regression'],
  },
  (outcomes) => {
    const sums = errorsOf(outcomes);
    const { n, squaredErrors, spread } = sums;
    if (n === 0) return NO_ROWS;
    if (spread === 0) return 'the labels are all of one value';
    const left = squaredErrors / n / spread ** 2;
    // Of ln(Σe² / Σ(y - ȳ)²): the kurtosis of the errors, that of normal labels, and what the two
    // share where the predictions are right on average, or have nothing to do with the labels.
    const shared = Math.min(left, 1 / left);
    const kurtosis = Math.max(3, kurtosisOf(sums));
    const ofLog = left === 0 ? 0 : Math.sqrt(Math.max(0, kurtosis + 1 - 4 * shared) / n);
    return {
      value: 1 - left,
      standardError: left * ofLog,
      low: 1 - left * Math.exp(Z95 * ofLog),
      high: 1 - left * Math.exp(-Z95 * ofLog),
      n,
      trivial: 0,
      details: { kurtosis },
    };
  },
);

/** Mean of prediction - label. */
export const bias = metric(
  {
    ...REGRESSION,
    name: 'bias',
    question: 'Are the predictions too high or too low on average?',
    unit: 'unit of the label; above 0 where predictions are too high',
    worse: 'either',
    limits: { warn: null, alert: null },
  },
  (outcomes) => {
    const sums = sidedOf(outcomes);
    if (typeof sums === 'string') return sums;
    const { n, signed, squaredErrors } = sums;
    const value = signed === 0 ? 0 : -signed / n;
    return { ...meanOf(n, value, squaredErrors / n), trivial: null, details: {} };
  },
);

/** Mean of |e| / |y|; a label of 0 counts as 2^-52, as scikit-learn has it. */
export const mape = metric(
  {
    ...REGRESSION,
    name: 'mape',
    question: 'How large is the error on average, as a share of the label?',
    unit: 'share of the label, >= 0',
  },
  (outcomes) => {
    const sums = sidedOf(outcomes);
    if (typeof sums === 'string') return sums;
    const { n, relative, squaredRelative } = sums;
    const found = meanOf(n, relative / n, squaredRelative / n);
    return { ...positiveLow(found), trivial: null, details: {} };
  },
);

/** Mean of q e where the label is above the prediction, and of (1 - q) |e| where it is below. */
export const quantileLoss = metricWith(
  {
    ...REGRESSION,
    name: 'quantile_loss',
    question: 'How far from the label is a prediction that should be its quantile?',
    unit: 'unit of the label, >= 0',
    onlyListed: true,
  },
  {
    params: z.strictObject({
      q: z
        .number({ error: 'expected a number between 0 and 1' })
        .gt(0, { error: 'expected a number above 0' })
        .lt(1, { error: 'expected a number below 1' })
        .default(0.5),
    }),
    defaults: { q: 0.5 },
  },
  (outcomes, { q }) => {
    const sums = sidedOf(outcomes);
    if (typeof sums === 'string') return sums;
    const { n, errors, signed, squaredErrors, signedSquares } = sums;
    const above = { sum: (errors + signed) / 2, squares: (squaredErrors + signedSquares) / 2 };
    const below = { sum: (errors - signed) / 2, squares: (squaredErrors - signedSquares) / 2 };
    const value = (q * above.sum + (1 - q) * below.sum) / n;
    const square = (q * q * above.squares + (1 - q) ** 2 * below.squares) / n;
    return { ...positiveLow(meanOf(n, value, square)), trivial: null, details: {} };
  },
);

/** Standard deviation of the errors around their mean, with n. */
export const residualSpread = metric(
  {
    ...REGRESSION,
    name: 'residual_spread',
    question: 'How far do the errors spread around their mean?',
    unit: 'unit of the label, >= 0',
  },
  (outcomes) => {
    const sums = sidedOf(outcomes);
    if (typeof sums === 'string') return sums;
    const { n, signed, squaredErrors, spread } = sums;
    const variance = Math.max(0, squaredErrors / n - (signed / n) ** 2);
    const kurtosis = Math.max(3, kurtosisOf(sums));
    const error = variance * Math.sqrt((kurtosis - 1) / n);
    const value = Math.sqrt(variance);
    return {
      value,
      standardError: value > 0 ? error / (2 * value) : 0,
      low: Math.sqrt(Math.max(0, variance - Z95 * error)),
      high: Math.sqrt(variance + Z95 * error),
      n,
      trivial: spread,
      details: { kurtosis },
    };
  },
);
