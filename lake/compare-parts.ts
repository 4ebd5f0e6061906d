import { decimalsOf } from '../domain/judging/numeric.js';
import type { Counts, Grid, Profile, Slice } from '../domain/profile.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { emptyProfile } from './profile.js';
import { profileColumns } from './profile-columns.js';
import type { Binning } from './profile-columns.js';
import { profileExact } from './profile-exact.js';
import type { Relation } from './profile-projections.js';
import { profileSorted } from './profile-sorted.js';
import { fresh, lacks } from './window-files.js';
import { isNumber } from './window-time.js';

/** Both sides of the rows that have one value of a segment; {} = all rows. */
export interface ComparedPart {
  slice: Slice;
  reference: Profile;
  current: Profile;
}

/** So many values of a segment are parts of their own. */
const MOST_PARTS = 8;
/** Of so many rows, and so often different ones, values are sorted and not counted. */
const MANY = { rows: 20_000, distinct: 0.5 };
/** Columns whose values are in memory at a time, one being fetched while another is sorted. */
const AT_ONCE = 2;

/** A part of the rows; `condition`: SQL over a row, null for all rows. */
interface PartOf {
  slice: Slice;
  condition: string | null;
}

const ALL: PartOf = { slice: {}, condition: null };

type Sides<T> = readonly [reference: T, current: T];

/** What parts are made of. */
export interface ToPart {
  /** Columns whose values part the rows. */
  segments: readonly string[];
  sides: Sides<Relation>;
  from: Sides<Located>;
  grid: Grid;
  /** The first side by the cells of the grid, all rows of it. */
  shared: Profile;
  binning: Binning;
}

/** All rows first, then the parts of each segment, the largest ones first. */
export async function partsOf(db: Duck, to: ToPart): Promise<ComparedPart[]> {
  const { binning, grid, shared } = to;
  const parts: ComparedPart[] = [];
  for (const part of [ALL, ...(await slicesOf(db, to))]) {
    // The grid was made from counts of all rows: they need not be counted again.
    const known = binning === 'grid' && part === ALL ? { ...shared, grid: grid.id } : null;
    const made = await withPart(db, { part, rows: to.sides[0] }, (first) =>
      withPart(db, { part, rows: to.sides[1] }, async (second) => {
        const on = { grid, binning };
        return binning === 'exact'
          ? bothExactly(db, { grid, sides: [first, second] })
          : ([known ?? (await profileOf(db, first, on)), await profileOf(db, second, on)] as const);
      }),
    );
    const { slice } = part;
    parts.push({ slice, reference: { ...made[0], slice }, current: { ...made[1], slice } });
  }
  return parts;
}

/** Runs with a view of a part of the rows. */
async function withPart<T>(
  db: Duck,
  { part: { condition }, rows }: { part: PartOf; rows: Relation },
  use: (rows: Relation) => Promise<T>,
): Promise<T> {
  if (condition === null) return use(rows);
  const view = fresh('part');
  await perform(db, `create view ${view} as from ${rows.view} where ${condition}`);
  try {
    return await use({ ...rows, view });
  } finally {
    await perform(db, `drop view ${view}`);
  }
}

/** One side of a part by its columns. */
export async function profileOf(
  db: Duck,
  rows: Relation,
  on: { grid: Grid; binning: Binning },
): Promise<Profile> {
  const [counted] = await ask(db, 'profile/count', { rows: rows.view });
  const window = { start: 0, end: 0, weekday: 4 };
  return {
    ...emptyProfile({ grid: on.grid, window }),
    rows: Number(counted?.['rows'] ?? 0),
    types: rows.types,
    columns: await profileColumns(db, rows, on),
  };
}

/** Both sides value by value: columns of few values counted, those of many side by side. */
async function bothExactly(
  db: Duck,
  { grid, sides }: { grid: Grid; sides: Sides<Relation> },
): Promise<Sides<Profile>> {
  const isMany = ([column, axis]: readonly [string, Grid['axes'][string]]) =>
    axis.kind === 'numeric' &&
    axis.distinct > MANY.distinct &&
    decimalsOf(axis) === null &&
    sides.every(({ types }) => isNumber(types[column] ?? ''));
  const axes = Object.entries(grid.axes);
  const few = { ...grid, axes: Object.fromEntries(axes.filter((one) => !isMany(one))) };
  const profileFew = (rows: Relation) => profileOf(db, rows, { grid: few, binning: 'exact' });
  const profiles = [await profileFew(sides[0]), await profileFew(sides[1])] as const;
  const waiting = axes.filter(isMany);
  const found: [Record<string, Counts>, Record<string, Counts>] = [{}, {}];
  const isLarge = profiles.every(({ rows }) => rows >= MANY.rows);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [column, axis] = next;
      const [reference, current] = sides.map(({ view }, index) => {
        return { view, rows: profiles[index]?.rows ?? 0 };
      });
      if (reference === undefined || current === undefined) return;
      const pair = { column, axis, reference, current };
      const sorted = isLarge ? await profileSorted(db, pair) : null;
      const counted = (rows: string) => profileExact(db, { rows, column }, axis);
      found[0][column] = sorted?.reference ?? (await counted(reference.view));
      found[1][column] = sorted?.current ?? (await counted(current.view));
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return [inOrder(grid, profiles[0], found[0]), inOrder(grid, profiles[1], found[1])];
}

function inOrder(grid: Grid, profile: Profile, more: Readonly<Record<string, Counts>>): Profile {
  const all = { ...profile.columns, ...more };
  const columns = Object.keys(grid.axes).flatMap((column) => {
    const counts = all[column];
    return counts === undefined ? [] : [[column, counts] as const];
  });
  return { ...profile, columns: Object.fromEntries(columns) };
}

async function slicesOf(db: Duck, { segments, sides, from }: ToPart): Promise<PartOf[]> {
  const parts: PartOf[] = [];
  for (const column of segments) {
    sides.forEach(({ types }, index) => {
      if (column in types) return;
      throw lacks(from[index]?.path ?? '', column, Object.keys(types).join(', '));
    });
    const rows = sides[0].view;
    const found = await ask(db, 'profile/parts', { rows, column, most: MOST_PARTS });
    for (const { value } of found) {
      const text = String(value);
      const condition = `${quoteName(column)}::varchar = ${quoteText(text)}`;
      parts.push({ slice: { [column]: text }, condition });
    }
  }
  return parts;
}
