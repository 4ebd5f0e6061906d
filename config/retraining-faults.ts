import type { Fault, Sections } from './fault.js';
import { taskOf } from './file-schema.js';
import { lacksLabels } from './need-faults.js';

/** What is wrong between `retraining` and the other sections. */
export function retrainingFaults(given: Sections): Fault[] {
  return [
    ...loopFaults(given),
    ...costFaults(given),
    ...unlabelled(given),
    ...reminderFaults(given),
  ];
}

function loopFaults({ retraining, columns }: Sections): Fault[] {
  const handling = retraining?.loop?.handling ?? 'none';
  const { reviewed } = retraining?.loop ?? {};
  if (handling === 'none' && reviewed !== undefined) {
    const message = 'reviewed needs handling: ipw or exclude_acted';
    return [{ path: ['retraining', 'loop', 'reviewed'], message }];
  }
  if (handling === 'none' || columns === undefined || columns.action !== undefined) return [];
  const message = `${handling} needs decisions: columns.action is missing`;
  return [{ path: ['retraining', 'loop', 'handling'], message }];
}

/** Costs are of false positives and false negatives, which only a yes or no has. */
function costFaults(given: Sections): Fault[] {
  const { model, columns, retraining } = given;
  if (retraining?.cost === undefined || model === undefined || columns === undefined) return [];
  const task = taskOf({ model, columns });
  const lacks = lacksLabels(given) ? 'labels: there is no section labels' : null;
  const needs = task === 'binary' ? lacks : `mistakes of task binary, this one is ${task}`;
  return needs === null ? [] : [{ path: ['retraining', 'cost'], message: `cost needs ${needs}` }];
}

function unlabelled(given: Sections): Fault[] {
  const metric = given.retraining?.metric;
  if (metric === undefined || !lacksLabels(given)) return [];
  const message = `${metric} needs labels: there is no section labels`;
  return [{ path: ['retraining', 'metric'], message }];
}

function reminderFaults(given: Sections): Fault[] {
  const approvals = given.retraining?.approvals;
  return (approvals?.reminders ?? []).flatMap((after, index) => {
    if (approvals === undefined || after < approvals.expires) return [];
    const message = 'expected a reminder before the request expires';
    return [{ path: ['retraining', 'approvals', 'reminders', index], message }];
  });
}
