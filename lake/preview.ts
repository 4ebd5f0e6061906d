import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import { withRows } from './window-rows.js';
import { clockOf } from './window-time.js';

/** What a column holds, as far as a first look tells. */
export interface ColumnLook {
  /** Rows with a value. */
  known: number;
  /** About how many different values they have. */
  apart: number;
  /** null: no value is a number. */
  low: number | null;
  high: number | null;
  /** At most seven different values as texts, sorted. */
  some: readonly string[];
}

/** The rows of one day of UTC. */
export interface DayLook {
  day: Instant;
  rows: number;
  /** How many different ids they have; 0 when none was named. */
  ids: number;
  newest: Instant;
}

/** From this share of the rows on, about so many different values may be one for each row. */
const MAY_BE_ALL = 0.6;

async function distinctOf(db: Duck, view: string, column: string): Promise<number> {
  const [row] = await ask(db, 'reference/distinct_exact', { rows: view, column });
  return Number(row?.['distinct']);
}

/**
 * Looks at some columns of a source. A name that is no column of it is left out. Reads only. Throws
 * SourceError when a file cannot be read.
 */
export async function lookAtColumns(
  db: Duck,
  located: Located,
  names: readonly string[],
): Promise<ReadonlyMap<string, ColumnLook>> {
  return withRows(db, { located, wants: {}, time: null }, async ({ view, types }) => {
    const looks = new Map<string, ColumnLook>();
    for (const column of names.filter((name) => name in types)) {
      const [row] = await ask(db, 'probe/column', { rows: view, column });
      const number = (key: string) => (row?.[key] == null ? null : Number(row[key]));
      const some = JSON.parse(String(row?.['some'] ?? '[]')) as string[];
      const [known, about] = [number('known') ?? 0, number('apart') ?? 0];
      looks.set(column, {
        known,
        apart: about < MAY_BE_ALL * known ? about : await distinctOf(db, view, column),
        low: number('low'),
        high: number('high'),
        some,
      });
    }
    return looks;
  });
}

/**
 * The days on which a source has rows, by its column of event times, oldest first; [] when no value
 * of it is a time. Reads only. Throws SourceError when a file cannot be read or lacks the column.
 */
export async function lookAtDays(
  db: Duck,
  located: Located,
  columns: { timestamp: string; id: string | null },
): Promise<readonly DayLook[]> {
  const time = { column: columns.timestamp, timezone: 'UTC' };
  return withRows(db, { located, wants: {}, time }, async ({ view, timeType }) => {
    const rows = { view, type: timeType ?? undefined, file: located.path };
    const { milliseconds } = await clockOf(db, rows, time);
    const times = fresh('times');
    const id = columns.id === null ? 'null' : quoteName(columns.id);
    const select = `${milliseconds} as time_ms, ${id}::varchar as id`;
    await perform(db, `create view ${times} as select ${select} from ${view}`);
    try {
      const days = await ask(db, 'probe/days', { times });
      return days.map((row) => ({
        day: Number(row['day_ms']),
        rows: Number(row['rows']),
        ids: Number(row['ids']),
        newest: Number(row['newest']),
      }));
    } finally {
      await perform(db, `drop view if exists ${times}`);
    }
  });
}
