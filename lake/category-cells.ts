import type { CategoryCells } from '../domain/category-cells.js';
import type { Axis } from '../domain/profile.js';
import { askNumbers } from './ask.js';
import type { Duck } from './duck.js';
import type { ColumnOf } from './profile-numeric.js';

/** Bits for a category: one in 16 is set, or fewer, so that as few values look like known ones. */
const ROOM = 16;
/** 2 MB, of more than a million categories. */
const MOST_DIGITS = 24;

/** The categories of a column: how many, in how many rows, and how many of one row. */
export interface Categories {
  distinct: number;
  present: number;
  once: number;
}

/** Sets a bit for every category of a column. */
export async function categoryCells(
  db: Duck,
  at: ColumnOf,
  { distinct, present, once }: Categories,
): Promise<CategoryCells> {
  const digits = Math.min(MOST_DIGITS, Math.ceil(Math.log2(ROOM * distinct)));
  const shift = 64 - digits;
  const found = await askNumbers(db, 'reference/cells', { ...at, shift });
  const bits = new Uint8Array(2 ** (digits - 3));
  const cells = found['cell'] ?? new Float64Array();
  // The engine counts bits from the left.
  for (const cell of cells) bits[cell >> 3] = (bits[cell >> 3] ?? 0) | (0x80 >> (cell & 7));
  return {
    bits: Buffer.from(bits).toString('base64'),
    shift,
    mark: found['mark']?.[0] ?? 0,
    full: cells.length / 2 ** digits,
    once: once / present,
  };
}

/** What `sql/profile/categories_tail.sql` takes to find categories by where they lie. */
export interface Sought {
  sought: string;
  cells: string;
  shift: number;
}

/** As many bits as find a few hundred categories and little else. */
const ALONE_DIGITS = 16;

/**
 * Where to look for known categories and, unless this engine hashes otherwise than the one that
 * made the cells, for those that the reference lacks; `looked`: for these too.
 */
export async function soughtIn(
  db: Duck,
  { known, cells }: Pick<Axis, 'known' | 'cells'>,
): Promise<Sought & { looked: boolean }> {
  const shift = cells?.shift ?? 64 - ALONE_DIGITS;
  const found = await askNumbers(db, 'profile/categories_sought', { known, shift });
  const looked = cells !== undefined && found['mark']?.[0] === cells.mark;
  const full = Buffer.alloc(2 ** (64 - shift - 3), 0xff);
  const reference = looked ? cells.bits : full.toString('base64');
  const bits = looked ? Buffer.from(reference, 'base64') : full;
  for (const cell of found['cell'] ?? []) {
    if (cell >= 0) bits[cell >> 3] = (bits[cell >> 3] ?? 0) & ~(0x80 >> (cell & 7));
  }
  return { sought: bits.toString('base64'), cells: reference, shift, looked };
}
