import type { Grid, Profile, Slice } from '../domain/profile.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import { profileByCells } from './compare-side.js';
import type { Duck } from './duck.js';
import { gridOf, profileBothExactly } from './exact.js';
import type { Binning } from './profile-columns.js';
import type { Relation } from './profile-projections.js';
import { sizesOf } from './vector-sizes.js';
import { fresh, lacks } from './window-files.js';

/** Both sides of the rows that have one value of a segment; {} = all rows. */
export interface ComparedPart {
  slice: Slice;
  reference: Profile;
  current: Profile;
}

/** So many values of a segment are parts of their own. */
const MOST_PARTS = 8;
/** A part of the rows; `condition`: SQL over a row. */
interface PartOf {
  slice: Slice;
  condition: string;
}

type Sides<T> = readonly [reference: T, current: T];

/** What parts are made of. */
export interface ToPart {
  /** Columns whose values part the rows. */
  segments: readonly string[];
  sides: Sides<Relation>;
  from: Sides<Located>;
  /** Axes of the columns, without coarse edges. */
  axes: Grid['axes'];
  binning: Binning;
}

/** The grid of two sides, and all rows first, then the parts of each segment, largest first. */
export interface PartsOnGrid {
  grid: Grid;
  parts: ComparedPart[];
}

/** Counts all rows of both sides, and the parts of each segment; the first side makes the grid. */
export async function partsOf(db: Duck, to: ToPart): Promise<PartsOnGrid> {
  const whole = await bothOf(db, to);
  const grid = gridOf(to.axes, whole[0]);
  const parts: ComparedPart[] = [];
  const put = (slice: Slice, [reference, current]: Sides<Profile>) =>
    parts.push({
      slice,
      reference: { ...reference, grid: grid.id, slice },
      current: { ...current, grid: grid.id, slice },
    });
  put({}, whole);
  for (const part of await slicesOf(db, to)) {
    const made = await withPart(db, { part, rows: to.sides[0] }, (first) =>
      withPart(db, { part, rows: to.sides[1] }, (second) =>
        bothOf(db, { ...to, sides: [first, second] }),
      ),
    );
    put(part.slice, made);
  }
  return { grid, parts };
}

async function bothOf(
  db: Duck,
  { axes, sides, binning }: Pick<ToPart, 'axes' | 'sides' | 'binning'>,
): Promise<Sides<Profile>> {
  const [reference, current] =
    binning === 'exact'
      ? await profileBothExactly(db, { axes, sides })
      : [await profileByCells(db, sides[0], axes), await profileByCells(db, sides[1], axes)];
  return [
    { ...reference, asked: await sizesOf(db, sides[0], axes) },
    { ...current, asked: await sizesOf(db, sides[1], axes) },
  ];
}

/** Runs with a view of a part of the rows. */
async function withPart<T>(
  db: Duck,
  { part: { condition }, rows }: { part: PartOf; rows: Relation },
  use: (rows: Relation) => Promise<T>,
): Promise<T> {
  const view = fresh('part');
  await perform(db, `create view ${view} as from ${rows.view} where ${condition}`);
  try {
    return await use({ ...rows, view });
  } finally {
    await perform(db, `drop view ${view}`);
  }
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
