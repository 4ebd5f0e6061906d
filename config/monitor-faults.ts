import { isMetric } from '../domain/check.js';
import type { Task } from '../domain/model.js';
import type { Prediction } from '../domain/prediction.js';
import { didYouMean } from '../checks/spelling.js';
import { absentFaults } from './absent-faults.js';
import { arrivalFaults } from './arrival-faults.js';
import type { CheckGiven } from './checks-schema.js';
import { faultOfLimits } from './limit-order.js';
import { defaultsOf, type KnownCheck } from './limit-schema.js';
import type { Fault, Sections } from './fault.js';
import { taskOf } from './file-schema.js';
import { seriesFaults } from './metrics-faults.js';
import { lacksLabels, needFaults } from './need-faults.js';
import { namedFaults } from './reference-faults.js';
import { retrainingFaults } from './retraining-faults.js';
import { repeated, roleFaults } from './role-faults.js';
import { trainedFaults, weightedFaults, weightFaults } from './weight-faults.js';
import { windowFaults } from './window-faults.js';

/** What is wrong between the sections of a monitor file, as far as each is right by itself. */
export function crossFaults(given: Sections, known: readonly KnownCheck[]): Fault[] {
  return [
    ...windowFaults(given),
    ...arrivalFaults(given),
    ...roleFaults(given),
    ...weightFaults(given),
    ...trainedFaults(given),
    ...namedFaults(given),
    ...taskFaults(given),
    ...labelFaults(given),
    ...absentFaults(given),
    ...checkFaults(given, known),
    ...retrainingFaults(given),
  ];
}

/** How a model of each task says what it predicts. */
const KINDS = {
  binary: ['probability', 'label'],
  multiclass: ['label'],
  regression: ['value'],
  ranking: ['ranking'],
} satisfies Partial<Record<Task, readonly Prediction['kind'][]>>;

function taskFaults({ model, columns }: Sections): Fault[] {
  const kind = columns?.prediction?.kind;
  if (model === undefined || columns === undefined || kind === undefined) return [];
  const task = taskOf({ model, columns });
  if (task === 'none') return [];
  const kinds: readonly string[] = KINDS[task];
  if (kinds.includes(kind)) return [];
  const right = kinds.join(' or ');
  return [
    {
      path: ['columns', 'prediction', 'kind'],
      message: `expected ${right} for task ${task}, got "${kind}"`,
    },
  ];
}

function labelFaults(given: Sections): Fault[] {
  const { model, labels, columns } = given;
  const [label] = labels ?? [];
  if (label !== undefined && columns?.prediction?.ranking?.relevance != null) {
    const message = 'expected none: labels say how relevant an item was';
    return [{ path: ['columns', 'prediction', 'relevance'], message }];
  }
  if (label?.positive !== undefined && model !== undefined && columns !== undefined) {
    const task = taskOf({ model, columns });
    const message = `expected none: of task ${task} no class counts as positive`;
    const hasNone = task === 'multiclass' || task === 'ranking';
    if (hasNone) return [{ path: ['labels', 0, 'positive'], message }];
  }
  return [...keyFaults(given), ...standInFaults(given)];
}

function keyFaults({ labels = [], columns }: Sections): Fault[] {
  if (columns === undefined || columns.id.length > 0) return [];
  const message =
    'missing: which columns of predictions and labels are the same key. ' +
    'Example: join: { on: { id: id } }';
  return labels.flatMap(({ from, join }, index) =>
    from === undefined || join !== undefined ? [] : [{ path: ['labels', index, 'join'], message }],
  );
}

/** Only of a yes or no is told how far labels agree. */
function standInFaults({ model, labels = [], columns }: Sections): Fault[] {
  if (labels.length < 2 || model === undefined || columns === undefined) return [];
  const task = taskOf({ model, columns });
  if (task === 'binary') return [];
  const message = `expected one label source: others stand in for that of a binary model, the task is ${task}`;
  return [{ path: ['labels', 1], message }];
}

function checkFaults(given: Sections, known: readonly KnownCheck[]): Fault[] {
  const inOnly = given.checks?.mode === 'only' ? ['only'] : [];
  return (given.checks?.entries ?? []).flatMap((entry, index) => {
    const check = known.find(({ name }) => name === entry.check);
    if (check === undefined) return [];
    const path = ['checks', ...inOnly, index];
    return [
      ...needFaults(check, given, path),
      ...orderFaults(check, entry, { given, path }),
      ...repeated(entry.targets ?? [], [...path, 'columns']),
      ...seriesFaults(check, entry, { given, path }),
      ...metricFaults(check, entry, { given, known, path }),
      ...estimateFaults(entry, { given, known, path }),
      ...weightedFaults(entry, given, path),
      ...againFaults(given, index, path),
    ];
  });
}

/** What an entry before says already: the first one that names a column judges it. */
function againFaults({ checks }: Sections, index: number, path: Fault['path']): Fault[] {
  const entries = checks?.entries ?? [];
  const entry = entries[index];
  const before = entries.slice(0, index).filter(({ check, name }) => {
    return check === entry?.check && name === entry.name;
  });
  if (entry === undefined || before.length === 0) return [];
  const known = entry.name ?? entry.check;
  if (entry.targets === null) {
    const isTwin = before.some(({ targets }) => targets === null);
    const message = `${known} is there already: expected its columns, or a name of its own`;
    return isTwin ? [{ path, message }] : [];
  }
  return entry.targets.flatMap((target, place) => {
    if (!before.some(({ targets }) => targets?.includes(target) === true)) return [];
    const message = `${known} of "${target}" is there already: expected it once`;
    return [{ path: [...path, 'columns', place], message }];
  });
}

/** An estimate is of a metric of the model's own task, and learns from labels. */
function estimateFaults(
  { check, params }: CheckGiven,
  { given, known, path }: { given: Sections; known: readonly KnownCheck[]; path: Fault['path'] },
): Fault[] {
  const { model, columns } = given;
  if (!('metric' in params) || !model || !columns) return [];
  if (lacksLabels(given) && known.find(({ name }) => name === check)?.over === 'score') {
    return [{ path, message: `${check} needs labels: there is no section labels` }];
  }
  const task = taskOf({ model, columns });
  const of = known.find(({ name }) => name === params['metric'])?.tasks;
  if (of === undefined || task === 'none' || of.includes(task)) return [];
  const message = `${String(params['metric'])} is for task ${of.join(' or ')}, this one is ${task}`;
  return [{ path: [...path, 'metric'], message }];
}

/** Targets of a check over metrics that are no metric of this task. */
function metricFaults(
  { over }: KnownCheck,
  { targets }: CheckGiven,
  { given, known, path }: { given: Sections; known: readonly KnownCheck[]; path: Fault['path'] },
): Fault[] {
  const { model, columns } = given;
  if (over !== 'metric' || targets === null || !model || !columns) return [];
  const task = taskOf({ model, columns });
  const metrics = known
    .filter(isMetric)
    .filter(({ tasks }) => tasks?.includes(task) !== false)
    .map(({ name }) => name);
  return targets.flatMap((target, place) => {
    if (metrics.includes(target)) return [];
    const message = `expected a metric, got "${target}".${didYouMean(target, metrics)} Known: ${metrics.join(', ')}`;
    return [{ path: [...path, 'targets', place], message }];
  });
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
