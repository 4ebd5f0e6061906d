import type { Columns } from '../domain/monitor.js';
import { iso } from '../domain/window.js';
import type { Instant, Window } from '../domain/window.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import type { Rows } from './window-rows.js';
import { clockOf } from './window-time.js';

/** Which rows of a source are the window's. */
export interface Bounds {
  window: Window;
  /** Later event times cannot be: rows that carry one are rejected. */
  latest: Instant;
}

/** The rows of a window, and why rows of its files are not among them. */
export interface OpenWindow {
  /** A view of the window's rows. */
  view: string;
  accepted: number;
  /** Rows without a time that can be read, and rows without an id. */
  timeless: number;
  nameless: number;
  /** Rows whose time is after `latest`. */
  future: number;
  newest: Instant | null;
  /** In words: which rows of the files belong to the window. */
  predicate: string;
}

/** Opens the rows of a window among the rows of its files, for as long as `use` takes. */
export async function withWindow<T>(
  db: Duck,
  { rows, columns, bounds, file }: { rows: Rows; columns: Columns; bounds: Bounds; file: string },
  use: (window: OpenWindow) => Promise<T>,
): Promise<T> {
  const { timestamp } = columns;
  const time = quoteName(timestamp.column);
  const type = rows.timeType ?? undefined;
  const clock = await clockOf(db, { view: rows.view, type, file }, timestamp);
  const cuts = {
    start: await clock.cut(bounds.window.start),
    end: await clock.cut(bounds.window.end),
    future: await clock.cut(bounds.latest + 1),
  };
  const inside = `${time} >= ${cuts.start} and ${time} < ${cuts.end}`;
  const ids = columns.id.filter((id) => id in rows.types);
  const named = ids.map((id) => `${quoteName(id)} is not null`);
  const nameless = ids.map((id) => `${quoteName(id)} is null`).join(' or ') || 'false';
  const state =
    `case when ${time} is null then 'timeless' when ${time} >= ${cuts.future} then 'future' ` +
    `when not (${inside}) then 'elsewhere' when ${nameless} then 'nameless' else 'accepted' end`;
  const states = fresh('states');
  const view = fresh('window');
  try {
    await perform(
      db,
      `create view ${states} as select state, case when state = 'accepted' then ` +
        `${clock.milliseconds} end as time_ms from (select *, ${state} as state from ${rows.view})`,
    );
    const counts = await countStates(db, states);
    const filter = [`${time} < ${cuts.future}`, inside, ...named].join(' and ');
    // Where every row belongs to the window, no question has to look at the time again.
    const where = counts.total === counts.accepted ? '' : ` where ${filter}`;
    await perform(db, `create view ${view} as select * from ${rows.view}${where}`);
    const predicate = say(timestamp.column, bounds.window);
    return await use({ view, predicate, ...counts });
  } finally {
    await perform(db, `drop view if exists ${view}`);
    await perform(db, `drop view if exists ${states}`);
  }
}

async function countStates(db: Duck, states: string) {
  const found = await ask(db, 'window/states', { rows: states });
  const of = (state: string) => found.find((row) => row['state'] === state);
  const n = (state: string) => Number(of(state)?.['n'] ?? 0);
  const newest = of('accepted')?.['newest'];
  return {
    total: found.reduce((sum, row) => sum + Number(row['n']), 0),
    accepted: n('accepted'),
    timeless: n('timeless'),
    nameless: n('nameless'),
    future: n('future'),
    newest: newest == null ? null : Number(newest),
  };
}

const say = (column: string, { start, end }: Window) => `${column} in [${iso(start)}, ${iso(end)})`;
