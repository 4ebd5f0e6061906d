import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';

/** Columns that one view may have before every question about one of them pays for all. */
export const WIDE = 250;
/** Rows of so many columns that are copied at most: 200 MB of numbers are more than there is. */
const MOST_COPIED = 50_000;

interface From<T> {
  rows: string;
  /** Columns that every group has beside its own. */
  keys: readonly string[];
  columns: readonly T[];
  /** How many columns the question is about in all; absent: these. */
  width?: number;
  /** How many rows there are, where that is known: counting those of a wide view binds it all. */
  size?: number;
}

interface Groups<T> {
  nameOf: (column: T) => string;
  /** `copied`: the rows are few, and a table of these columns alone. */
  use: (rows: string, some: readonly T[], copied: boolean) => Promise<void>;
}

/**
 * Hears of columns in groups, each with a relation that has no other columns than these and `keys`.
 * DuckDB binds all columns of a view for every question: asked one by one, the columns of a wide
 * table cost the square of their number. Its rows are copied group by group, unless they are many:
 * then reading them costs more than binding. One group and the same rows for most tables.
 */
export async function inGroups<T>(
  db: Duck,
  { rows, keys, columns, width = 0, size }: From<T>,
  { nameOf, use }: Groups<T>,
): Promise<void> {
  const isWide = Math.max(width, columns.length) > WIDE;
  if (!isWide || (size ?? (await countRows(db, rows))) > MOST_COPIED)
    return use(rows, columns, false);
  for (let i = 0; i < columns.length; i += WIDE) {
    const some = columns.slice(i, i + WIDE);
    const names = [...keys, ...some.map(nameOf)].map(quoteName).join(', ');
    const copy = fresh('group');
    await perform(db, `create table ${copy} as select ${names} from ${rows}`);
    try {
      await use(copy, some, true);
    } finally {
      await perform(db, `drop table ${copy}`);
    }
  }
}

/** How many rows a relation has. */
export async function countRows(db: Duck, rows: string): Promise<number> {
  const [counted] = await ask(db, 'profile/count', { rows });
  return Number(counted?.['rows'] ?? 0);
}
