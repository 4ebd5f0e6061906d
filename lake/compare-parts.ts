import type { Grid, Profile } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import { profileByCells } from './compare-side.js';
import type { Duck } from './duck.js';
import { gridOf, profileBothExactly } from './exact.js';
import type { Desk } from './exact-values.js';
import { askedOfReference } from './profile-asked.js';
import { countRows } from './profile-wide.js';
import type { Binning } from './profile-columns.js';
import type { Relation } from './profile-projections.js';
import { fresh, lacks } from './window-files.js';
import type { Rows } from './window-rows.js';
import { isNumber } from './window-time.js';

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

/** Rows with the texts of columns that were read as numbers, as `Rows` names them. */
export type Readable = Relation & Pick<Rows, 'texts'>;

type Sides<T> = readonly [reference: T, current: T];

/** What parts are made of. */
export interface ToPart {
  /** Columns whose values part the rows. */
  segments: readonly string[];
  sides: Sides<Readable>;
  from: Sides<Located>;
  /** Axes of the columns, without coarse edges. */
  axes: Grid['axes'];
}

/** Both sides of a part, open for questions, and what could not be read of either. */
export interface OpenPart {
  slice: Slice;
  sides: Sides<Readable & { rows: number }>;
  asked: Sides<Profile['asked']>;
}

/**
 * Opens all rows, then the parts of each segment, largest first, for as long as `use` takes;
 * `come`: large parts of the second side that the first has no row of.
 */
export async function withOpenParts<T>(
  db: Duck,
  to: ToPart,
  use: (parts: readonly OpenPart[], come: readonly Slice[]) => Promise<T>,
): Promise<T> {
  const views: string[] = [];
  const of = { prediction: null, grid: { id: '', axes: to.axes } };
  const asked = async (sides: Sides<Readable>): Promise<Sides<Profile['asked']>> => [
    await askedOfReference(db, { ...of, rows: sides[0] }),
    await askedOfReference(db, { ...of, rows: sides[1] }),
  ];
  const partOf = async (rows: Readable, condition: string): Promise<Readable> => {
    const view = fresh('part');
    await perform(db, `create view ${view} as from ${rows.view} where ${condition}`);
    views.push(view);
    return { ...rows, view };
  };
  try {
    const counted = async (of: Readable) => ({ ...of, rows: await countRows(db, of.view) });
    const all = [await counted(to.sides[0]), await counted(to.sides[1])] as const;
    const parts: OpenPart[] = [{ slice: {}, sides: all, asked: await asked(all) }];
    const named = await slicesOf(db, to);
    for (const { slice, condition } of named.parts) {
      const [first, second] = to.sides;
      const sides = [
        await counted(await partOf(first, condition)),
        await counted(await partOf(second, condition)),
      ] as const;
      parts.push({ slice, sides, asked: await asked(sides) });
    }
    const come: Slice[] = [];
    for (const { slice, condition } of named.others) {
      const rows = await countRows(db, (await partOf(to.sides[0], condition)).view);
      if (rows === 0) come.push(slice);
    }
    return await use(parts, come);
  } finally {
    for (const view of views) await perform(db, `drop view ${view}`);
  }
}

/** What of the parts is counted: some of `width` columns. */
export interface Counting {
  axes: Grid['axes'];
  binning: Binning;
  width: number;
  /** Memory for the values of a column, made for all rows. */
  desks: Desk[];
}

/** Counts some columns of every part; the first side of all rows makes their grid. */
export async function countParts(
  db: Duck,
  parts: readonly OpenPart[],
  on: Counting,
): Promise<{ grid: Grid; parts: ComparedPart[] }> {
  const counted: ComparedPart[] = [];
  let grid: Grid | null = null;
  for (const { slice, sides, asked } of parts) {
    const [before, now] = await bothOf(db, sides, on);
    grid ??= gridOf(on.axes, before);
    const more = { grid: grid.id, slice };
    counted.push({
      slice,
      reference: { ...before, ...more, asked: asked[0] },
      current: { ...now, ...more, asked: asked[1] },
    });
  }
  return { grid: grid ?? { id: '', axes: on.axes }, parts: counted };
}

async function bothOf(
  db: Duck,
  sides: OpenPart['sides'],
  { axes, binning, width, desks }: Counting,
): Promise<Sides<Profile>> {
  if (binning === 'exact') return profileBothExactly(db, { axes, sides, width, desks });
  const on = { axes, width };
  return [await profileByCells(db, sides[0], on), await profileByCells(db, sides[1], on)];
}

/** The parts of the first side, and those of the second that are none of them. */
async function slicesOf(
  db: Duck,
  { segments, sides, from }: ToPart,
): Promise<{ parts: PartOf[]; others: PartOf[] }> {
  const [parts, others]: [PartOf[], PartOf[]] = [[], []];
  for (const column of segments) {
    sides.forEach(({ types }, index) => {
      if (column in types) return;
      throw lacks(from[index]?.path ?? '', column, Object.keys(types).join(', '));
    });
    // Whole numbers of a text file are read as such on one side, and as any numbers on the other.
    const isNumeric = sides.every(({ types }) => isNumber(types[column] ?? ''));
    const type = isNumeric ? 'double' : 'varchar';
    const valuesIn = async ({ view: rows }: Readable) => {
      const found = await ask(db, 'profile/parts', { rows, column, most: MOST_PARTS });
      return found.map(({ value }): PartOf => {
        const text = String(value);
        const condition = `${quoteName(column)}::${type} = ${quoteText(text)}::${type}`;
        return { slice: { [column]: text }, condition };
      });
    };
    const own = await valuesIn(sides[0]);
    const known = new Set(own.map(({ condition }) => condition));
    parts.push(...own);
    others.push(...(await valuesIn(sides[1])).filter(({ condition }) => !known.has(condition)));
  }
  return { parts, others };
}
