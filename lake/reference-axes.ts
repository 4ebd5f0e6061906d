import type { Monitor } from '../domain/monitor.js';
import { byColumn } from '../domain/profile.js';
import type { Axis, Measure } from '../domain/profile.js';
import { ask } from './ask.js';
import { categoryCells } from './category-cells.js';
import type { Duck } from './duck.js';
import { widen } from './grid.js';
import { isWords, withMeasured } from './measured.js';
import type { Relation } from './profile-projections.js';
import { inGroups } from './profile-wide.js';
import { numeric, shareOf } from './reference-numeric.js';
import type { At } from './reference-numeric.js';
import { withSample } from './reference-sample.js';
import { spreadsOf } from './reference-spreads.js';
import { watched } from './reference-watched.js';
import type { Kind, Watched } from './reference-watched.js';

/** Categories that an axis knows by name; of a column with more of them, only the frequent ones:
 * a tail of thousands says no more than its sum, and than what is none of it. */
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
  const of = Object.fromEntries(list.map(([column, kind]) => [column, MEASURES[kind]]));
  return withMeasured(db, { rows: view, of }, (rows) =>
    axesOfMeasured(db, { monitor, types, list }, rows),
  );
}

/** What is counted of columns whatever they hold. */
const MEASURES: Partial<Record<Kind, Measure>> = { text: 'length', vector: 'norm' };

const isOfNumbers = (kind: Kind): boolean => kind !== 'categorical' && kind !== 'label';

type Wanted = Pick<Relation, 'types'> & { monitor: Monitor; list: Watched };

async function axesOfMeasured(
  db: Duck,
  { monitor, types, list }: Wanted,
  view: string,
): Promise<Record<string, Axis>> {
  const ids = monitor.columns.id.filter((column) => column in types);
  const axes = byColumn<Axis>();
  const groups = { rows: view, keys: ids, columns: list };
  await inGroups(db, groups, {
    nameOf: ([column]) => column,
    use: async (rows, some) => {
      const columns = some.map(([column]) => column);
      await withSample(db, { view: rows, columns, ids }, async (sample) => {
        const numbers = some.flatMap(([column, kind]) => (isOfNumbers(kind) ? [column] : []));
        const from = { rows, sample, spreads: await spreadsOf(db, sample.rows, numbers) };
        Object.assign(axes, await axesOfSome(db, from, { monitor, types, list: some }));
      });
    },
  });
  return axes;
}

async function axesOfSome(
  db: Duck,
  from: Omit<At, 'column'>,
  { monitor, types, list }: Wanted,
): Promise<Record<string, Axis>> {
  // Columns side by side, as they are profiled; all of them end before the rows close.
  const settled = await Promise.allSettled(
    list.map(async ([column, kind]) => {
      const type = types[column] ?? '';
      return [column, await axisOf(db, { ...from, column }, { monitor, kind, type })] as const;
    }),
  );
  const axes = byColumn<Axis>();
  for (const result of settled) {
    if (result.status === 'rejected') throw result.reason;
    axes[result.value[0]] = result.value[1];
  }
  return axes;
}

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
      return categoricalOrText(db, at, type);
    case 'text':
      return { ...(await numeric(db, at, type)), of: 'length' };
    case 'vector':
      return { ...(await numeric(db, at, type)), of: 'norm' };
  }
}

/** Of texts that hardly repeat the length says more than that they are there. */
async function categoricalOrText(db: Duck, at: At, type: string): Promise<Axis> {
  const axis = await categorical(db, at, { type, may: 'any' });
  if (axis.kind !== 'opaque' || !isWords(type)) return axis;
  const { rows, column, sample } = at;
  const [told] = await ask(db, 'reference/counts_up', { rows: sample.rows, column });
  const measure = told?.['counts_up'] === true ? 'letters' : 'length';
  const of = { [column]: measure } as const;
  return withMeasured(db, { rows, of }, (all) =>
    withMeasured(db, { rows: sample.rows, of }, async (some) => {
      const spreads = await spreadsOf(db, some, [column]);
      const measured = { rows: all, column, sample: { ...sample, rows: some }, spreads };
      return { ...(await numeric(db, measured, type)), of: measure };
    }),
  );
}

/** What a monitor says that values cannot be below or above: then that is out of range. */
function hardRange({ columns }: Monitor, column: string): Pick<Partial<Axis>, 'min' | 'max'> {
  const { min, max } = columns.features.overrides[column] ?? {};
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

async function categorical(
  db: Duck,
  { sample, rows, column }: At,
  { type, may }: { type: string; may: 'any' | 'categorical' },
): Promise<Axis> {
  const at = { rows, column };
  const axis = { low: 0, inverseWidth: 0, atoms: [], edges: [], min: null, max: null, type };
  const names = may === 'any' && !sample.whole ? await namesRows(db, { ...at, sample }) : null;
  if (names !== null) return { ...axis, kind: 'opaque', known: [], distinct: names };
  const found = await ask(db, 'reference/categories', { ...at, most: MOST_KNOWN });
  const distinct = Number(found[0]?.['distinct'] ?? 0);
  const present = Number(found[0]?.['present']);
  const share = distinct === 0 ? 0 : distinct / present;
  const opaque = may === 'any' && share > OPAQUE.share && distinct > OPAQUE.distinct;
  const tail = distinct > MOST_KNOWN && !opaque;
  const told = tail ? found.slice(0, FREQUENT) : found;
  const counted = { distinct, present, once: Number(found[0]?.['once']) };
  const cells = tail ? { tail, cells: await categoryCells(db, at, counted) } : {};
  return {
    ...axis,
    kind: opaque ? 'opaque' : 'categorical',
    known: opaque ? [] : told.map(({ value }) => String(value)),
    distinct: share,
    ...cells,
  };
}

/** Share of different texts where they surely name rows, so that they need not be grouped. */
async function namesRows(db: Duck, { sample, ...at }: Omit<At, 'spreads'>): Promise<number | null> {
  // A sample repeats less than all rows do.
  const some = await shareOf(db, { ...at, rows: sample.rows }, 'reference/distinct_exact');
  if (some <= OPAQUE.share) return null;
  const share = await shareOf(db, at, 'reference/distinct');
  return share > OPAQUE.surely ? share : null;
}
