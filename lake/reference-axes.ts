import type { Monitor } from '../domain/monitor.js';
import type { Axis } from '../domain/profile.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { numericAxis, widen } from './grid.js';
import type { ColumnOf } from './profile-numeric.js';
import { isCountable } from './profile-columns.js';
import type { Relation } from './profile-projections.js';
import { isNumber } from './window-time.js';

/** A value with this share of the rows has a bin of its own, 16 values at most. */
const ATOM = 0.02;
const MOST_ATOMS = 16;
/** Categories that an axis knows by name; of a column with more of them, only the frequent ones:
 * what is unseen cannot be told there, and a tail of thousands says no more than its sum. */
const MOST_KNOWN = 10_000;
const FREQUENT = 1_000;
/** Texts of which more than half are different, and more than this many, name a row. */
const OPAQUE = { share: 0.5, distinct: 50 };

/** The axes of the columns that are watched, without coarse edges. */
export async function axesOf(
  db: Duck,
  monitor: Monitor,
  { view, types }: Relation,
): Promise<Record<string, Axis>> {
  const axes: Record<string, Axis> = {};
  for (const [column, kind] of watched(monitor, types)) {
    const type = types[column] ?? '';
    const at = { rows: view, column };
    axes[column] =
      kind === 'probability'
        ? { ...(await numeric(db, at, type)), ...widen(0, 1), atoms: [] }
        : kind === 'numeric'
          ? { ...(await numeric(db, at, type)), ...hardRange(monitor, column) }
          : await categorical(db, at, { type, may: kind === 'label' ? 'categorical' : 'any' });
  }
  return axes;
}

/** What a monitor says that values cannot be below or above: then that is out of range. */
function hardRange({ columns }: Monitor, column: string): Pick<Partial<Axis>, 'min' | 'max'> {
  const { min, max } = columns.features.overrides[column] ?? {};
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

type Kind = 'numeric' | 'probability' | 'categorical' | 'label';

/** The prediction, and the columns without a role that the monitor includes. */
function watched(monitor: Monitor, types: Readonly<Record<string, string>>): [string, Kind][] {
  const { columns, labels } = monitor;
  const { include, exclude, overrides } = columns.features;
  const roles = new Set([...columns.id, columns.timestamp.column, ...exclude]);
  for (const column of [columns.version, columns.prediction?.column]) {
    if (column != null) roles.add(column);
  }
  if (labels !== null) {
    roles.add(labels.value);
    for (const column of Object.keys(labels.on)) roles.add(column);
    if (labels.timestamp !== null) roles.add(labels.timestamp);
  }
  const list: [string, Kind][] = [];
  const prediction = columns.prediction;
  if (prediction !== null && prediction.column in types) {
    const kinds = { value: 'numeric', probability: 'probability', label: 'label' } as const;
    list.push([prediction.column, kinds[prediction.kind]]);
  }
  const names = include === '*' ? Object.keys(types) : include;
  for (const name of names) {
    const type = types[name];
    if (type === undefined || roles.has(name) || !isCountable(type)) continue;
    const kind = overrides[name]?.type ?? (isNumber(type) ? 'numeric' : 'categorical');
    list.push([name, kind]);
  }
  return list;
}

async function numeric(db: Duck, at: ColumnOf, type: string): Promise<Axis> {
  const [row] = await ask(db, 'reference/numeric', { ...at });
  const number = (name: string) => (row?.[name] == null ? null : Number(row[name]));
  const heavy = { least: ATOM, most: MOST_ATOMS };
  const atoms = await ask(db, 'reference/atoms', { ...at, ...heavy });
  return numericAxis({
    type,
    values: number('values') ?? 0,
    distinct: number('distinct') ?? 0,
    smallest: number('smallest'),
    largest: number('largest'),
    middle: [number('low'), number('high')],
    most: [number('lowest'), number('highest')],
    offs: [0, 1, 2, 3, 4, 5, 6].map((k) => number(`off_${k}`) ?? Infinity),
    atoms: atoms.map(({ atom }) => Number(atom)),
  });
}

async function categorical(
  db: Duck,
  at: ColumnOf,
  { type, may }: { type: string; may: 'any' | 'categorical' },
): Promise<Axis> {
  const found = await ask(db, 'reference/categories', { ...at, most: MOST_KNOWN });
  const distinct = Number(found[0]?.['distinct'] ?? 0);
  const share = distinct === 0 ? 0 : distinct / Number(found[0]?.['present']);
  const opaque = may === 'any' && share > OPAQUE.share && distinct > OPAQUE.distinct;
  const tail = distinct > MOST_KNOWN && !opaque;
  const told = tail ? found.slice(0, FREQUENT) : found;
  const axis = { low: 0, inverseWidth: 0, atoms: [], edges: [], min: null, max: null };
  return {
    ...axis,
    kind: opaque ? 'opaque' : 'categorical',
    known: opaque ? [] : told.map(({ value }) => String(value)),
    type,
    distinct: share,
    ...(tail ? { tail } : {}),
  };
}
