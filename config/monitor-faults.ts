import type { KnownCheck } from './limit-schema.js';
import { taskOf, type MonitorGiven } from './file-schema.js';

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
    const { name, over } = check;
    if (over === 'label' && given.labels.length === 0) {
      return [{ path, message: `${name} needs labels: there is no section labels` }];
    }
    if ((over !== 'label' && over !== 'score') || given.columns.prediction !== null) return [];
    return [{ path, message: `${name} needs predictions: columns.prediction is missing` }];
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
