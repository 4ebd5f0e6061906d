import type { Monitor } from '../domain/monitor.js';
import { byColumn } from '../domain/profile.js';
import type { Axis } from '../domain/profile.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { numericAxis, widen } from './grid.js';
import type { ColumnOf } from './profile-numeric.js';
import type { Relation } from './profile-projections.js';
import { inGroups } from './profile-wide.js';
import { withSample } from './reference-sample.js';
import type { Sample } from './reference-sample.js';
import { watched } from './reference-watched.js';
import type { Kind, Watched } from './reference-watched.js';

/** A value with this share of the rows has a bin of its own, 16 values at most. */
const ATOM = 0.02;
const MOST_ATOMS = 16;
/** Categories that an axis knows by name; of a column with more of them, only the frequent ones:
 * what is unseen cannot be told there, and a tail of thousands says no more than its sum. */
const MOST_KNOWN = 10_000;
const FREQUENT = 1_000;
/** Texts of which more than half are different, and more than this many, name a row. */
const OPAQUE = { share: 0.5, distinct: 50, surely: 0.6 };

/**
 * The axes of the columns that are watched, without coarse edges. Of many rows, a sample tells how
 * values are spread; smallest and largest values and categories are always those of all rows.
 */
export async function axesOf(
  db: Duck,
  monitor: Monitor,
  { view, types }: Relation,
): Promise<Record<string, Axis>> {
  const list = watched(monitor, types);
  const ids = monitor.columns.id.filter((column) => column in types);
  const axes = byColumn<Axis>();
  const groups = { rows: view, keys: ids, columns: list };
  await inGroups(db, groups, {
    nameOf: ([column]) => column,
    use: async (rows, some) => {
      const columns = some.map(([column]) => column);
      await withSample(db, { view: rows, columns, ids }, async (sample) => {
        const of = (column: string) => ({ rows, column, sample });
        Object.assign(axes, await axesOfSome(db, of, { monitor, types, list: some }));
      });
    },
  });
  return axes;
}

async function axesOfSome(
  db: Duck,
  of: (column: string) => At,
  { monitor, types, list }: Pick<Relation, 'types'> & { monitor: Monitor; list: Watched },
): Promise<Record<string, Axis>> {
  // Columns side by side, as they are profiled; all of them end before the rows close.
  const settled = await Promise.allSettled(
    list.map(async ([column, kind]) => {
      const type = types[column] ?? '';
      return [column, await axisOf(db, of(column), { monitor, kind, type })] as const;
    }),
  );
  const axes = byColumn<Axis>();
  for (const result of settled) {
    if (result.status === 'rejected') throw result.reason;
    axes[result.value[0]] = result.value[1];
  }
  return axes;
}

type At = ColumnOf & { sample: Sample };

async function axisOf(
  db: Duck,
  at: At,
  { monitor, kind, type }: { monitor: Monitor; kind: Kind; type: string },
): Promise<Axis> {
  switch (kind) {
    case 'probability':
      return { ...(await numeric(db, at, type)), ...widen(0, 1), atoms: [] };
    case 'numeric':
      return { ...(await numeric(db, at, type)), ...hardRange(monitor, at.column) };
    case 'label':
      return categorical(db, at, { type, may: 'categorical' });
    case 'categorical':
      return categorical(db, at, { type, may: 'any' });
  }
}

