import { z } from 'zod';
import type { Check } from '../domain/check.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Task } from '../domain/model.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { heldAgainst, heldOn, sayKnown, worseBy } from './held.js';
import type { Measured } from './held.js';
import { matureOutcomes } from './mature.js';
import { labelled, ofVersion, versionsIn } from './outcomes.js';
import { promised } from './promised.js';
import { sayCorrected } from './unacted.js';
import { correctedOf, measureByWeight, sayWeighted } from './weighted.js';

export type { Measured } from './held.js';

/** Measures the labelled rows of one side; a text says why it cannot. */
export type Metric<P extends object = object> = (
  outcomes: Outcomes,
  params: P,
) => Measured | string;

/** A check that is a metric, with how it measures one side. */
export interface MetricCheck<P extends object> extends Written<P> {
  of: Metric<P>;
}

/** What tells one metric from another. */
export interface Wording {
  name: string;
  question: string;
  unit: string;
  worse: Check['worse'];
  limits: Pick<Check['defaults'], 'warn' | 'alert'>;
  tasks: readonly Task[];
  /** Says nothing without parameters of its own: not computed where it is not listed. */
  onlyListed?: true;
}

/** Parameters of a metric: their schema and what holds without any. */
interface Own<P extends object> {
  params: z.ZodObject;
  defaults: P;
}

const NOTHING: Own<object> = { params: z.strictObject({}), defaults: {} };

/** What every metric has that counts rows one by one. */
interface Weighing {
  weighted?: boolean;
}

const WEIGHING = {
  weighted: z.boolean({ error: 'expected true or false' }).default(false),
};

/** From a loss on: for a metric from 0 to 1, and for one that is known by its size alone. */
export const BY_POINTS = { warn: { drop: 0.02 }, alert: { drop: 0.05 } };
export const BY_SHARE = { warn: { dropShare: 0.05 }, alert: { dropShare: 0.1 } };

/**
 * A metric on mature labels. `details.reference` is the metric on the labels that it is held
 * against and what `drop` counts from, `details.trivial` that of the trivial model; p-value:
 * one-sided, of "no worse than those", normal. Without them the interval has to clear the limit
 * alone. Where decisions are known `details.corrected` has what it would be if nobody acted, and
 * `details.promised` of a binary model how many positives the scores let expect.
 * Labels that cannot be right, all of one class, judge nothing.
 */
export function metric(wording: Wording, of: Metric): MetricCheck<object> {
  return metricWith(wording, NOTHING, of);
}

/** The same with parameters of its own. */
export function metricWith<P extends object>(
  wording: Wording,
  given: Own<P>,
  of: Metric<P>,
): MetricCheck<P> {
  const { name, question, unit, worse, limits, tasks, onlyListed } = wording;
  const isOfClasses = tasks.includes('binary');
  const isOfRows = isOfClasses || tasks.includes('regression');
  const own = isOfRows ? withWeights(given) : given;
  const measured: Metric<P & Weighing> = (outcomes, params) =>
    params.weighted === true
      ? measureByWeight(outcomes, (weighed) => of(weighed, params))
      : of(outcomes, params);
  return {
    name,
    question,
    unit,
    category: 'performance',
    action: 'See which rows it fails on; retrain when the data is sound and the fall is real.',
    over: 'label',
    needs: ['outcomes', 'labels'],
    worse,
    kind: 'associational',
    tasks,
    ...(onlyListed === undefined ? {} : { onlyListed }),
    params: own.params,
    defaults: { ...own.defaults, ...limits, minRows: 100, rule: 'calibrated' },
    significant: ({ pValue }, level) =>
      pValue === null || pValue < (level === 'warn' ? 0.025 : 0.005),
    measure: (evidence, _target, params) => {
      const found = measureOn(evidence, worse, (outcomes) => measured(outcomes, params));
      const { outcomes } = evidence.current;
      if (!isOfClasses || found.value === null || outcomes === null) return found;
      const more = promised(outcomes, heldAgainst(evidence).outcomes);
      return { ...found, details: { ...found.details, ...more } };
    },
    say: (given) => sayMetric(name, given),
    of: measured,
  };
}

function withWeights<P extends object>({ params, defaults }: Own<P>): Own<P> {
  return { params: params.extend(WEIGHING), defaults: { ...defaults, weighted: false } };
}

function measureOn(
  evidence: Evidence,
  worse: Check['worse'],
  of: (outcomes: Outcomes) => Measured | string,
): Reading {
  const outcomes = matureOutcomes(evidence);
  if ('reason' in outcomes) return outcomes;
  const nCurrent = labelled(outcomes).rows;
  const now = of(outcomes);
  if (typeof now === 'string') return noReading('insufficient_data', now, { nCurrent });
  const held = heldAgainst(evidence);
  const before = heldOn(held.outcomes, of);
  const known = typeof before === 'string' ? null : before;
  const missing = typeof before === 'string' ? { note: `of the reference ${before}` } : {};
  return reading({
    ...(now.thin !== undefined && { reason: 'insufficient_data' }),
    value: now.value,
    low: now.low,
    high: now.high,
    interval: 'confidence',
    pValue: known === null ? null : worseBy(now, known, worse),
    nCurrent: now.n,
    nReference: known?.n ?? 0,
    details: {
      ...now.details,
      trivial: now.trivial,
      coverage: nCurrent / labelled(outcomes).all,
      reference: known?.value ?? null,
      referenceStandardError: known?.standardError ?? null,
      ...held.since,
      ...versionsOf(outcomes, of),
      ...correctedOf(evidence, of, now),
      ...(now.thin === undefined ? missing : { note: now.thin }),
    },
  });
}

/** The metric of each version, where more than one of them answered labelled rows. */
function versionsOf(
  outcomes: Outcomes,
  of: (outcomes: Outcomes) => Measured | string,
): { versions?: Record<string, unknown> } {
  const names = versionsIn(outcomes);
  if (names.length < 2) return {};
  const found = names.flatMap((name) => {
    const one = of(ofVersion(name, outcomes));
    if (typeof one === 'string') return [];
    const { value, low, high, n } = one;
    return [[name, { value, low, high, n }] as const];
  });
  return { versions: Object.fromEntries(found) };
}

/** What binning can move is told from here on; it is always in `details.bound`. */
const LEAST_BOUND = 0.001;

function sayMetric(name: string, given: Reading): string {
  const { value, low, high, nCurrent, details } = given;
  const against = sayKnown(details);
  const coverage = Number(details['coverage']);
  const covered = coverage < 0.995 ? ` (${percent(coverage)} of them labelled)` : '';
  const range = `[${figure(low ?? NaN)}, ${figure(high ?? NaN)}]`;
  const counted = details['counted'] === 'requests' ? 'requests' : 'rows';
  const weighted = sayWeighted(given);
  const n = weighted.n ?? nCurrent;
  const rows = `${figure(n)} labelled ${counted}${covered}${weighted.rows}`;
  const bound = Number(details['bound'] ?? 0);
  const uncorrected =
    details['uncorrected'] === true ? '; by weight it is not corrected for rows acted on' : '';
  const off = bound >= LEAST_BOUND ? `; cells of scores leave it ± ${figure(bound)}` : '';
  return `${weighted.as}${name} is ${figure(value ?? NaN)} ${range}${against}, on ${rows}${off}${uncorrected}${sayCorrected(given)}.`;
}
