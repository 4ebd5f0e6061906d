import type { Columns } from '../domain/monitor.js';
import { iso } from '../domain/window.js';
import type { Instant, Window } from '../domain/window.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { makeRelation } from './relation.js';
import { fresh } from './window-files.js';
import type { Rows } from './window-rows.js';
import { clockOf } from './window-time.js';
import type { Clock } from './window-time.js';
import { besideOf, lanesOf, liveWords, statesBeside } from './window-traffic.js';
import type { Beside, Lanes } from './window-traffic.js';

/** Which rows of a source are the window's. */
export interface Bounds {
  window: Window;
  /** Later event times cannot be: rows that carry one are rejected. */
  latest: Instant;
  /** Rows of the files beyond it are in no window; null or absent: every row has its window. */
  reach?: { start: Instant; end: Instant } | null | undefined;
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
  /** Rows that no window has, for they are beyond `reach`. */
  outside: number;
  /** Rows of the files that gave none, for their list has no element: in its time, or without. */
  bare: number;
  /** Rows that are not live: of shadow traffic, and of neither; 0 where no column tells. */
  shadow: number;
  neither: number;
  /** Those rows; null where no column tells. */
  beside: Beside | null;
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
  const view = fresh('window');
  const lanes = lanesOf(columns.traffic, rows.types, file);
  const whole = await extentOf(db, { rows, ids, time, cuts, clock, lanes });
  const beyond = whole === null ? await beyondOf(clock, time, bounds) : 'false';
  const own = [`${time} < ${cuts.future}`, inside, ...named].join(' and ');
  const state =
    `case ${lanes === null ? '' : statesBeside(lanes, own)} ` +
    `when ${time} is null then 'timeless' when ${time} >= ${cuts.future} then 'future' ` +
    `when ${beyond} then 'outside' when not (${inside}) then 'elsewhere' ` +
    `when ${nameless} then 'nameless' else 'accepted' end`;
  const counts = whole ?? (await countStates(db, { rows, state, clock }));
  const filter = lanes === null ? own : `${own} and ${lanes.live}`;
  // Where every row belongs to the window, no question has to look at the time again.
  const where = whole === null ? ` where ${filter}` : '';
  const made = await makeRelation(db, {
    ...{ name: view, select: `select * from ${rows.view}${where}` },
    ...{ rows: counts.accepted, types: rows.types },
  });
  try {
    const bare = await bareIn(db, rows, `${time} is null or (${inside})`);
    const beside = lanes === null ? null : besideOf(lanes, rows.view, own);
    return await use({ view, predicate: say(columns, bounds.window), ...counts, bare, beside });
  } finally {
    await perform(db, `drop ${made}`);
  }
}

/** SQL: a row is beyond the reach of the windows that open its file. */
async function beyondOf(clock: Clock, time: string, { reach }: Bounds): Promise<string> {
  if (reach == null) return 'false';
  const [start, end] = [await clock.cut(reach.start), await clock.cut(reach.end)];
  return `(${time} < ${start} or ${time} >= ${end})`;
}

async function bareIn(db: Duck, { bare }: Rows, where: string): Promise<number> {
  if (bare === null) return 0;
  const rows = { select: `select 1 as one from ${bare} where ${where}` };
  const [found] = await ask(db, 'profile/count', { rows });
  return Number(found?.['rows'] ?? 0);
}

type Counted = Omit<OpenWindow, 'view' | 'predicate' | 'bare' | 'beside'>;

/** The counts of a window that all rows belong to; null when some do not. */
async function extentOf(
  db: Duck,
  of: {
    rows: Rows;
    ids: readonly string[];
    time: string;
    cuts: Cuts;
    clock: Clock;
    lanes: Lanes | null;
  },
): Promise<Counted | null> {
  const { rows, ids, time, cuts, clock, lanes } = of;
  const live = lanes === null ? [] : [`count(*) filter (${lanes.live}) = count(*)`];
  const all = [time, ...ids.map(quoteName)].map((column) => `count(${column}) = count(*)`);
  const within = [`min(${time}) >= ${cuts.start}`, `max(${time}) < ${cuts.end}`];
  const inside = [...all, ...live, ...within, `max(${time}) < ${cuts.future}`].join(' and ');
  const select =
    `select rows, inside, ${clock.milliseconds} as newest from ` +
    `(select count(*) as rows, ${inside} as inside, max(${time}) as ${time} from ${rows.view})`;
  const [found] = await ask(db, 'window/extent', { rows: { select } });
  if (found?.['inside'] !== true) return null;
  const accepted = Number(found['rows']);
  const none = { timeless: 0, nameless: 0, future: 0, outside: 0, shadow: 0, neither: 0 };
  return { accepted, ...none, newest: Number(found['newest']) };
}

interface Cuts {
  start: string;
  end: string;
  future: string;
}

async function countStates(
  db: Duck,
  { rows, state, clock }: { rows: Rows; state: string; clock: Clock },
): Promise<Counted> {
  const select =
    `select state, case when state = 'accepted' then ${clock.milliseconds} end as time_ms ` +
    `from (select *, ${state} as state from ${rows.view})`;
  const found = await ask(db, 'window/states', { rows: { select } });
  const of = (state: string) => found.find((row) => row['state'] === state);
  const n = (state: string) => Number(of(state)?.['n'] ?? 0);
  const newest = of('accepted')?.['newest'];
  return {
    accepted: n('accepted'),
    timeless: n('timeless'),
    nameless: n('nameless'),
    future: n('future'),
    outside: n('outside'),
    shadow: n('shadow'),
    neither: n('neither'),
    newest: newest == null ? null : Number(newest),
  };
}

function say({ timestamp, traffic }: Columns, { start, end }: Window): string {
  const live = traffic === undefined ? '' : ` and ${liveWords(traffic)}`;
  return `${timestamp.column} in [${iso(start)}, ${iso(end)})${live}`;
}
