import { z } from 'zod';
import { percent } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading } from './check.js';
import { f1, precision, recall } from './class-ratios.js';
import { accuracy, specificity } from './classes.js';
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

/** More rows than this beyond the scores with labels of before: nothing is estimated. */
const MOST_OUTSIDE = 0.1;

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

/** null: the area under the ROC curve, of a regression the mean absolute error. */
function metricOf(outcomes: Outcomes, name: Name | null) {
  const isRegression = outcomes.sums['errors'] !== undefined;
  const chosen = name ?? (isRegression ? 'mae' : 'roc_auc');
  const metrics = {
    roc_auc: (on: Outcomes) => rocAuc.of(on, { average: null }),
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
  /** The metric where the labels are known, that the estimate learnt from. */
  known: Measured;
  outside: number;
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
  if (known === null) {
    return noReading('no_reference', `${metric.name} cannot be told on the reference`, rows);
  }
  const expected = expectedOutcomes(outcomes, before, cohort);
  if (typeof expected === 'string') return noReading('insufficient_data', expected, rows);
  const { outside } = expected;
  if (outside > MOST_OUTSIDE) return tooFarOff(expected, nCurrent);
  const estimated = metric.of(expected.outcomes);
  return typeof estimated === 'string'
    ? noReading('insufficient_data', estimated, rows)
    : { metric, estimated, known, outside, since };
}

function tooFarOff({ outside }: Expected, nCurrent: number): Reading {
  const note = `${percent(outside)} of the rows lie beyond the scores that the reference has labels for`;
  return noReading('not_applicable', note, { nCurrent });
}
