import path from 'node:path';
import { ARM } from '../domain/arm.js';
import type { Monitor } from '../domain/monitor.js';
import type { Counts, Grid } from '../domain/profile.js';
import { ask } from './ask.js';
import { answerGone, answerRejected, answerRows, answerUnbound } from './asked-counts.js';
import type { Row } from './ask.js';
import type { Duck } from './duck.js';
import { undecidedBy } from './profile-decisions.js';
import { misreadIn } from './profile-misread.js';
import type { Misread, Readings } from './profile-misread.js';
import { sizesOf } from './vector-sizes.js';
import { columnsOf } from './window-files.js';
import { partnerOf } from './window-join.js';
import type { OpenWindow } from './window-open.js';
import { columnOf } from './window-parts.js';
import type { Rows } from './window-rows.js';

/** Arms that are told where the holdout is not among them. */
const NAMED_ARMS = 5;
/** Values of rows that are neither live nor shadow. */
const NAMED_LANES = 3;

/**
 * The answers `rows` and `rejected` of a profile, and `idless` where columns of the id are gone: of
 * their rows nobody can tell which come twice, `undecided` where columns of the action are, `arms`
 * where the monitor names one, and `unbound` where an expression that was to part the rows cannot
 * be asked of them, or fails on one, `bare` where lists of the source have no element, `joins`
 * where sources are joined, and `traffic` and `lanes` where some rows are not live.
 */
export async function askedOf(
  db: Duck,
  { monitor, grid, rows, window }: { monitor: Monitor; grid: Grid; rows: Rows; window: OpenWindow },
): Promise<Record<string, Counts>> {
  const { prediction, action } = monitor.columns;
  const undecided = undecidedBy(action, rows.types);
  const ids = monitor.columns.id.filter((column) => column in rows.types);
  const time = monitor.columns.timestamp.column;
  const unparsed = window.timeless + window.nameless + rows.unreadable;
  const gone = monitor.columns.id.filter((column) => !(column in rows.types));
  const told = ids.length > 0 && gone.length === 0 && window.accepted > 0;
  const duplicates = told ? await duplicatesIn(db, { window, ids }) : 0;
  const rejected: Misread[] = [
    { column: 'line', reason: 'unparsed', n: rows.unreadable, at: placeOf(rows.first) },
    { column: time, reason: 'unparsed', n: window.timeless },
    { column: ids.join(', '), reason: 'unparsed', n: window.nameless },
    { column: time, reason: 'future', n: window.future },
  ];
  const misread = await misreadIn(db, { prediction, action, grid, rows, view: window.view });
  rejected.push(...misread.columns);
  return {
    rows: answerRows({
      received: window.accepted + unparsed + window.future,
      accepted: window.accepted,
      unparsed,
      future: window.future,
      misread: misread.rows,
      duplicates,
    }),
    rejected: answerRejected(rejected),
    ...(gone.length === 0 ? {} : { idless: answerGone(gone) }),
    ...(undecided.length === 0 ? {} : { undecided: answerGone(undecided) }),
    ...answerUnbound(rows.unbound),
    ...(window.bare === 0 ? {} : { bare: { by: {}, sums: { n: Float64Array.of(window.bare) } } }),
    ...(await joinsIn(db, { ...rows, view: window.view })),
    ...(await armsIn(db, monitor, window)),
    ...(await trafficIn(db, window)),
    ...(await sizesOf(db, { view: window.view, types: rows.types }, grid.axes)),
  };
}

function placeOf(first: Rows['first']): string {
  if (first === null) return '';
  const name = path.basename(first.file);
  return first.line === null ? name : `${name}, line ${first.line}`;
}

