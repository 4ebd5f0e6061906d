import type { Limit } from '../domain/limits.js';
import type { KnownCheck } from './limit-schema.js';
import { taskOf, type MonitorGiven } from './file-schema.js';
import { laterMetrics } from './planned.js';
import { didYouMean } from './spelling.js';

/** Something that is wrong at a place of the file. */
export interface Fault {
  path: readonly (string | number)[];
  message: string;
}

/** What is wrong between the sections of a monitor file, each of them right by itself. */
export function crossFaults(given: MonitorGiven, known: readonly KnownCheck[]): Fault[] {
  return [
    ...taskFaults(given),
    ...labelFaults(given),
    ...checkFaults(given, known),
    ...metricFaults(given, known),
    ...approvalFaults(given),
  ];
}

function taskFaults(given: MonitorGiven): Fault[] {
  const task = taskOf(given);
  const kind = given.columns.prediction?.kind;
  if (kind === undefined || task === 'none') return [];
  if ((kind === 'value') === (task === 'regression')) return [];
  const right = task === 'regression' ? 'value' : 'probability or label';
  return [
    {
      path: ['columns', 'prediction', 'kind'],
      message: `expected ${right} for task ${task}, got "${kind}"`,
    },
  ];
}

function labelFaults(given: MonitorGiven): Fault[] {
  const [label] = given.labels;
  if (label?.from === undefined || label.join !== undefined) return [];
  if (given.columns.id.length > 0) return [];
  const message =
    'missing: which columns of predictions and labels are the same key. ' +
    'Example: join: { on: { id: id } }';
  return [{ path: ['labels', 0, 'join'], message }];
}

function checkFaults(given: MonitorGiven, known: readonly KnownCheck[]): Fault[] {
  const inOnly = given.checks.mode === 'only' ? ['only'] : [];
  return given.checks.entries.flatMap((entry, index) => {
    const check = known.find(({ name }) => name === entry.check);
    if (check === undefined) return [];
    const path = ['checks', ...inOnly, index];
    const faults: Fault[] = [];
    if (check.over === 'label' && given.labels.length === 0) {
      faults.push({ path, message: `${check.name} needs labels: there is no section labels` });
    }
    if (check.over !== 'feature' && check.over !== 'model' && given.columns.prediction === null) {
      const message = `${check.name} needs predictions: columns.prediction is missing`;
      faults.push({ path, message });
    }
    const warn = entry.warn === undefined ? check.defaults.warn : entry.warn;
    const alert = entry.alert === undefined ? check.defaults.alert : entry.alert;
    if (contradict(check.worse, warn, alert)) {
      const message = `expected a limit at least as bad as warn (${show(warn)}), got ${show(alert)}`;
      faults.push({ path: [...path, entry.alert === undefined ? 'warn' : 'alert'], message });
    }
    return faults;
  });
}

/** True when alert would be reached before warn. */
function contradict(worse: KnownCheck['worse'], warn: Limit | null, alert: Limit | null): boolean {
  const a = comparable(worse, warn);
  const b = comparable(worse, alert);
  return a !== null && b !== null && a.form === b.form && b.badness < a.badness;
}

function comparable(
  worse: KnownCheck['worse'],
  limit: Limit | null,
): { form: string; badness: number } | null {
  if (limit === null) return null;
  if (typeof limit === 'number') {
    return worse === 'lower'
      ? { form: 'below', badness: -limit }
      : { form: 'above', badness: limit };
  }
  if ('above' in limit) return { form: 'above', badness: limit.above };
  if ('below' in limit) return { form: 'below', badness: -limit.below };
  if ('drop' in limit) return { form: 'drop', badness: limit.drop };
  return { form: 'dropShare', badness: limit.dropShare };
}

function show(limit: Limit | null): string {
  if (limit === null || typeof limit === 'number') return String(limit);
  if ('dropShare' in limit) return `a drop of ${limit.dropShare * 100} %`;
  return Object.entries(limit)
    .map(([form, value]) => `${form} ${String(value)}`)
    .join();
}

function metricFaults(given: MonitorGiven, known: readonly KnownCheck[]): Fault[] {
  const metrics = known.filter((check) => check.over === 'label').map((check) => check.name);
  const places = [
    { path: ['retraining', 'metric'], metric: given.retraining?.metric },
    { path: ['retraining', 'gate', 'metric'], metric: given.retraining?.gate.metric },
  ];
  return places.flatMap(({ path, metric }) => {
    if (metric === undefined || metrics.includes(metric)) return [];
    const list = metrics.join(', ');
    const message = laterMetrics.includes(metric)
      ? `"${metric}" is not available yet in this version; available: ${list}`
      : `unknown metric "${metric}".${didYouMean(metric, metrics)} Known: ${list}`;
    return [{ path, message }];
  });
}

function approvalFaults(given: MonitorGiven): Fault[] {
  const approvals = given.retraining?.approvals;
  return (approvals?.reminders ?? []).flatMap((after, index) => {
    if (approvals === undefined || after < approvals.expires) return [];
    const message = 'expected a reminder before the request expires';
    return [{ path: ['retraining', 'approvals', 'reminders', index], message }];
  });
}
