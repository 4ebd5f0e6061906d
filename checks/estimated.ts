import { figure, percent } from '../domain/judging/figures.js';
import { normalTail, Z95 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { estimate, own, sayCells } from './estimate.js';
import type { Params } from './estimate.js';
import { sayKnown, worseBy } from './held.js';
import type { Measured } from './held.js';
import { matureOutcomes } from './mature.js';

/** A gap is one from here on, in standard errors. */
const GAP_ERRORS = 3;

/**
 * A metric without labels. Classes: each row is positive with the share of positives that its
 * score had among the labelled rows of before, by isotonic regression (CBPE), weighed to be like
 * the window's where its rows are others (see expectedWeighed), of several classes each against the
 * others (see estimateOfClasses); numbers: each row has
 * the mean error of its tenth of the predictions, and of the two features that tell most of the
 * errors (DLE). Interval and p-value, of "no worse than on those rows", are those of as many
 * labelled rows; with features the interval has the error of the means, too. It cannot see P(Y|X)
 * change.
 */
export const estimatedPerformance: Written<Params> = {
  name: 'estimated_performance',
  question: 'What would the metric be, as long as no label says so?',
  unit: 'that of the metric',
  category: 'drift',
  action: 'Look at which inputs moved; wait for the labels before you retrain.',
  over: 'score',
  needs: ['outcomes', 'reference'],
  tasks: ['binary', 'multiclass', 'regression'],
  worse: 'either',
  kind: 'associational',
  ...own,
  defaults: {
    ...own.defaults,
    warn: { dropShare: 0.05 },
    alert: null,
    minRows: 100,
    rule: 'calibrated',
  },
  significant: ({ pValue }) => pValue !== null && pValue < 0.005,
  measure(evidence, _target, { metric: name }) {
    const found = estimate(evidence, { cohort: 'scored', name });
    if ('reason' in found) return found;
    const { metric, estimated, known, outside, weighed, since } = found;
    const { low, high } =
      weighed === undefined ? estimated : together(estimated, { known, worse: metric.worse });
    return reading({
      value: estimated.value,
      ...{ low, high, interval: 'confidence' },
      pValue: worseBy(estimated, known, metric.worse),
      ...{ nCurrent: Math.round(estimated.n), nReference: known.n },
      details: {
        metric: metric.name,
        ...{ reference: known.value, outside },
        ...{ trivial: known.trivial, bound: estimated.details['bound'] ?? 0 },
        ...(weighed && { features: weighed.features, effective: weighed.effective }),
        ...since,
      },
    });
  },
  say({ value, low, high, nCurrent, details }) {
    const range = `[${figure(low ?? NaN)}, ${figure(high ?? NaN)}]`;
    const features = details['features'] as readonly string[] | undefined;
    const cells = features === undefined ? 'the scores' : sayCells(features);
    const worth =
      features?.length === 0
        ? `, from labelled rows weighed to be like them, as good as ` +
          `${figure(Math.floor(Number(details['effective'])))} of even weight`
        : '';
    return (
      `${String(details['metric'])} is estimated at ${figure(value ?? NaN)} ${range}` +
      `${sayKnown(details)}, on ${cells} of ${figure(nCurrent)} rows${worth}; ` +
      'assumes P(Y|X) unchanged.'
    );
  },
};

/** 95 % interval of an error with those of both sides added as squares. */
function together(
  estimated: Measured,
  { known, worse }: { known: Measured; worse: 'lower' | 'higher' },
): { low: number; high: number } {
  const half = Z95 * Math.hypot(estimated.standardError, known.standardError);
  const high = estimated.value + half;
  // what is better the higher it is, is a share
  return {
    low: Math.max(0, estimated.value - half),
    high: worse === 'lower' ? Math.min(1, high) : high,
  };
}

/**
 * The realised metric beside its estimate, both on the labelled rows of a mature window. Interval
 * 95 %; it is a gap beyond three standard errors, those of the realised metric and of the metric on
 * the rows that the estimate learnt from.
 */
export const conceptGap: Written<Params> = {
  name: 'concept_gap',
  question: 'Is the metric what its scores promised before the labels came?',
  unit: '(realised - estimated) / estimated',
  category: 'performance',
  action:
    'Two windows running: what the labels mean changed, or only some rows get one. Find which.',
  over: 'label',
  needs: ['outcomes', 'labels', 'reference'],
  tasks: ['binary', 'multiclass', 'regression'],
  worse: 'either',
  kind: 'associational',
  ...own,
  defaults: { ...own.defaults, warn: 0.02, alert: null, minRows: 100, rule: 'calibrated' },
  significant: ({ pValue }) => pValue !== null && pValue < 2 * normalTail(GAP_ERRORS),
  measure(evidence, _target, { metric: name }) {
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const found = estimate(evidence, { cohort: 'labelled', name });
    if ('reason' in found) return found;
    const { metric, estimated, known, weighed } = found;
    const realised = metric.of(outcomes);
    if (typeof realised === 'string') return noReading('insufficient_data', realised);
    const gap = realised.value - estimated.value;
    const error = Math.hypot(realised.standardError, known.standardError);
    const share = (value: number) => value / estimated.value;
    return reading({
      value: share(gap),
      low: share(gap - Z95 * error),
      high: share(gap + Z95 * error),
      interval: 'confidence',
      pValue: error > 0 ? 2 * normalTail(Math.abs(gap) / error) : Number(gap === 0),
      ...{ nCurrent: realised.n, nReference: known.n },
      details: {
        ...{ metric: metric.name, realised: realised.value, estimated: estimated.value },
        errors: error > 0 ? Math.abs(gap) / error : null,
        ...(weighed && { features: weighed.features, effective: weighed.effective }),
      },
    });
  },
  say({ value, low, high, nCurrent, details }) {
    const { metric, realised, estimated, errors } = details;
    const cells = details['features'] === undefined ? 'scores' : 'rows';
    const range = `[${percent(low ?? NaN)}, ${percent(high ?? NaN)}]`;
    const far = typeof errors === 'number' ? `, ${figure(errors)} standard errors` : '';
    return (
      `${String(metric)} is ${figure(Number(realised))} where ${figure(Number(estimated))} was ` +
      `estimated of the same ${cells}, a gap of ${percent(value ?? NaN)} ${range}${far}, on ` +
      `${figure(nCurrent)} labelled rows; the estimate assumes P(Y|X) unchanged.`
    );
  },
};
