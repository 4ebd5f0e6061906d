import { lastBoundary, nextBoundary } from '../calendar/windows.js';
import type { Instant, WindowGrid, WindowSize } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import { lookAtDays, type DayLook } from '../lake/preview.js';
import { UsageError } from './errors.js';
import type { DataFile } from './init-file.js';
import { ENOUGH, guessRoles, judgeRoles, looksLikeIds } from './init-guess.js';
import type { Judged, Roles } from './init-guess.js';

/** What the rows of a file say about its monitor. */
export interface Found {
  roles: Roles;
  judged: Judged;
  size: WindowSize;
  exclude: readonly string[];
  features: readonly string[];
  notes: readonly string[];
  asOf: string;
}

/** Guesses roles, windows and a date to look at. UsageError when no column holds event times. */
export async function draftFrom(
  db: Duck,
  input: {
    table: DataFile;
    reference: DataFile | null;
    named: { timestamp: string | null; label: string | null };
  },
): Promise<Found> {
  const { table, reference, named } = input;
  const guessed = guessRoles(table.columns);
  const ids = looksLikeIds(table.columns, table.looks);
  const timestamp = timestampOf(table, named.timestamp ?? guessed.timestamp);
  const rowId = guessed.id ?? ids.find((name) => name !== timestamp) ?? null;
  const roles = rolesOf(table, { ...guessed, id: rowId, timestamp }, named.label);
  const days = await lookAtDays(db, table.located, { timestamp, id: roles.id });
  if (days.length === 0) throw noTime(table, `no value of "${timestamp}" is a time`);
  const judged = judgeRoles(roles, table.looks);
  const id = idOf(roles.id, days);
  const alone = onlyInReference(table, reference);
  const left = roles.label !== null && judged.label === null ? [roles.label] : [];
  const others = ids.filter((name) => !Object.values<string | null>({ ...roles }).includes(name));
  const { size, asOf, note } = windowsOf(days);
  const exclude = [...new Set([...left, ...id.exclude, ...others, ...alone])];
  const taken = new Set([...Object.values<string | null>({ ...roles }), ...exclude]);
  return {
    roles: { ...roles, id: id.column, prediction: judged.prediction && roles.prediction },
    judged,
    size,
    asOf,
    exclude,
    features: table.columns.map(({ name }) => name).filter((name) => !taken.has(name)),
    notes: [
      ...judged.notes,
      ...id.notes,
      ...(others.length > 0 ? [othersNote(others)] : []),
      ...(alone.length > 0 ? [aloneNote(alone)] : []),
      ...(note === null ? [] : [note]),
      ...(reference === null ? [ownReference(table.path)] : []),
    ],
  };
}

/** The roles with the label that was named: what was guessed of the same column is not so. */
function rolesOf(
  table: DataFile,
  guessed: Roles & { timestamp: string },
  named: string | null,
): Roles & { timestamp: string } {
  const { timestamp } = guessed;
  if (named === timestamp) {
    throw new UsageError(`--label ${named}: it is the timestamp; expected another column.`);
  }
  const free = (name: string | null, ...taken: (string | null)[]): string | null =>
    taken.includes(name) ? null : name;
  const label = labelOf(table, named ?? free(guessed.label, timestamp));
  return {
    timestamp,
    label,
    id: free(guessed.id, timestamp, label),
    prediction: free(guessed.prediction, timestamp, label),
    version: free(guessed.version, timestamp, label),
  };
}

function timestampOf(table: DataFile, name: string | null): string {
  if (name === null) throw noTime(table, 'no column of times was found');
  if (table.columns.some((column) => column.name === name)) return name;
  throw noTime(table, `there is no column "${name}"`);
}

function labelOf({ flag, path, columns }: DataFile, name: string | null): string | null {
  if (name === null || columns.some((column) => column.name === name)) return name;
  const list = columns.map((column) => column.name).join(', ');
  throw new UsageError(
    `--label ${name}: ${flag} ${path} has no such column, it has ${list}. Labels of another file ` +
      'are named in the monitor, as labels: [{ from: { path: … }, value: … }].',
  );
}

