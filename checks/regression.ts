import { Z95 } from '../stats/normal.js';
import { BY_SHARE, metric } from './metric.js';
import { errorsOf } from './outcomes.js';
import type { ErrorSums } from './outcomes.js';

/**
 * Kurtosis of errors of which only Σ|e| and Σe² are kept: their ratio tells how heavy the tails
 * are. By a power of it that is right for normal errors (3) and Laplace errors (6).
 */
export function kurtosisOf({ n, errors, squaredErrors }: KeptErrors): number {
  if (squaredErrors === 0) return 3;
  const ratio = (2 / Math.PI / (errors / n) ** 2) * (squaredErrors / n);
  return Math.max(1.8, 3 * ratio ** 2.87);
}

type KeptErrors = Pick<ErrorSums, 'n' | 'errors' | 'squaredErrors'>;

/** Root of the mean squared error; interval by the spread of the squared errors. */
export const rmse = metric(
  {
    name: 'rmse',
    question: 'How large is the error, large ones weighing more?',
    unit: 'unit of the label, >= 0',
    worse: 'higher',
    limits: BY_SHARE,
    tasks: ['regression'],
  },
  (outcomes) => {
    const { n, errors, squaredErrors, spread } = errorsOf(outcomes);
    if (n === 0) return 'no labelled row has a prediction';
    const mean = squaredErrors / n;
    const value = Math.sqrt(mean);
    const kurtosis = kurtosisOf({ n, errors, squaredErrors });
    const meanError = mean * Math.sqrt((kurtosis - 1) / n);
    return {
      value,
      standardError: value > 0 ? meanError / (2 * value) : 0,
      low: Math.sqrt(Math.max(0, mean - Z95 * meanError)),
      high: Math.sqrt(mean + Z95 * meanError),
      n,
      trivial: spread,
      details: { kurtosis },
    };
  },
);

/** Mean absolute error; normal interval. Trivial: the mean's, were the labels normal. */
export const mae = metric(
  {
    name: 'mae',
    question: 'How large is the error on average?',
    unit: 'unit of the label, >= 0',
    worse: 'higher',
    limits: BY_SHARE,
    tasks: ['regression'],
  },
  (outcomes) => {
    const { n, errors, squaredErrors, spread } = errorsOf(outcomes);
    if (n === 0) return 'no labelled row has a prediction';
    const value = errors / n;
    const standardError = Math.sqrt(Math.max(0, squaredErrors / n - value * value) / n);
    return {
      value,
      standardError,
      low: Math.max(0, value - Z95 * standardError),
      high: value + Z95 * standardError,
      n,
      trivial: spread * Math.sqrt(2 / Math.PI),
      details: {},
    };
  },
);
