import type { CheckGiven } from './checks-schema.js';
import { faultOfLimits } from './limit-order.js';
import { defaultsOf, type KnownCheck } from './limit-schema.js';
import type { Fault, Sections } from './fault.js';
import { taskOf } from './file-schema.js';
import { namedFaults } from './reference-faults.js';
import { windowFaults } from './window-faults.js';

/** What is wrong between the sections of a monitor file, as far as each is right by itself. */
export function crossFaults(given: Sections, known: readonly KnownCheck[]): Fault[] {
  return [
    ...windowFaults(given),
    ...namedFaults(given),
    ...taskFaults(given),
    ...labelFaults(given),
    ...checkFaults(given, known),
    ...approvalFaults(given),
  ];
}

function taskFaults({ model, columns }: Sections): Fault[] {
  const kind = columns?.prediction?.kind;
  if (model === undefined || columns === undefined || kind === undefined) return [];
  const task = taskOf({ model, columns });
  if (task === 'none') return [];
  if ((kind === 'value') === (task === 'regression')) return [];
  const right = task === 'regression' ? 'value' : 'probability or label';
  return [
    {
      path: ['columns', 'prediction', 'kind'],
      message: `expected ${right} for task ${task}, got "${kind}"`,
    },
  ];
}

function labelFaults({ labels, columns }: Sections): Fault[] {
  const [label] = labels ?? [];
  if (label?.from === undefined || label.join !== undefined) return [];
  if (columns === undefined || columns.id.length > 0) return [];
  const message =
    'missing: which columns of predictions and labels are the same key. ' +
    'Example: join: { on: { id: id } }';
  return [{ path: ['labels', 0, 'join'], message }];
}

function checkFaults(given: Sections, known: readonly KnownCheck[]): Fault[] {
  const inOnly = given.checks?.mode === 'only' ? ['only'] : [];
  return (given.checks?.entries ?? []).flatMap((entry, index) => {
    const check = known.find(({ name }) => name === entry.check);
    if (check === undefined) return [];
    const path = ['checks', ...inOnly, index];
    return [...needFaults(check, given, path), ...orderFaults(check, entry, { given, path })];
  });
}

function needFaults(check: KnownCheck, given: Sections, path: Fault['path']): Fault[] {
  const { name, over, tasks } = check;
  if (over === 'label' && given.labels?.length === 0) {
    return [{ path, message: `${name} needs labels: there is no section labels` }];
  }
  if (over !== 'label' && over !== 'score') return [];
  const { model, columns } = given;
  if (columns?.prediction !== null) {
    const task = model === undefined || columns === undefined ? null : taskOf({ model, columns });
    if (task === null || task === 'none' || tasks?.includes(task) !== false) return [];
    return [{ path, message: `${name} is for task ${tasks.join(' or ')}, this one is ${task}` }];
  }
  return [{ path, message: `${name} needs predictions: columns.prediction is missing` }];
}

/** Limits beside defaults that the schedule moves. */
function orderFaults(
  check: KnownCheck,
  entry: CheckGiven,
  { given, path }: { given: Sections; path: Fault['path'] },
): Fault[] {
  if (check.defaultsAfter === undefined || given.schedule === undefined) return [];
  const defaults = defaultsOf(check, given.schedule.lag);
  const fault = faultOfLimits({ ...check, defaults }, entry);
  return fault === null ? [] : [{ path: [...path, fault.key], message: fault.message }];
}

function approvalFaults(given: Sections): Fault[] {
  const approvals = given.retraining?.approvals;
  return (approvals?.reminders ?? []).flatMap((after, index) => {
    if (approvals === undefined || after < approvals.expires) return [];
    const message = 'expected a reminder before the request expires';
    return [{ path: ['retraining', 'approvals', 'reminders', index], message }];
  });
}
