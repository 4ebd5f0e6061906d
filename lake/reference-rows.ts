import type { Monitor } from '../domain/monitor.js';
import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Instant, Window } from '../domain/window.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import type { Rows } from './window-rows.js';
import { clockOf } from './window-time.js';
import type { Clock } from './window-time.js';

/** Rows of predictions that are a reference: those of a time, [start, end), or of a version. */
export interface RowsOnly {
  start: Instant;
  end: Instant;
  /** null: of any version. */
  version: string | null;
}

/** Fewer windows say little about what is usual. */
export const LEAST_PERIODS = 14;
/** Of a long reference the newest ones: usual is what was usual lately. */
const MOST_PERIODS = 120;
/** A first or last window with less of the usual rows than this was cut off. */
const CUT_OFF = 0.5;

/** The windows that a reference is cut into; [] where they are too few. */
export function periodsOf(
  { windowsOf }: { windowsOf?: (start: Instant, end: Instant) => readonly Window[] },
  { start, end }: Window,
): readonly Window[] {
  if (windowsOf === undefined || end === 0) return [];
  const windows = windowsOf(start, end);
  return windows.length < LEAST_PERIODS ? [] : windows.slice(-MOST_PERIODS);
}

/** The periods without a first and a last window that were cut off; [] where too few are left. */
export function wholePeriods(periods: readonly Profile[]): Profile[] {
  const whole = periods.filter(({ slice }) => isSameSlice(slice, {}));
  const usual = whole.map(({ rows }) => rows).sort((a, b) => a - b)[Math.floor(whole.length / 2)];
  const isCut = (one: Profile | undefined) =>
    one !== undefined && one.rows < CUT_OFF * (usual ?? 0) ? one.window.start : null;
  const cut = [isCut(whole[0]), isCut(whole.at(-1))];
  const left = whole.filter(({ window }) => !cut.includes(window.start));
  if (left.length < LEAST_PERIODS) return [];
  return periods.filter(({ window }) => !cut.includes(window.start));
}

/** Opens some of the rows for as long as `use` takes. */
export async function withSome<T>(
  db: Duck,
  of: { monitor: Monitor; rows: Rows; only: RowsOnly; file: string },
  use: (rows: Rows) => Promise<T>,
): Promise<T> {
  const { monitor, rows, only, file } = of;
  const { timestamp, version } = monitor.columns;
  const type = rows.timeType ?? undefined;
  const clock = await clockOf(db, { view: rows.view, type, file }, timestamp);
  const time = quoteName(timestamp.column);
  const within = [
    `${time} >= ${await clock.cut(only.start)}`,
    `${time} < ${await clock.cut(only.end)}`,
  ];
  if (only.version !== null) {
    const is = `${quoteName(version ?? '')}::varchar = ${quoteText(only.version)}`;
    within.push(version === null || !(version in rows.types) ? 'false' : is);
  }
  const view = fresh('some');
  await perform(db, `create view ${view} as from ${rows.view} where ${within.join(' and ')}`);
  try {
    return await use({ ...rows, view });
  } finally {
    await perform(db, `drop view ${view}`);
  }
}

/** The time that a reference covers; the epoch when its rows have none. */
export async function spanOf(
  db: Duck,
  { columns: { timestamp } }: Monitor,
  { rows, file }: { rows: Rows; file: string },
): Promise<{ window: Window; newest: number | null; clock: Clock | null }> {
  const type = rows.types[timestamp.column];
  const none = { window: { start: 0, end: 0, weekday: 4 }, newest: null, clock: null };
  if (type === undefined || type === 'VARCHAR') return none;
  const clock = await clockOf(db, { view: rows.view, type, file }, timestamp).catch(() => null);
  if (clock === null) return none;
  const time = quoteName(timestamp.column);
  const select = `select ${clock.milliseconds} as time_ms from ${rows.view} where ${time} is not null`;
  const [span] = await ask(db, 'reference/span', { rows: { select } });
  if (span?.['newest'] == null) return none;
  const [start, newest] = [Number(span['oldest']), Number(span['newest'])];
  const weekday = new Date(start).getUTCDay() || 7;
  return { window: { start, end: newest + 1, weekday }, newest, clock };
}
