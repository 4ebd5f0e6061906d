import { createHash } from 'node:crypto';
import type { Monitor } from '../domain/monitor.js';
import { BIN, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts, Grid, Profile } from '../domain/profile.js';
import type { Manifest } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Window } from '../domain/window.js';
import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { coarseEdges } from './grid.js';
import { withLocked } from './lockdown.js';
import { askedOfReference } from './profile-asked.js';
import { emptyProfile, manifestOf } from './profile.js';
import { profileColumns, wantsOf } from './profile-columns.js';
import type { Binning } from './profile-columns.js';
import { meetLabels } from './profile-labels.js';
import { axesOf } from './reference-axes.js';
import { fresh } from './window-files.js';
import { withRows } from './window-rows.js';
import type { Rows } from './window-rows.js';
import { clockOf } from './window-time.js';

/** The rows that windows are compared with. */
export interface ReferenceRequest {
  monitor: Monitor;
  /** The training file or files. */
  located: Located;
}

/** A reference on a grid, and where its rows came from. */
export interface Reference {
  grid: Grid;
  profile: Profile;
  manifest: Manifest;
}

/**
 * Makes the grid of a model from its first reference, and profiles that on it. Reads only; the
 * same rows give the same grid with the same id. Throws SourceError when a file cannot be read or
 * there is no row.
 */
export async function buildReference(db: Duck, request: ReferenceRequest): Promise<Reference> {
  const { monitor, located } = request;
  const axes = await openReference(db, { ...request, grid: null }, (own, { view, types }) =>
    axesOf(own, monitor, { view, types }),
  );
  const bare = { id: '', axes };
  const first = await profileReference(db, { ...request, grid: bare, exact: 'grid' });
  const grid = withEdges(axes, first.profile.columns);
  if (first.profile.rows === 0) {
    throw new SourceError(located.path, null, 'holds no row; expected the rows of a reference');
  }
  return { ...first, grid, profile: { ...first.profile, grid: grid.id } };
}

/** Profiles a reference on a grid that exists. Reads only; errors as `buildReference`. */
export async function profileReference(
  db: Duck,
  request: ReferenceRequest & { grid: Grid; exact: Binning },
): Promise<Reference> {
  const { monitor, located, grid, exact: binning } = request;
  return openReference(db, request, async (own, rows) => {
    const span = await spanOf(own, monitor, { rows, file: located.path });
    const here = { view: rows.view, types: rows.types };
    const met = await meetLabels(own, {
      // A reference holds its labels, whatever their source is for windows; all are known.
      monitor: monitor.labels === null ? monitor : { ...monitor, labels: inRows(monitor.labels) },
      grid,
      binning,
      rows: { ...here, files: rows.view },
      labels: null,
      knownAt: Number.MAX_SAFE_INTEGER,
      mature: true,
    });
    const [counted] = await ask(own, 'profile/count', { rows: rows.view });
    const profile: Profile = {
      ...emptyProfile({ grid, window: span.window }),
      rows: Number(counted?.['rows'] ?? 0),
      newest: span.newest,
      types: rows.types,
      columns: await profileColumns(own, here, { grid, binning }),
      outcomes: met.outcomes,
      asked: await askedOfReference(own, { grid, rows }),
    };
    const manifest = manifestOf(located, { predicate: 'all rows', rows: profile.rows });
    return { grid, profile, manifest };
  });
}

const inRows = (labels: NonNullable<Monitor['labels']>) => ({
  ...labels,
  from: null,
  timestamp: null,
});

async function openReference<T>(
  db: Duck,
  { monitor, located, grid }: ReferenceRequest & { grid: Grid | null },
  use: (db: Duck, rows: Rows) => Promise<T>,
): Promise<T> {
  const wants = wantsOf(monitor, grid);
  const run = (own: Duck) =>
    withRows(own, { located, wants, time: null }, (rows) => use(own, rows));
  return located.where === null ? run(db) : withLocked(db.options, located.folders, run);
}

/** The time that a reference covers; the epoch when its rows have none. */
async function spanOf(
  db: Duck,
  { columns: { timestamp } }: Monitor,
  { rows, file }: { rows: Rows; file: string },
): Promise<{ window: Window; newest: number | null }> {
  const type = rows.types[timestamp.column];
  const none = { window: { start: 0, end: 0, weekday: 4 }, newest: null };
  if (type === undefined || type === 'VARCHAR') return none;
  const clock = await clockOf(db, { view: rows.view, type, file }, timestamp).catch(() => null);
  if (clock === null) return none;
  const view = fresh('times');
  const time = quoteName(timestamp.column);
  const select = `${clock.milliseconds} as time_ms from ${rows.view} where ${time} is not null`;
  await perform(db, `create view ${view} as select ${select}`);
  const [span] = await ask(db, 'reference/span', { rows: view });
  await perform(db, `drop view ${view}`);
  if (span?.['newest'] == null) return none;
  const [start, newest] = [Number(span['oldest']), Number(span['newest'])];
  const weekday = new Date(start).getUTCDay() || 7;
  return { window: { start, end: newest + 1, weekday }, newest };
}

/** The grid of finished axes: coarse edges from the reference's own fine cells, and its id. */
export function withEdges(axes: Readonly<Record<string, Axis>>, columns: Profile['columns']): Grid {
  const finished: Record<string, Axis> = {};
  for (const [column, axis] of Object.entries(axes)) {
    const counts = columns[column];
    const numeric = axis.kind === 'numeric' && counts !== undefined;
    finished[column] = numeric ? { ...axis, edges: coarseEdges(fineRows(counts)) } : axis;
  }
  const id = createHash('sha256').update(JSON.stringify(finished)).digest('hex');
  return { id, axes: finished };
}

function fineRows(counts: Counts): Map<number, number> {
  const rows = new Map<number, number>();
  counts.by['bin']?.forEach((bin: string | number, row: number) => {
    const cell = Number(bin);
    if (cell > BIN.under && cell < FINE_BINS) rows.set(cell, counts.sums['n']?.[row] ?? 0);
  });
  return rows;
}
