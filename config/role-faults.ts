import { actionColumns } from '../domain/action.js';
import { predictionColumns } from '../domain/prediction.js';
import type { Fault, Sections } from './fault.js';
import { taskOf } from './file-schema.js';

/** A column, what it is for, and where the file says so. */
interface Role {
  column: string;
  role: string;
  path: Fault['path'];
}

/** Columns that are named twice, or play roles that do not go together. */
export function roleFaults(given: Sections): Fault[] {
  const { columns } = given;
  if (columns === undefined) return [];
  const { id, features } = columns;
  const listed = (key: 'include' | 'exclude', names: readonly string[]) =>
    repeated(names, ['columns', 'features', key]);
  const include = features.include === '*' ? [] : features.include;
  const both = features.exclude.flatMap((name, index): Fault[] => {
    const path = ['columns', 'features', 'exclude', index];
    return include.includes(name)
      ? [{ path, message: `"${name}" is in include, too: expected one of them` }]
      : [];
  });
  return [
    ...repeated(id, ['columns', 'id']),
    ...repeated(columns.entity ?? [], ['columns', 'entity']),
    ...useFaults(given),
    ...listed('include', include),
    ...listed('exclude', features.exclude),
    ...both,
    ...sharedRoles(given),
    ...roleFeatures(given, include),
    ...actionFaults(given),
    ...itemFaults(given),
    ...labelSourceFaults(given),
  ];
}

/** Names that stand in a list twice. */
export function repeated(names: readonly string[], path: Fault['path']): Fault[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: [...path, index], message: `"${name}" is named twice: expected it once` }]
      : [],
  );
}

const ALONE = [
  ...['the prediction', 'the label', 'who made a label', 'the decision'],
  ...['whether a row was held out', 'how likely a row was acted on', 'the arm'],
];

/** Keys may be each other; what the model says and what came out are columns of their own. */
function sharedRoles(given: Sections): Fault[] {
  const roles = rolesOf(given);
  return roles.flatMap(({ column, role, path }, index) => {
    if (!ALONE.includes(role)) return [];
    const first = roles.find((other, place) => {
      return (
        other.column === column &&
        (role === 'the label' || other.role !== 'the label') &&
        place !== index
      );
    });
    if (first === undefined) return [];
    return [{ path, message: `"${column}" is ${first.role}: expected a column of its own` }];
  });
}

/** What a row weighs is the one role that may be a feature, too. */
const WEIGHT = 'the weight';

/** A column with a role is never a feature. */
function roleFeatures(given: Sections, include: readonly string[]): Fault[] {
  const roles = rolesOf(given).filter(({ role }) => role !== WEIGHT);
  return include.flatMap((name, index) => {
    if (name === '*') {
      const message = '"*" stands alone: expected include: "*", or names of columns';
      return [{ path: ['columns', 'features', 'include', index], message }];
    }
    const own = roles.find(({ column }) => column === name);
    if (own === undefined) return [];
    const path = ['columns', 'features', 'include', index];
    return [{ path, message: `"${name}" is ${own.role}: expected a feature` }];
  });
}

const ACTION: Readonly<Record<string, string>> = {
  column: 'the decision',
  would_act: 'whether the model would act',
  explored: 'whether a row was held out',
  propensity: 'how likely a row was acted on',
};

/** Only of a yes or no is known what would have been decided. */
function actionFaults({ model, columns }: Sections): Fault[] {
  if (model === undefined || columns?.action === undefined) return [];
  const task = taskOf({ model, columns });
  if (task === 'binary') return [];
  const message = `expected none: decisions are those of a binary model, the task is ${task}`;
  return [{ path: ['columns', 'action'], message }];
}

/** Labels of a yes or no are counted by who made them. */
function labelSourceFaults({ model, columns, labels }: Sections): Fault[] {
  if (model === undefined || columns === undefined) return [];
  if (labels?.[0]?.label_source === undefined) return [];
  const task = taskOf({ model, columns });
  if (task === 'binary') return [];
  const message = `expected none: sources of labels are told of a binary model, the task is ${task}`;
  return [{ path: ['labels', 0, 'label_source'], message }];
}

/** A ranking names its item itself. */
function itemFaults({ columns }: Sections): Fault[] {
  const own = columns?.prediction?.ranking?.item;
  if (columns?.item === undefined || own === undefined) return [];
  const message = `expected none: the item of a ranking is columns.prediction.item ("${own}")`;
  return [{ path: ['columns', 'item'], message }];
}

/** Which prediction counts is said of an entity; of a ranking each item does. */
function useFaults({ columns, windows }: Sections): Fault[] {
  const { prediction, entity } = columns ?? {};
  if (prediction?.use === undefined) return [];
  const path = ['columns', 'prediction', 'use'];
  if (prediction.ranking !== undefined) {
    return [{ path, message: 'expected none: of a ranking every item counts' }];
  }
  if (windows?.rows !== undefined) {
    const message = 'expected none: of windows that are cut by rows no time says which is first';
    return [{ path, message }];
  }
  if (entity !== undefined) return [];
  return [{ path, message: 'needs columns.entity: the columns that name whom a row is about' }];
}

const SOURCE_PATH = ['labels', 0, 'label_source', 'column'];

function rolesOf({ columns, labels, reference }: Sections): Role[] {
  if (columns === undefined) return [];
  const drift = reference?.drift;
  const trained = drift?.kind === 'training' ? drift.weight : undefined;
  const {
    entity = [],
    timestamp,
    id,
    prediction,
    version,
    rowSource,
    item,
    group,
    arm,
    action,
  } = columns;
  const [label] = labels ?? [];
  const role = (column: string | null | undefined, words: string, path: Fault['path']): Role[] =>
    column === null || column === undefined ? [] : [{ column, role: words, path }];
  return [
    ...role(timestamp?.column, 'the timestamp', ['columns', 'timestamp']),
    ...id.flatMap((name, index) => role(name, 'an id', ['columns', 'id', index])),
    ...entity.flatMap((name, index) => role(name, 'an entity', ['columns', 'entity', index])),
    ...role(version, 'the version', ['columns', 'version']),
    ...role(rowSource, 'the row_source', ['columns', 'row_source']),
    ...role(item, 'the item', ['columns', 'item']),
    ...role(group, 'the group', ['columns', 'group']),
    ...role(columns.weight, WEIGHT, ['columns', 'weight']),
    ...(trained === columns.weight
      ? []
      : role(trained, 'what training rows weigh', ['reference', 'drift', 'weight'])),
    ...role(arm?.column, 'the arm', ['columns', 'arm', 'column']),
    ...role(columns.traffic?.column, 'the traffic', ['columns', 'traffic', 'column']),
    ...actionColumns(action).flatMap(([path, column]) =>
      role(column, ACTION[path] ?? '', ['columns', 'action', path]),
    ),
    ...predictionColumns(prediction).flatMap(([path, column], index) => {
      // A request and its item may be the key, too.
      const words = index === 0 ? 'the prediction' : 'a column of the prediction';
      return role(column, words, ['columns', 'prediction', ...path]);
    }),
    ...(label?.from === undefined
      ? [
          ...role(label?.value, 'the label', ['labels', 0, 'value']),
          ...role(label?.label_source?.column, 'who made a label', SOURCE_PATH),
        ]
      : []),
  ];
}
