import { ask } from './ask.js';
import type { Row } from './ask.js';
import type { Duck } from './duck.js';

/** A value with this share of the rows has a bin of its own, 16 values at most. */
const ATOM = 0.02;
const MOST_ATOMS = 16;

/** How the values of numeric columns are spread, as sql/reference/numeric.sql tells it. */
export type Spreads = ReadonlyMap<string, readonly Row[]>;

/** Values that are looked at together, of several columns. */
const MOST_VALUES = 250_000;

/**
 * Spreads of columns of numbers. One question for many columns of few rows: asked one by one, a
 * column costs more than its rows.
 */
export async function spreadsOf(
  db: Duck,
  rows: string,
  columns: readonly string[],
): Promise<Spreads> {
  const [counted] = await ask(db, 'profile/count', { rows });
  const size = Number(counted?.['rows'] ?? 0);
  const many = Math.max(1, Math.floor(MOST_VALUES / Math.max(1, size)));
  const spreads = new Map<string, Row[]>();
  const askSome = async (from: number): Promise<void> => {
    const some = columns.slice(from, from + many);
    const params = { columns: some, many: some.length, least: ATOM, most: MOST_ATOMS };
    for (const row of await ask(db, 'reference/numeric', { rows, ...params })) {
      const column = some[Number(row['place']) - 1] ?? '';
      spreads.set(column, [...(spreads.get(column) ?? []), row]);
    }
  };
  const starts = columns.flatMap((_, place) => (place % many === 0 ? [place] : []));
  const settled = await Promise.allSettled(starts.map(askSome));
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return spreads;
}
