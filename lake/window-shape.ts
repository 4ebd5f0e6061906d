import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh, lacks } from './window-files.js';
import { joined } from './window-join.js';
import type { JoinedSource } from './window-join.js';
import { selected } from './window-select.js';
import type { Made } from './window-readings.js';
import { parsedTime } from './window-time.js';
import type { TimeSpec } from './window-time.js';
import { BARE, unnested } from './window-unnest.js';

/** Rows as they are watched. */
export interface Shaped extends Made {
  /** A view of the rows whose list has no element, so that none came of them; null: of no lists. */
  bare: string | null;
  joins: readonly JoinedSource[];
}

interface Shaping {
  located: Located;
  time: TimeSpec | null;
  span?: { start: Instant; end: Instant } | undefined;
}

/** The column of event times as far as the source delivers it; null: it is made of its rows. */
export function deliveredTime({ located: { shape }, time }: Shaping): TimeSpec | null {
  const isMade = shape?.unnest !== undefined || shape?.select?.[time?.column ?? ''] !== undefined;
  return isMade ? null : time;
}

/**
 * The rows that are watched: unnested, selected and joined. Errors as `unnested`, `selected` and
 * `joined`; throws SourceError where the column of event times is missing.
 */
export async function shaped(
  db: Duck,
  delivered: Made,
  of: Shaping & { views: string[]; tables: string[] },
): Promise<Shaped> {
  const { located, time, span, views } = of;
  const { shape = {}, joins = [], path } = located;
  const isAsItCame = located.shape === undefined && joins.length === 0;
  if (isAsItCame || Object.keys(delivered.columns).length === 0) {
    return { ...delivered, bare: null, joins: [] };
  }
  const { unnest: column, select } = shape;
  let made =
    column === undefined
      ? delivered
      : await unnested(db, delivered, { column, path, views, isTraining: time === null });
  if (select !== undefined) {
    made = await selected(db, made, { select, path, span, views, time: deliveredTime(of) });
  }
  const sources: JoinedSource[] = [];
  for (const join of joins) {
    const found = await joined(db, made, { ...of, join, path });
    made = found.made;
    sources.push(found.source);
  }
  if (time !== null && !(time.column in made.columns)) {
    throw lacks(located.files[0]?.path ?? path, time.column, Object.keys(made.columns).join(', '));
  }
  made = await timed(db, made, of);
  return { ...made, ...(await split(db, made, views)), joins: sources };
}

/** Rows, and those of the source that gave none. */
async function split(
  db: Duck,
  made: Made,
  views: string[],
): Promise<{ base: string; bare: string | null }> {
  if (!made.marked) return { base: made.base, bare: null };
  const part = async (what: string, where: string) => {
    const view = fresh(what);
    await perform(
      db,
      `create view ${view} as select * exclude (${quoteName(BARE)}) from ${made.base} where ${where}`,
    );
    views.push(view);
    return view;
  };
  const bare = await part('bare', quoteName(BARE));
  return { base: await part('elements', `not ${quoteName(BARE)}`), bare };
}

/** Event times that came as texts within other columns, read as instants. */
async function timed(
  db: Duck,
  made: Made,
  { time, views }: { time: TimeSpec | null; views: string[] },
): Promise<Made> {
  const isText = time !== null && time.as !== 'texts' && made.columns[time.column] === 'VARCHAR';
  if (!isText) return made;
  const base = fresh('timed');
  const parsed = `${parsedTime(time)} as ${quoteName(time.column)}`;
  await perform(db, `create view ${base} as select * replace (${parsed}) from ${made.base}`);
  views.push(base);
  return { ...made, base, columns: { ...made.columns, [time.column]: 'TIMESTAMP WITH TIME ZONE' } };
}
