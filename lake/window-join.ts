import { byColumn } from '../domain/profile.js';
import { SourceError } from '../domain/source.js';
import type { LocatedJoin } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { ask, perform, quoteName } from './ask.js';
import { holdsNothing } from './blank.js';
import type { Duck } from './duck.js';
import { keysOf } from './profile-projections.js';
import { fresh, lacks, requireColumn } from './window-files.js';
import type { Made } from './window-readings.js';
import { filtered } from './window-select.js';
import { delivered } from './window-source.js';
import type { Delivered } from './window-source.js';
import { clockOf } from './window-time.js';
import type { TimeSpec } from './window-time.js';

interface Joining {
  join: LocatedJoin;
  /** Of the source of the rows, for messages. */
  path: string;
  time: TimeSpec | null;
  /** [start, end): other rows need no partner; absent: all do. */
  span?: { start: Instant; end: Instant } | undefined;
  /** Views and tables that are made are added. */
  views: string[];
  tables: string[];
}

/** A source that was joined. */
export interface JoinedSource {
  name: string;
  /** Its lines that could not be read as a row. */
  unreadable: number;
}

/** Column that is true where a row found its row in a source, false: several that differ. */
export const partnerOf = (name: string): string => `partner in ${name}`;

const KEY = quoteName('key of the join');

/**
 * The same rows with the columns of another source beside theirs, of the row with the same key.
 * Rows of a key that say the same count as one; of those that differ none is joined. A row without
 * a partner, or without a key, has nulls. Throws SourceError for a source that holds nothing or
 * lacks a column of the key, and for a column of a name that the rows have.
 */
export async function joined(
  db: Duck,
  made: Made,
  of: Joining,
): Promise<{ made: Made; source: JoinedSource }> {
  const { located, name } = of.join;
  const views: string[] = [];
  let remove = () => Promise.resolve();
  try {
    if (await holdsNothing(located)) {
      throw new SourceError(located.path, null, `is empty; expected the rows of joins.${name}`);
    }
    for (const key of Object.values(of.join.on)) await requireColumn(db, located, key);
    const source = await delivered(db, { located, time: null }, views);
    remove = source.remove;
    const base = await filtered(db, source, { located, views });
    const { unreadable } = source;
    const rows = await beside(db, { made, source: { ...source, base } }, of);
    return { made: rows, source: { name, unreadable } };
  } finally {
    const drops = views.reverse().map((view) => `drop view if exists ${view}`);
    if (drops.length > 0) await perform(db, drops.join('; '));
    await remove();
  }
}

interface Sides {
  made: Made;
  source: Delivered;
}

async function beside(db: Duck, { made, source }: Sides, of: Joining): Promise<Made> {
  const { name, on } = of.join;
  const keys = { labels: Object.values(on), predictions: Object.keys(on) };
  requireKeys({ made, source }, of);
  const columns = columnsOf({ made, source }, of);
  const sql = keysOf({ keys, types: source.columns }, { view: made.base, types: made.columns });
  const table = fresh('joined');
  of.tables.push(table);
  const place = (index: number) => `c${index}`;
  const values = columns.map((column, index) => `${quoteName(column)} as ${place(index)}`);
  const known = keys.labels.map((column) => `${quoteName(column)} is not null`).join(' and ');
  const list = [`${sql.labels} as key`, ...values].join(', ');
  await ask(db, 'window/joined', {
    table,
    rows: { select: `select ${list} from ${source.base} where ${known}` },
    keys: {
      select: `select ${sql.predictions} as key from ${made.base}${await within(db, made, of)}`,
    },
  });
  const own = columns.map((column, index) => `t.${place(index)} as ${quoteName(column)}`);
  const told = [...own, `t.is_one as ${quoteName(partnerOf(name))}`].join(', ');
  const base = fresh('beside');
  await perform(
    db,
    `create view ${base} as select b.* exclude (${KEY}), ${told} ` +
      `from (select *, ${sql.predictions} as ${KEY} from ${made.base}) as b ` +
      `left join ${table} as t on b.${KEY} = t.key`,
  );
  of.views.push(base);
  const types = columns.map((column) => [column, source.columns[column] ?? ''] as const);
  return {
    ...made,
    base,
    columns: byColumn([...Object.entries(made.columns), ...types]),
    texts: made.texts || source.texts,
    worded: [...made.worded, ...(source.texts ? columns : [])],
  };
}

/** SQL: rows of the span, as far as their time can be told. */
async function within(db: Duck, made: Made, { time, span, path }: Joining): Promise<string> {
  const type = made.columns[time?.column ?? ''];
  if (time === null || span === undefined || type === undefined || type === 'VARCHAR') return '';
  const clock = await clockOf(db, { view: made.base, type, file: path }, time);
  const [start, end] = [await clock.cut(span.start), await clock.cut(span.end)];
  const at = quoteName(time.column);
  return ` where ${at} >= ${start} and ${at} < ${end}`;
}

function requireKeys({ made, source }: Sides, { join, path }: Joining): void {
  const { located, on, name } = join;
  const list = (columns: Made['columns']) => Object.keys(columns).join(', ');
  for (const [ours, theirs] of Object.entries(on)) {
    if (!(theirs in source.columns)) {
      throw lacks(located.files[0]?.path ?? located.path, theirs, list(source.columns));
    }
    if (ours in made.columns) continue;
    const what = `is missing, joins.${name} cannot be joined; there are ${list(made.columns)}`;
    throw new SourceError(path, ours, what);
  }
}

/** Names count in any case: the engine has one column for both. */
function columnsOf({ made, source }: Sides, { join }: Joining): string[] {
  const { located, name, on } = join;
  const keys = Object.values(on);
  const columns = Object.keys(source.columns).filter((column) => {
    return !keys.includes(column) && (join.columns?.includes(column) ?? true);
  });
  const there = new Map(Object.keys(made.columns).map((one) => [one.toLowerCase(), one]));
  for (const column of columns) {
    const twin = there.get(column.toLowerCase());
    if (twin !== undefined)
      throw new SourceError(located.path, null, twinWords(name, column, twin));
  }
  return columns;
}

/** That a joined source has a column of a name that the rows have, and the way out. */
export function twinWords(name: string, column: string, twin: string): string {
  const what = `joins.${name} has a column "${column}", and the rows have "${twin}"`;
  return `${what}; expected another name, or joins.${name}.columns without it`;
}
