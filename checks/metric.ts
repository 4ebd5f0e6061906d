import { z } from 'zod';
import type { Check } from '../domain/check.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { normalTail } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { labelFault, labelled, unreadLabels } from './outcomes.js';

/** A metric on one side: its value, standard error and 95 % interval, with what it rests on. */
interface Measured {
  value: number;
  standardError: number;
  low: number;
  high: number;
  /** Labelled rows that it counts. */
  n: number;
  /** The same metric of a model that knows nothing of a row. */
  trivial: number;
  details: Record<string, unknown>;
}

/** Measures the labelled rows of one side; a text says why it cannot. */
export type Metric = (outcomes: Outcomes) => Measured | string;

/** What tells one metric from another. */
export interface Wording {
  name: string;
  question: string;
  unit: string;
  worse: Check['worse'];
  limits: Pick<Check['defaults'], 'warn' | 'alert'>;
}

/**
 * A metric on mature labels. `details.reference` is the metric on the reference's labels and what
 * `drop` counts from, `details.trivial` that of the trivial model; p-value: one-sided, of "no worse
 * than the reference", normal. Without a reference the interval has to clear the limit alone.
 * Labels that cannot be right, all of one class, judge nothing.
 */
export function metric(wording: Wording, of: Metric): Written<object> {
  const { name, question, unit, worse, limits } = wording;
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
    params: z.strictObject({}),
    defaults: { ...limits, minRows: 100, rule: 'calibrated' },
    significant: ({ pValue }, level) =>
      pValue === null || pValue < (level === 'warn' ? 0.025 : 0.005),
    measure: (evidence) => measureOn(evidence, worse, of),
    say: (given) => sayMetric(name, given),
  };
}

function measureOn(evidence: Evidence, worse: Check['worse'], of: Metric): Reading {
  const { knownAt, current, facts } = evidence;
  const { outcomes } = current;
  const matureAt = current.window.end + facts.matureAfter;
  const nCurrent = outcomes === null ? 0 : labelled(outcomes).rows;
  if (facts.matureAfter > 0 && knownAt < matureAt) {
    return reading({ reason: 'immature', nCurrent, details: { matureAt } });
  }
  const unread = unreadLabels(current);
  if (unread !== null) return noReading('label_fault', unread, { nCurrent });
  if (outcomes === null || nCurrent === 0) {
    return noReading('insufficient_data', 'no labels were joined', { nCurrent });
  }
  const fault = labelFault(outcomes, evidence.reference?.outcomes ?? null);
  if (fault !== null) return noReading('label_fault', fault, { nCurrent });
  const now = of(outcomes);
  if (typeof now === 'string') return noReading('insufficient_data', now, { nCurrent });
  const before = evidence.reference?.outcomes ? of(evidence.reference.outcomes) : null;
  const known = before === null || typeof before === 'string' ? null : before;
  return reading({
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
    },
  });
}

function worseBy(now: Measured, known: Measured, worse: Check['worse']): number {
  const loss = worse === 'lower' ? known.value - now.value : now.value - known.value;
  const error = Math.hypot(now.standardError, known.standardError);
  if (error === 0) return loss > 0 ? 0 : 1;
  return normalTail(loss / error);
}

function sayMetric(name: string, { value, low, high, nCurrent, details }: Reading): string {
  const known = details['reference'];
  const against = typeof known === 'number' ? `, ${figure(known)} on the reference` : '';
  const coverage = Number(details['coverage']);
  const covered = coverage < 0.995 ? ` (${percent(coverage)} of them labelled)` : '';
  const range = `[${figure(low ?? NaN)}, ${figure(high ?? NaN)}]`;
  return `${name} is ${figure(value ?? NaN)} ${range}${against}, on ${figure(nCurrent)} labelled rows${covered}.`;
}
