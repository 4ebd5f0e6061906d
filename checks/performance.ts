import { hanleyMcNeil } from '../stats/auc.js';
import { wilson } from '../stats/intervals.js';
import { Z95 } from '../stats/normal.js';
import { metric } from './metric.js';
import { aucOf, errorsOf, hitsOf } from './outcomes.js';

/** Area under the ROC curve; the interval is Hanley and McNeil's, `details.bound` the binning's. */
export const rocAuc = metric(
  {
    name: 'roc_auc',
    question: 'Does the model still rank positives above negatives?',
    unit: 'probability, 0 to 1',
    worse: 'lower',
    limits: { warn: { drop: 0.02 }, alert: { drop: 0.05 } },
  },
  (outcomes) => {
    const { value, bound, positives, negatives } = aucOf(outcomes);
    if (value === null) return 'the labels are all of one class';
    const standardError = hanleyMcNeil(value, positives, negatives);
    const reach = Z95 * standardError;
    return {
      value,
      standardError,
      low: Math.max(0, value - reach),
      high: Math.min(1, value + reach),
      n: positives + negatives,
      trivial: 0.5,
      details: { bound, positives, negatives },
    };
  },
);

/** Share of the labelled rows whose class was predicted; Wilson's interval. */
export const accuracy = metric(
  {
    name: 'accuracy',
    question: 'How often is the predicted class right?',
    unit: 'share of rows, 0 to 1',
    worse: 'lower',
    limits: { warn: { drop: 0.02 }, alert: { drop: 0.05 } },
  },
  (outcomes) => {
    const { hits, n, majority } = hitsOf(outcomes);
    if (n === 0) return 'no labelled row has a predicted class';
    const value = hits / n;
    const standardError = Math.sqrt((value * (1 - value)) / n);
    return {
      value,
      standardError,
      ...wilson({ hits, n }),
      n,
      trivial: majority,
      details: { hits },
    };
  },
);

/** Root of the mean squared error; interval by the spread of the squared errors. */
export const rmse = metric(
  {
    name: 'rmse',
    question: 'How large is the error, large ones weighing more?',
    unit: 'unit of the label, >= 0',
    worse: 'higher',
    limits: { warn: { dropShare: 0.05 }, alert: { dropShare: 0.1 } },
  },
  (outcomes) => {
    const { n, errors, squaredErrors, spread } = errorsOf(outcomes);
    if (n === 0) return 'no labelled row has a prediction';
    const mean = squaredErrors / n;
    const value = Math.sqrt(mean);
    // only Σ|e| and Σe² are kept: their ratio tells how heavy the tails are. Kurtosis by a power of
    // it that is right for normal errors (3) and Laplace errors (6).
    const ratio = (2 / Math.PI / (errors / n) ** 2) * mean;
    const kurtosis = mean > 0 ? Math.max(1.8, 3 * ratio ** 2.87) : 3;
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
    limits: { warn: { dropShare: 0.05 }, alert: { dropShare: 0.1 } },
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
