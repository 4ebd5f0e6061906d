import { z } from 'zod';
import { figure, percent } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading } from './check.js';
import { f1, precision, recall } from './class-ratios.js';
import { accuracy, specificity } from './classes.js';
import { ESTIMABLE_OF_CLASSES, estimateOfClasses, isOfClasses } from './expected-classes.js';
import type { NameOfClasses } from './expected-classes.js';
import { expectedErrors, lossSides } from './expected-errors.js';
import { expectedWeighed } from './expected-weighed.js';
import { expectedOutcomes } from './expected.js';
import type { Cohort, Expected } from './expected.js';
import { heldAgainst, measuredOn } from './held.js';
import type { Measured } from './metric.js';
import { labelled } from './outcomes.js';
import { averagePrecisionCheck, rocAuc } from './ranks.js';
import { mae, rmse } from './regression.js';

/** Metrics that follow from what the labels of a cell of scores are expected to be. */
const ESTIMABLE = ['roc_auc', 'average_precision', 'accuracy', 'precision', 'recall'] as const;
const NAMES = [...ESTIMABLE, 'specificity', 'f1', 'mae', 'rmse'] as const;
type Name = (typeof NAMES)[number];

/** More rows than this beyond what has labels of before: nothing is estimated. */
const MOST_OUTSIDE = 0.1;
/** Nor where the labelled rows, as they are weighed, say no more than this share of them. */
const LEAST_EFFECTIVE = 0.05;

/** Which metric is estimated. */
export interface Params {
  metric: Name | null;
}

/** The parameters of what rests on an estimate. */
export const own = {
  params: z.strictObject({
    metric: z
      .enum(NAMES, { error: `expected one of ${NAMES.join(', ')}` })
      .nullable()
      .default(null),
  }),
  defaults: { metric: null },
};

/**
 * null: the area under the ROC curve, of several classes the mean of theirs; of a regression the
 * mean absolute error.
 */
function metricOf(outcomes: Outcomes, name: Name | null) {
  const isRegression = outcomes.sums['errors'] !== undefined;
  const average = isOfClasses(outcomes) ? ('macro' as const) : null;
  const chosen = name ?? (isRegression ? 'mae' : 'roc_auc');
  const metrics = {
    roc_auc: (on: Outcomes) => rocAuc.of(on, { average }),
    average_precision: (on: Outcomes) => averagePrecisionCheck.of(on, {}),
    accuracy: (on: Outcomes) => accuracy.of(on, { threshold: null }),
    precision: (on: Outcomes) => precision.of(on, { threshold: null, average: null }),
    recall: (on: Outcomes) => recall.of(on, { threshold: null, average: null }),
    specificity: (on: Outcomes) => specificity.of(on, { threshold: null }),
    f1: (on: Outcomes) => f1.of(on, { threshold: null, average: null }),
    mae: (on: Outcomes) => mae.of(on, {}),
    rmse: (on: Outcomes) => rmse.of(on, {}),
  };
  const worse = chosen === 'mae' || chosen === 'rmse' ? ('higher' as const) : ('lower' as const);
  return { name: chosen, worse, of: metrics[chosen] };
}

/** What is estimated on one side, with what it rests on. */
interface Estimate {
  metric: ReturnType<typeof metricOf>;
  estimated: Measured;
  /**
   * The metric where the labels are known, that the estimate learnt from; its standard error is of
   * what those rows say of the window.
   */
  known: Measured;
  outside: number;
  weighed: Expected['weighed'];
  /** With `plain`, the value without weights, where rows are weighed by all features. */
  since: Record<string, unknown>;
}

/** The estimate on some rows of the window; else the reading that says why there is none. */
export function estimate(
  evidence: Evidence,
  { cohort, name }: { cohort: Cohort; name: Name | null },
): Estimate | Reading {
  const { outcomes } = evidence.current;
  const { outcomes: before, since } = heldAgainst(evidence);
  const nCurrent = outcomes === null ? 0 : labelled(outcomes).all;
  const rows = { nCurrent };
  if (outcomes === null) return noReading('not_applicable', 'no row has a prediction', rows);
  if (before === null) {
    const why = since['note'];
    const note = typeof why === 'string' ? why : 'the reference has no labels to learn from';
    return noReading('no_reference', note, rows);
  }
  const metric = metricOf(before, name);
  const known = measuredOn(before, metric.of);
  const several = isOfClasses(before) ? nameOfClasses(metric.name) : null;
  if (typeof several === 'string') return noReading('not_applicable', several, rows);
  if (known === null) {
    return noReading('no_reference', `${metric.name} cannot be told on the reference`, rows);
  }
  if (several !== null) {
    const sides = { current: outcomes, before };
    const found = estimateOfClasses(sides, { cohort, name: several.name, known });
    if (typeof found === 'string') return noReading('insufficient_data', found, rows);
    const off = tooFarOff(found);
    if (off !== null) return noReading('not_applicable', off, rows);
    return { metric, ...found, known, weighed: undefined, since };
  }
  const sides = lossSides(evidence);
  const even = sides === null ? expectedOutcomes(outcomes, before, cohort) : null;
  const alike = sides === null ? expectedWeighed(evidence, cohort) : expectedErrors(sides, cohort);
  const expected = alike ?? even ?? 'no row has a prediction';
  if (typeof expected === 'string') return noReading('insufficient_data', expected, rows);
  const { outside, weighed } = expected;
  const off = tooFarOff(expected);
  if (off !== null) return noReading('not_applicable', off, rows);
  const estimated = metric.of(expected.outcomes);
  if (typeof estimated === 'string') return noReading('insufficient_data', estimated, rows);
  if (weighed === undefined) return { metric, estimated, known, outside, weighed, since };
  const standardError = estimated.standardError * Math.sqrt(estimated.n / weighed.effective);
  const plain = even === null || typeof even === 'string' ? even : metric.of(even.outcomes);
  const told =
    plain === null || typeof plain === 'string' ? since : { ...since, plain: plain.value };
  const sure = { ...known, standardError };
  return { metric, estimated, known: sure, outside, weighed, since: told };
}

/** The metric as one of several classes; a text says that it is none. */
function nameOfClasses(name: Name): { name: NameOfClasses } | string {
  const own = ESTIMABLE_OF_CLASSES.find((one) => one === name);
  if (own !== undefined) return { name: own };
  return `of several classes ${ESTIMABLE_OF_CLASSES.join(', ')} are estimated, not ${name}`;
}

/** Why the rows are not those that the reference has labels for; null: they are. */
function tooFarOff({ outside, weighed }: Pick<Expected, 'outside' | 'weighed'>): string | null {
  const where = weighed === undefined ? 'the scores' : sayCells(weighed.features);
  const cells = weighed?.features.length === 0 ? 'the scores' : where;
  if (outside > MOST_OUTSIDE)
    return `${percent(outside)} of the rows lie beyond ${cells} that the reference has labels for`;
  if (weighed === undefined || weighed.effective >= LEAST_EFFECTIVE * weighed.of) return null;
  return (
    `the ${figure(weighed.of)} labelled rows of the reference, weighed to be like these in ` +
    `${where}, say no more than ${figure(weighed.effective)} of even weight`
  );
}

/** `the predictions, distance and hour`; `all features` of none. */
export function sayCells(features: readonly string[]): string {
  if (features.length === 0) return 'all features';
  return `the ${['predictions', ...features.slice(0, -1)].join(', ')} and ${features.at(-1) ?? ''}`;
}
