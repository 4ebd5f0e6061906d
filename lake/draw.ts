import type { Monitor } from '../domain/monitor.js';
import { byColumn } from '../domain/profile.js';
import type { Grid } from '../domain/profile.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { absenceOf } from './absent-labels.js';
import type { Absence } from './absent-labels.js';
import { ask, askColumns, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { countedOf, isCountable, isCounted } from './measured.js';
import { withLabels } from './profile-labels.js';
import { isMature } from './profile-projections.js';
import { predictionOf } from './profile-predicted.js';
import { keyOf, labelOf } from './profile-projections.js';
import type { Keyed, OpenLabels, Relation } from './profile-projections.js';
import { withSource } from './profile-source.js';
import type { ProfileRequest } from './profile-source.js';
import { inRows, openReference } from './reference-open.js';
import type { ReferenceRequest } from './reference-open.js';
import { fresh } from './window-files.js';

/** Which rows to draw, and which of their columns. */
export interface Draw {
  columns: readonly string[];
  /** So many rows at most. */
  most: number;
}

/** Rows of one side as they are: entry i of every list is row i. */
export interface DrawnRows {
  /** Rows that they were drawn from. */
  all: number;
  /** 0 to 65,535, spread evenly. */
  hashes: readonly number[];
  /** Those that the rows have: numbers, or the texts of categories; null: missing. */
  columns: Readonly<Record<string, readonly (number | string | null)[]>>;
  /** null: none. */
  scores: readonly (number | null)[];
  /** As in outcomes: a class, `known` for the label of a regression, '' for none. */
  predicted: readonly string[];
  labels: readonly string[];
  /** The label of a regression. */
  truths: readonly (number | null)[];
}

/**
 * Draws rows of a window, with the labels that are known: those of the smallest hashes of the id,
 * so that the same rows come whenever they are drawn. Reads only. Errors as `profileWindow`.
 */
export async function drawWindow(
  db: Duck,
  request: ProfileRequest,
  draw: Draw,
): Promise<DrawnRows> {
  return withSource(db, request, async ({ db: own, rows, window }) => {
    if (window === null) return NO_ROWS;
    const { monitor, labels, knownAt } = request;
    const here = { view: window.view, types: rows.types, files: rows.view };
    const mature = isMature(request.window, monitor.labels?.matureAfter ?? 0, knownAt);
    const { axes } = request.grid;
    return drawFrom(own, { monitor, labels, knownAt, mature, axes, rows: here }, draw);
  });
}

/** Draws rows of a reference, which holds its labels itself. Errors as `profileReference`. */
export async function drawReference(
  db: Duck,
  request: ReferenceRequest & { grid: Grid },
  draw: Draw,
): Promise<DrawnRows> {
  const monitor = inRows(request.monitor);
  return openReference(db, request, (own, { view, types }) => {
    const rows = { view, types, files: view };
    const known = { knownAt: Number.MAX_SAFE_INTEGER, mature: true, labels: null };
    return drawFrom(own, { monitor, rows, axes: request.grid.axes, ...known }, draw);
  });
}

const NO_ROWS: DrawnRows = {
  all: 0,
  ...{ hashes: [], columns: {}, scores: [], predicted: [], labels: [], truths: [] },
};

interface From {
  monitor: Monitor;
  rows: Relation & { files: string };
  labels: Located | null;
  knownAt: Instant;
  mature: boolean;
  axes: Grid['axes'];
}

async function drawFrom(db: Duck, from: From, { columns, most }: Draw): Promise<DrawnRows> {
  const { rows } = from;
  const there = columns.filter((column) => {
    const [axis, type] = [from.axes[column], rows.types[column] ?? ''];
    return axis?.of === undefined ? isCountable(type) : isCounted(axis, type);
  });
  return withLabels(db, from, async (labels) => {
    const [pool, table, joined] = [fresh('pool'), fresh('drawn'), fresh('joined')];
    const [lookup, known] = [fresh('labels'), fresh('known')];
    try {
      const sought = await soughtIn(db, from, labels);
      await perform(db, `create view ${pool} as ${poolOf(from, there, sought)}`);
      await ask(db, 'probe/draw', { table, rows: pool, most });
      const select = await withLabel(db, from, { ...sought, table, lookup, known });
      await perform(db, `create view ${joined} as ${select}`);
      const [counted] = await ask(db, 'profile/count', { rows: rows.view });
      const found = await askColumns(db, 'probe/drawn', { rows: joined });
      const drawn = there.map((column, place) => [column, found[`c${place}`] ?? []] as const);
      return {
        all: Number(counted?.['rows'] ?? 0),
        hashes: (found['hash'] ?? []).map(Number),
        columns: byColumn(drawn) as DrawnRows['columns'],
        scores: numbers(found['score']),
        predicted: (found['predicted'] ?? []).map((value) => String(value ?? '')),
        labels: (found['label'] ?? []).map((value) => String(value ?? '')),
        truths: numbers(found['truth']),
      };
    } finally {
      await perform(db, `drop view if exists ${joined}`);
      await perform(db, `drop table if exists ${lookup}`);
      await perform(db, `drop view if exists ${known}`);
      await perform(db, `drop table if exists ${table}`);
      await perform(db, `drop view if exists ${pool}`);
    }
  });
}

const numbers = (values: readonly unknown[] = []): (number | null)[] =>
  values.map((value) => (value === null ? null : Number(value)));

/** What finds the label of a row; null: no key does. */
interface Sought {
  labels: OpenLabels | null;
  by: { keys: Keyed['keys']; absence: Absence } | null;
}

async function soughtIn(db: Duck, from: From, labels: OpenLabels | null): Promise<Sought> {
  if (labels === null || labels.keys === null) return { labels, by: null };
  const { keys } = labels;
  const absence = await absenceOf(db, { ...from, labels: { ...labels, keys } }, from.rows.view);
  return { labels, by: { keys, absence } };
}

/** All rows, with a hash to draw them by, their columns, and what finds or holds their label. */
function poolOf({ monitor, rows, axes }: From, columns: readonly string[], { labels, by }: Sought) {
  const ids = monitor.columns.id.filter((id) => id in rows.types);
  const named = (ids.length > 0 ? ids : Object.keys(rows.types)).map(quoteName);
  const features = columns.map((column, place) => {
    const axis = axes[column];
    const isText =
      axis?.of === undefined && /^(VARCHAR|BOOLEAN|ENUM)/.test(rows.types[column] ?? '');
    return `(${countedOf(axis, column)})::${isText ? 'varchar' : 'double'} as c${place}`;
  });
  const told = [`hash(${named.join(', ')}) as drawn`, predictionOf(monitor, rows), ...features];
  if (by !== null) told.push(`${keyOf(by.keys.predictions)} as key, ${by.absence.ripe} as ripe`);
  else if (labels !== null) told.push(labelOf(monitor, labels, true));
  return `select ${told.join(', ')} from ${rows.view}`;
}

/** SQL of the drawn rows with their labels, as far as those are known. */
async function withLabel(
  db: Duck,
  { monitor, knownAt, mature }: From,
  { labels, by, table, lookup, known }: Sought & Record<'table' | 'lookup' | 'known', string>,
): Promise<string> {
  const hash = 'drawn % 65536 as hash';
  if (labels === null) return `select *, ${hash}, '' as label, null::double as truth from ${table}`;
  if (by === null) {
    const isThere = `value is not null and coalesce(at_ms <= ${knownAt}, ${mature} and maturity)`;
    return (
      `select * exclude (truth), ${hash}, case when ${isThere} then value else '' end as label, ` +
      `case when ${isThere} then truth end as truth from ${table}`
    );
  }
  const { keys, absence } = by;
  const own = `${keyOf(keys.labels)} as key, ${labelOf(monitor, labels, mature)}`;
  await perform(db, `create view ${known} as select ${own} from ${labels.view}`);
  await ask(db, 'performance/labels', {
    ...{ table: lookup, rows: known, keys: table },
    known_ms: knownAt,
  });
  return (
    `select p.*, ${hash}, ${absence.label(known)} as label, l.truth ` +
    `from ${table} as p left join ${lookup} as l on ${absence.key} = l.key`
  );
}
