import { itemColumn } from '../domain/items.js';
import type { Fault, Sections } from './fault.js';
import { taskOf } from './file-schema.js';
import type { KnownCheck } from './limit-schema.js';

/** Neither a section of labels nor a ranking whose rows say how relevant they were. */
export function lacksLabels({ labels, columns }: Sections): boolean {
  return labels?.length === 0 && columns?.prediction?.ranking?.relevance == null;
}

/** What a check needs and the file does not name, or a task that it is not for. */
export function needFaults(check: KnownCheck, given: Sections, path: Fault['path']): Fault[] {
  const { name, over, tasks } = check;
  if (check.needs?.includes('items') === true) {
    if (given.columns === undefined || itemColumn(given.columns) !== null) return [];
    return [{ path, message: `${name} needs items: columns.item is missing` }];
  }
  if (check.needs?.includes('arms') === true) {
    if (given.columns === undefined || given.columns.arm !== undefined) return [];
    return [{ path, message: `${name} needs a holdout arm: columns.arm is missing` }];
  }
  if (check.needs?.includes('groups') === true) return groupFaults(check, given, path);
  if (check.needs?.includes('segments') === true) return segmentFaults(check, given, path);
  const isOfLabels = over === 'label' || over === 'metric';
  if (isOfLabels && lacksLabels(given)) {
    return [{ path, message: `${name} needs labels: there is no section labels` }];
  }
  const { columns, labels } = given;
  if (check.needs?.includes('label_source') === true && labels?.[0]?.label_source === undefined) {
    return labels === undefined
      ? []
      : [{ path, message: `${name} needs who made labels: labels[0].label_source is missing` }];
  }
  if (check.needs?.includes('stand_ins') === true && labels !== undefined && labels.length < 2) {
    const message = `${name} needs labels beside the target: labels has no early_proxy or review`;
    return [{ path, message }];
  }
  if (!isOfLabels && over !== 'score' && tasks === undefined) return [];
  if (check.needs?.includes('action') === true && columns && columns.action === undefined) {
    return [{ path, message: `${name} needs decisions: columns.action is missing` }];
  }
  if (columns?.prediction !== null) return taskFaults(check, given, path);
  return [{ path, message: `${name} needs predictions: columns.prediction is missing` }];
}

/** Groups and their labels are all that it takes, of labels that can be positive. */
function groupFaults(check: KnownCheck, given: Sections, path: Fault['path']): Fault[] {
  const { name } = check;
  if (given.columns !== undefined && given.columns.group === undefined) {
    return [{ path, message: `${name} needs groups: columns.group is missing` }];
  }
  if (lacksLabels(given)) {
    return [{ path, message: `${name} needs labels: there is no section labels` }];
  }
  return taskFaults(check, given, path);
}

/** Segments and what was decided are all that it takes. */
function segmentFaults(check: KnownCheck, given: Sections, path: Fault['path']): Fault[] {
  const { name } = check;
  if (given.columns !== undefined && given.columns.action === undefined) {
    return [{ path, message: `${name} needs decisions: columns.action is missing` }];
  }
  if (given.segments?.length === 0) {
    return [{ path, message: `${name} needs parts of the rows: there is no section segments` }];
  }
  return taskFaults(check, given, path);
}

function taskFaults({ name, tasks }: KnownCheck, given: Sections, path: Fault['path']): Fault[] {
  const { model, columns } = given;
  if (model === undefined || columns === undefined) return [];
  const task = taskOf({ model, columns });
  if (task === 'none' || tasks?.includes(task) !== false) return [];
  return [{ path, message: `${name} is for task ${tasks.join(' or ')}, this one is ${task}` }];
}
