import { createHash } from 'node:crypto';
import type { Monitor } from '../domain/monitor.js';
import { BIN, byColumn, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts, Grid, Profile } from '../domain/profile.js';
import type { Manifest } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant, Window } from '../domain/window.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { coarseEdges } from './grid.js';
import { withLocked } from './lockdown.js';
import { askedOfReference } from './profile-asked.js';
import { emptyProfile, manifestOf } from './profile.js';
import { profileParts, wantsOf } from './profile-columns.js';
import type { Binning } from './profile-columns.js';
import { meetLabels } from './profile-labels.js';
import { slicesOf } from './profile-slices.js';
import { axesOf } from './reference-axes.js';
import { periodsOf, spanOf, wholePeriods, withSome } from './reference-rows.js';
import type { RowsOnly } from './reference-rows.js';
import { dimensionsOf, isExpression, withParts } from './window-parts.js';
import { tellable } from './window-view.js';
import type { Dimension } from './window-parts.js';
import { withRows } from './window-rows.js';
import type { Rows } from './window-rows.js';

/** The rows that windows are compared with. */
export interface ReferenceRequest {
  monitor: Monitor;
  /** The training file or files. */
  located: Located;
  /** Which of its rows; absent: all. */
  only?: RowsOnly;
  /** The windows that a span of time touches, to cut the reference like them; absent: uncut. */
  windowsOf?: (start: Instant, end: Instant) => readonly Window[];
}

/** The files of a reference can be read and hold no row. */
export class NoRowError extends SourceError {}

/** A reference on a grid, and where its rows came from. */
export interface Reference {
  grid: Grid;
  profile: Profile;
  manifest: Manifest;
  /** Coarse profiles of its slices. */
  slices: readonly Profile[];
  /** The reference and its slices cut like windows, coarse, oldest first; [] if it is too short. */
  periods: readonly Profile[];
}

/**
 * Makes the grid of a model from its first reference, and profiles that on it. Reads only; the
 * same rows give the same grid with the same id. Throws SourceError when a file cannot be read,
 * NoRowError when there is no row.
 */
export async function buildReference(db: Duck, request: ReferenceRequest): Promise<Reference> {
  const { monitor, located } = request;
  const axes = await openReference(db, { ...request, grid: null }, (own, { view, types }) =>
    axesOf(own, monitor, { view, types }),
  );
  const bare = { id: '', axes };
  const first = await profileWhole(db, { ...request, grid: bare, exact: 'grid' });
  const grid = withEdges(axes, first.profile.columns);
  if (first.profile.rows === 0) {
    throw new NoRowError(located.path, null, 'holds no row; expected the rows of a reference');
  }
  if (dimensionsOf(monitor).length > 0 || periodsOf(request, first.profile.window).length > 0) {
    return profileReference(db, { ...request, grid, exact: 'grid' });
  }
  return { ...first, grid, profile: { ...first.profile, grid: grid.id } };
}

export type OnGrid = ReferenceRequest & { grid: Grid; exact: Binning };

/** Profiles a reference on a grid that exists. Reads only; errors as `buildReference`. */
export async function profileReference(db: Duck, request: OnGrid): Promise<Reference> {
  const dimensions = dimensionsOf(request.monitor).map((one) => ({ ...one, minRows: 1 }));
  return profileRows(db, request, dimensions);
}

/** All rows alone: the coarse bins that parts need are not there yet. */
function profileWhole(db: Duck, request: OnGrid): Promise<Reference> {
  const { windowsOf, ...rest } = request;
  return profileRows(db, windowsOf === undefined ? request : rest, []);
}

async function profileRows(
  db: Duck,
  request: OnGrid,
  dimensions: readonly Dimension[],
): Promise<Reference> {
  const { monitor, located, grid, exact: binning } = request;
  return openReference(db, request, async (own, rows) => {
    const span = await spanOf(own, monitor, { rows, file: located.path });
    const windows = binning === 'grid' ? periodsOf(request, span.window) : [];
    const { column } = monitor.columns.timestamp;
    const periods =
      span.clock === null || windows.length === 0 ? null : { windows, clock: span.clock, column };
    const { untold, ...told } = await tellable(own, rows.view, dimensions);
    const ofRows = { ...rows, unbound: [...rows.unbound, ...untold] };
    return withParts(own, { view: rows.view, ...told, values: {}, periods }, async (parts) => {
      const here = { view: rows.view, types: rows.types, parts };
      const met = await meetLabels(own, {
        monitor: inRows(monitor),
        grid,
        binning,
        rows: { ...here, files: rows.view },
        labels: null,
        knownAt: Number.MAX_SAFE_INTEGER,
        mature: true,
        every: true,
      });
      const [counted] = await ask(own, 'profile/count', { rows: rows.view });
      const size = Number(counted?.['rows'] ?? 0);
      const counting = { ...here, size };
      const { columns, slices } = await profileParts(own, counting, { grid, binning });
      const profile: Profile = {
        ...emptyProfile({ grid, window: span.window }),
        rows: size,
        newest: span.newest,
        types: rows.types,
        columns,
        outcomes: met.outcomes,
        asked: await askedOfReference(own, { ...monitor.columns, grid, rows: ofRows, met }),
      };
      const manifest = manifestOf(located, { predicate: 'all rows', rows: profile.rows });
      const parted = await slicesOf(own, { profile, parts, slices, met });
      const isPeriod = ({ window }: Profile) => window !== profile.window;
      return {
        ...{ grid, profile, manifest },
        slices: parted.filter((one) => !isPeriod(one)),
        periods: wholePeriods(parted.filter(isPeriod)),
      };
    });
  });
}

/** A reference holds its labels, whatever their source is for windows; all are known. */
const inRows = ({ labels, ...rest }: Monitor): Monitor => ({
  ...rest,
  labels: labels && { ...labels, from: null, timestamp: null },
});

/** Opens the rows of a reference for as long as `use` takes. Errors as `buildReference`. */
export async function openReference<T>(
  db: Duck,
  { monitor, located, grid, only }: ReferenceRequest & { grid: Grid | null },
  use: (db: Duck, rows: Rows) => Promise<T>,
): Promise<T> {
  const wants = wantsOf(inRows(monitor), grid);
  const dimensions = dimensionsOf(monitor);
  const time = only === undefined ? null : monitor.columns.timestamp;
  const run = (own: Duck) =>
    withRows(own, { located, wants, time, dimensions }, (rows) =>
      only === undefined
        ? use(own, rows)
        : withSome(own, { monitor, rows, only, file: located.path }, (some) => use(own, some)),
    );
  const plain = located.where === null && !dimensions.some(isExpression);
  return plain ? run(db) : withLocked(db.options, [located], run);
}

/** The grid of finished axes: coarse edges from the reference's own fine cells, and its id. */
export function withEdges(axes: Readonly<Record<string, Axis>>, columns: Profile['columns']): Grid {
  const finished = byColumn<Axis>();
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