/** The answer `joins`: by source the rows without a partner, and with several that differ. */
async function joinsIn(
  db: Duck,
  { joins = [], view }: Partial<Pick<Rows, 'joins'>> & { view: string },
): Promise<Record<string, Counts>> {
  if (joins.length === 0) return {};
  const found: Row[] = [];
  for (const { name } of joins) {
    found.push(...(await ask(db, 'window/partners', { rows: view, partner: partnerOf(name) })));
  }
  const n = (sum: string) => Float64Array.from(found, (row) => Number(row[sum]));
  const unreadable = Float64Array.from(joins, (one) => one.unreadable);
  const sums = { alone: n('alone'), conflicting: n('conflicting'), unreadable };
  return { joins: { by: { join: joins.map(({ name }) => name) }, sums } };
}

/** The answer `arms`: the values of its column that most rows have; {} where none is named. */
async function armsIn(
  db: Duck,
  { columns }: Monitor,
  { view }: OpenWindow,
): Promise<Record<string, Counts>> {
  if (columns.arm === undefined) return {};
  const of = { rows: view, column: columnOf({ name: ARM }), most: NAMED_ARMS };
  const found = await ask(db, 'profile/parts', of);
  const n = Float64Array.from(found, (row) => Number(row['n']));
  return { arms: { by: { value: found.map(({ value }) => String(value)) }, sums: { n } } };
}

/** The answer `traffic` of rows that are not live, `lanes` of those that are no shadow, either. */
async function trafficIn(
  db: Duck,
  { shadow, neither, beside }: OpenWindow,
): Promise<Record<string, Counts>> {
  if (beside === null || shadow + neither === 0) return {};
  const n = Float64Array.of(shadow, neither);
  const traffic = { by: { traffic: ['shadow', 'neither'] }, sums: { n } };
  if (neither === 0) return { traffic };
  const of = { rows: { select: beside.neither }, column: 'lane', most: NAMED_LANES };
  const found = await ask(db, 'profile/parts', of);
  const by = { value: found.map(({ value }) => String(value)) };
  return {
    traffic,
    lanes: { by, sums: { n: Float64Array.from(found, (row) => Number(row['n'])) } },
  };
}

/** Whole numbers that lie so many times as dense as their rows are marked in a row of bits. */
const SPREAD = 64;
const MOST_BITS = 2 ** 28;

/** Rows beyond the first of their id. Grouping by an id takes as long as all else of a window. */
async function duplicatesIn(
  db: Duck,
  { window, ids }: { window: OpenWindow; ids: readonly string[] },
): Promise<number> {
  const [id = '', ...others] = ids;
  // Of a text file the view holds texts, whatever they can be read as.
  const types = others.length === 0 ? await columnsOf(db, window.view) : {};
  if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(types[id] ?? '')) {
    const of = { rows: window.view, id };
    const [found] = await ask(db, 'window/span', of);
    const [low, span] = [Number(found?.['low']), Number(found?.['span'])];
    const exact = Number.isSafeInteger(low) && Number.isSafeInteger(low + span + 1);
    if (exact && span < Math.min(SPREAD * window.accepted, MOST_BITS)) {
      const [marked] = await ask(db, 'window/duplicates_dense', { ...of, low, span });
      return Number(marked?.['duplicates'] ?? 0);
    }
  }
  const [found] = await ask(db, 'window/duplicates', { rows: window.view, ids });
  return Number(found?.['duplicates'] ?? 0);
}

/** The answers `rejected`, `unbound`, `joins` and `sizes` of a reference. */
export async function askedOfReference(
  db: Duck,
  of: Readings & {
    rows: { view: string; unbound?: Rows['unbound']; joins?: Rows['joins'] };
  },
): Promise<Record<string, Counts>> {
  const { columns } = await misreadIn(db, { ...of, view: of.rows.view });
  return {
    ...(columns.length > 0 ? { rejected: answerRejected(columns) } : {}),
    ...answerUnbound(of.rows.unbound ?? []),
    ...(await joinsIn(db, of.rows)),
    ...(await sizesOf(db, { view: of.rows.view, types: of.rows.types }, of.grid.axes)),
  };
}

/** The answer of a window without any file. */
export function nothingAsked(): Record<string, Counts> {
  const none = { received: 0, accepted: 0, unparsed: 0, future: 0, misread: 0, duplicates: 0 };
  return { rows: answerRows(none), rejected: answerRejected([]) };
}
