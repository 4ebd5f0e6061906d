import type { Monitor } from '../domain/monitor.js';
import type { TrafficColumn } from '../domain/traffic.js';
import { perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { fresh, lacks } from './window-files.js';
import type { Rows } from './window-rows.js';
import { plainText } from './window-time.js';

/** SQL of what the traffic of a row is. */
export interface Lanes {
  live: string;
  shadow: string;
  /** The text of its value. */
  text: string;
}

/** Rows of a window that are not live, as SQL. */
export interface Beside {
  /** Shadow rows, with all columns. */
  shadow: string;
  /** Of all others `lane`, the text of their value. */
  neither: string;
}

function lanes({ column, live, shadow }: TrafficColumn, types: Rows['types']): Lanes {
  const text = plainText(quoteName(column), types[column] ?? '');
  const isOne = (values: readonly string[]) =>
    values.length === 0
      ? 'false'
      : `coalesce(${text} in (${values.map(quoteText).join(', ')}), false)`;
  return { live: isOne(live), shadow: isOne(shadow), text };
}

/**
 * What the rows of a window are; null where no column tells: all are live. Throws SourceError where
 * they lack that column, for nobody knows then which of them are.
 */
export function lanesOf(
  traffic: TrafficColumn | undefined,
  types: Rows['types'],
  file: string,
): Lanes | null {
  if (traffic === undefined) return null;
  if (traffic.column in types) return lanes(traffic, types);
  throw lacks(file, traffic.column, Object.keys(types).join(', '));
}

/** SQL, in a `case`, of the states of rows that are not live. `own`: it would be the window's. */
export const statesBeside = ({ live, shadow }: Lanes, own: string): string =>
  `when not ${live} then case when not coalesce(${own}, false) then 'elsewhere' ` +
  `when ${shadow} then 'shadow' else 'neither' end`;

/** SQL of the rows that would be the window's if they were live. */
export function besideOf({ live, shadow, text }: Lanes, view: string, own: string): Beside {
  return {
    shadow: `select * from ${view} where ${own} and ${shadow}`,
    neither: `select ${text} as lane from ${view} where ${own} and not ${live} and not ${shadow}`,
  };
}

/** In words: which rows are live. */
export const liveWords = ({ column, live }: TrafficColumn): string =>
  `${column} in (${live.join(', ')})`;

/** The same of a reference; null where its rows have no column that tells: all of them are live. */
export function chosenWords(
  { columns: { traffic } }: Pick<Monitor, 'columns'>,
  types: Rows['types'],
): string | null {
  return traffic === undefined || !(traffic.column in types) ? null : liveWords(traffic);
}

/**
 * Opens the live rows among those of a reference for as long as `use` takes: all of them where they
 * have no column that tells, as most training files.
 */
export async function withLive<T>(
  db: Duck,
  { columns: { traffic } }: Monitor,
  { rows, use }: { rows: Rows; use: (rows: Rows) => Promise<T> },
): Promise<T> {
  if (traffic === undefined || !(traffic.column in rows.types)) return use(rows);
  const view = fresh('live');
  const { live } = lanes(traffic, rows.types);
  await perform(db, `create view ${view} as from ${rows.view} where ${live}`);
  try {
    return await use({ ...rows, view });
  } finally {
    await perform(db, `drop view ${view}`);
  }
}