function noTime({ flag, path, columns }: DataFile, what: string): UsageError {
  const list = columns.map(({ name, type }) => `${name} (${type.toLowerCase()})`).join(', ');
  return new UsageError(
    `${flag} ${path}: ${what}, and windows are cut by time. It has ${list}. Name the column in ` +
      'which each row says when it happened: --timestamp <column>. Dates and ISO 8601 texts are ' +
      'read, and of Parquet numbers of seconds or ms since 1970.',
  );
}

/** An id that comes again on the same day is the id of something else than the row. */
function idOf(
  column: string | null,
  days: readonly DayLook[],
): { column: string | null; exclude: string[]; notes: string[] } {
  const repeats = days.filter(({ rows, ids }) => ids < 0.99 * rows).length;
  if (column === null || repeats * 2 < days.length) return { column, exclude: [], notes: [] };
  const note = `${column} comes several times a day, so it is not the id of a row and is left out.`;
  return { column: null, exclude: [column], notes: [note] };
}

function othersNote(columns: readonly string[]): string {
  const [looks, is] = columns.length === 1 ? ['looks', 'is'] : ['look', 'are'];
  return (
    `${columns.join(', ')} ${looks} like ids, other ones in nearly each row, of which no shares ` +
    `can be compared, and ${is} left out.`
  );
}

/** Columns of the reference that production has not: labels, most of the time. */
function onlyInReference(table: DataFile, reference: DataFile | null): string[] {
  const known = new Set(table.columns.map(({ name }) => name));
  return (reference?.columns ?? []).map(({ name }) => name).filter((name) => !known.has(name));
}

function aloneNote(columns: readonly string[]): string {
  const [first = ''] = columns;
  const is = columns.length === 1 ? 'is' : 'are';
  return (
    `${columns.join(', ')} ${is} in the reference only and no feature. Where labels come in later, ` +
    `say from where: labels: [{ from: { path: … }, value: ${first}, mature_after: 30d }]`
  );
}

function ownReference(path: string): string {
  return (
    `The reference is ${path} itself, so that its windows are compared with their own sum: name ` +
    'what the model was trained on with --reference <file>, or in reference.drift.path.'
  );
}

const gridOf = (size: WindowSize): WindowGrid => ({ size, timezone: 'UTC', align: 'monday' });

/** The shortest windows with enough rows, and the end of the newest one that has them. */
function windowsOf(days: readonly DayLook[]): {
  size: WindowSize;
  asOf: string;
  note: string | null;
} {
  for (const size of ['1d', '1w', '1mo'] as const) {
    const windows = rowsByWindow(days, size);
    const rows = [...windows.values()].sort((a, b) => a - b);
    const newest = [...windows].filter(([, n]) => n >= ENOUGH).at(-1);
    if (newest === undefined || (rows[Math.floor(rows.length / 2)] ?? 0) < ENOUGH) continue;
    const note =
      size === '1d' ? null : `Few rows a day: windows are of ${size}, so that most have ${ENOUGH}.`;
    return { size, asOf: dateOf(newest[0]), note };
  }
  const most = [...rowsByWindow(days, '1d')].sort((a, b) => b[1] - a[1])[0];
  const note =
    `Not even a month has ${ENOUGH} rows: below windows.min_rows a verdict stays unknown. ` +
    'Name more files, as --from "data/*.csv", or set windows.min_rows.';
  return { size: '1d', asOf: dateOf(most?.[0] ?? 0), note };
}

/** Window end → rows, oldest first. */
function rowsByWindow(days: readonly DayLook[], size: WindowSize): Map<Instant, number> {
  const windows = new Map<Instant, number>();
  for (const { day, rows } of days) {
    const end = nextBoundary(gridOf(size), lastBoundary(gridOf(size), day));
    windows.set(end, (windows.get(end) ?? 0) + rows);
  }
  return windows;
}

const dateOf = (end: Instant): string => new Date(end).toISOString().slice(0, 10);