/** What a monitor says that values cannot be below or above: then that is out of range. */
function hardRange({ columns }: Monitor, column: string): Pick<Partial<Axis>, 'min' | 'max'> {
  const { min, max } = columns.features.overrides[column] ?? {};
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

async function numeric(db: Duck, { sample, ...at }: At, type: string): Promise<Axis> {
  const some = { rows: sample.rows, column: at.column, least: ATOM, most: MOST_ATOMS };
  const found = await ask(db, 'reference/numeric', some);
  const [row] = found;
  const number = (name: string) => (row?.[name] == null ? null : Number(row[name]));
  const ends = sample.whole ? [number('smallest'), number('largest')] : await rangeOf(db, at);
  const axis = numericAxis({
    type,
    values: number('values') ?? 0,
    distinct: number('distinct') ?? 0,
    smallest: ends[0] ?? null,
    largest: ends[1] ?? null,
    middle: [number('low'), number('high')],
    most: [number('lowest'), number('highest')],
    // A sample may lack the values that decide where the first cell is.
    offs: [0, 1, 2, 3, 4, 5, 6].map((k) =>
      Math.max(number(`off_${k}`) ?? Infinity, ...ends.map((end) => off(end ?? 0, k))),
    ),
    atoms: found.flatMap(({ atom }) => (atom == null ? [] : [Number(atom)])),
  });
  // Whole numbers that do not repeat may name a row: that a sample cannot tell.
  const unsure = !sample.whole && axis.distinct === 1 && /INT/.test(type);
  if (await isMerged(db, at, axis)) return { ...axis, merged: true };
  return unsure ? { ...axis, distinct: await shareOf(db, at, 'reference/distinct_exact') } : axis;
}

/** Whole numbers and decimals may have more digits than a double; then several are one. */
async function isMerged(db: Duck, at: ColumnOf, { min, max, type }: Axis): Promise<boolean> {
  const isOne = min !== null && min === max && Math.abs(min) > Number.MAX_SAFE_INTEGER;
  if (!isOne || !/INT|^DECIMAL/.test(type)) return false;
  const [row] = await ask(db, 'reference/distinct_exact', { ...at });
  return Number(row?.['distinct']) > 1;
}

/** Distance of a value · 10^k from a whole number. */
const off = (value: number, k: number): number =>
  Math.abs(value * 10 ** k - Math.round(value * 10 ** k));

/** The smallest and the largest finite value of all rows; null without. */
async function rangeOf(db: Duck, at: ColumnOf): Promise<(number | null)[]> {
  const ends = async (name: string) => {
    const [row] = await ask(db, name, { ...at });
    return ['smallest', 'largest'].map((end) => (row?.[end] == null ? null : Number(row[end])));
  };
  const plain = await ends('reference/range');
  const isFinite = plain.every((end) => end === null || Number.isFinite(end));
  return isFinite ? plain : ends('reference/range_finite');
}

/** Share of different values among those that are there; 0 without. */
async function shareOf(
  db: Duck,
  at: ColumnOf,
  how: 'reference/distinct' | 'reference/distinct_exact',
): Promise<number> {
  const [row] = await ask(db, how, { ...at });
  const present = Number(row?.['present'] ?? 0);
  return present === 0 ? 0 : Math.min(1, Number(row?.['distinct']) / present);
}

async function categorical(
  db: Duck,
  { sample, ...at }: At,
  { type, may }: { type: string; may: 'any' | 'categorical' },
): Promise<Axis> {
  const axis = { low: 0, inverseWidth: 0, atoms: [], edges: [], min: null, max: null, type };
  const names = may === 'any' && !sample.whole ? await namesRows(db, { ...at, sample }) : null;
  if (names !== null) return { ...axis, kind: 'opaque', known: [], distinct: names };
  const found = await ask(db, 'reference/categories', { ...at, most: MOST_KNOWN });
  const distinct = Number(found[0]?.['distinct'] ?? 0);
  const share = distinct === 0 ? 0 : distinct / Number(found[0]?.['present']);
  const opaque = may === 'any' && share > OPAQUE.share && distinct > OPAQUE.distinct;
  const tail = distinct > MOST_KNOWN && !opaque;
  const told = tail ? found.slice(0, FREQUENT) : found;
  return {
    ...axis,
    kind: opaque ? 'opaque' : 'categorical',
    known: opaque ? [] : told.map(({ value }) => String(value)),
    distinct: share,
    ...(tail ? { tail } : {}),
  };
}

/** Share of different texts where they surely name rows, so that they need not be grouped. */
async function namesRows(db: Duck, { sample, ...at }: At): Promise<number | null> {
  // A sample repeats less than all rows do.
  const some = await shareOf(db, { ...at, rows: sample.rows }, 'reference/distinct_exact');
  if (some <= OPAQUE.share) return null;
  const share = await shareOf(db, at, 'reference/distinct');
  return share > OPAQUE.surely ? share : null;
}
