import { createHash } from 'node:crypto';
import { BIN, byColumn, FINE_BINS, total } from '../domain/profile.js';
import type { Monitor } from '../domain/monitor.js';
import type { Axis, Counts, Grid, Profile } from '../domain/profile.js';
import type { Manifest } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import { isWhole } from '../domain/slice.js';
import { answersOf } from './answers.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { coarseEdges } from './grid.js';
import { withLosses } from './loss-features.js';
import { askedOfReference } from './profile-asked.js';
import { manifestOf } from './profile.js';
import { profileParts } from './profile-columns.js';
import type { Binning } from './profile-columns.js';
import { meetLabels } from './profile-labels.js';
import { slicesOf } from './profile-slices.js';
import { emptyProfile } from './profile-source.js';
import { axesOf } from './reference-axes.js';
import { inRows, openReference } from './reference-open.js';
import type { ReferenceRequest } from './reference-open.js';
import { periodsOf, spanOf, wholePeriods } from './reference-rows.js';
import { weighRows } from './reference-weights.js';
import type { CountedRows } from './reference-weights.js';
import { dimensionsOf, withParts } from './window-parts.js';
import type { Rows } from './window-rows.js';
import { chosenWords } from './window-traffic.js';
import { tellable } from './window-view.js';
import type { Dimension } from './window-parts.js';

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
  if (first.profile.rows === 0) {
    const which = chosenWords(monitor, first.profile.types);
    const none = which === null ? 'holds no row' : `holds no row with ${which}`;
    throw new NoRowError(located.path, null, `${none}; expected the rows of a reference`);
  }
  const grid = await withLosses(db, request, withEdges(axes, first.profile.columns));
  const isParted = dimensionsOf(monitor).length > 0 || grid.losses !== undefined;
  if (isParted || periodsOf(request, first.profile.window).length > 0) {
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
  const { monitor, located, grid, weight } = request;
  return openReference(db, request, async (own, rows) => {
    const span = await spanOf(own, monitor, { rows, file: located.path });
    const { untold, ...told } = await tellable(own, rows.view, dimensions);
    const count = (some: Rows) => countRows(own, request, { rows: some, span, told });
    const { profile, slices, periods } =
      weight === undefined
        ? await count(rows)
        : await weighRows(own, { rows, weight, file: located.path }, count);
    const ofRows = { ...rows, unbound: [...rows.unbound, ...untold] };
    const asked = await askedOfReference(own, { ...monitor.columns, grid, rows: ofRows });
    const predicate = chosenWords(monitor, rows.types) ?? 'all rows';
    const all = total(profile.asked['weights']) || profile.rows;
    return {
      grid,
      profile: { ...profile, asked: { ...asked, ...profile.asked } },
      manifest: manifestOf(located, { predicate, rows: all }),
      slices,
      periods: withAnswers(monitor, grid, wholePeriods(periods)),
    };
  });
}

/** What the rows hold, all of them and in parts; asked of them is what is counted by cells. */
async function countRows(
  db: Duck,
  request: OnGrid,
  from: {
    rows: Rows;
    span: Awaited<ReturnType<typeof spanOf>>;
    told: Omit<Awaited<ReturnType<typeof tellable>>, 'untold'>;
  },
): Promise<CountedRows> {
  const { monitor, grid, exact: binning } = request;
  const { rows, span, told } = from;
  const windows = binning === 'grid' ? periodsOf(request, span.window) : [];
  const { column } = monitor.columns.timestamp;
  const periods =
    span.clock === null || windows.length === 0 ? null : { windows, clock: span.clock, column };
  return withParts(db, { view: rows.view, ...told, values: {}, periods }, async (parts) => {
    const here = { view: rows.view, types: rows.types, parts };
    const met = await meetLabels(db, {
      monitor: inRows(monitor),
      grid,
      binning,
      rows: { ...here, files: rows.view },
      labels: null,
      knownAt: Number.MAX_SAFE_INTEGER,
      mature: true,
      every: true,
    });
    const [counted] = await ask(db, 'profile/count', { rows: rows.view });
    const size = Number(counted?.['rows'] ?? 0);
    const { columns, slices } = await profileParts(db, { ...here, size }, { grid, binning });
    const { items, losses, repeats } = met.asked;
    const profile: Profile = {
      ...emptyProfile({ grid, window: span.window }),
      rows: size,
      newest: span.newest,
      types: rows.types,
      columns,
      outcomes: met.outcomes,
      asked: byColumn(Object.entries({ items, losses, repeats }).filter(isThere)),
    };
    const { slices: parted } = await slicesOf(db, { profile, parts, slices, met });
    const isPeriod = ({ window }: Profile) => window !== profile.window;
    return {
      profile,
      slices: parted.filter((one) => !isPeriod(one)),
      periods: parted.filter(isPeriod),
    };
  });
}

const isThere = (entry: [string, Counts | undefined]): entry is [string, Counts] =>
  entry[1] !== undefined;

/** Periods with what the model answered in them, and no other outcomes; parts of them with none. */
function withAnswers({ columns }: Monitor, grid: Grid, periods: readonly Profile[]): Profile[] {
  const { prediction } = columns;
  const axis = prediction === null ? undefined : grid.axes[prediction.column];
  const of = (one: Profile) => (isWhole(one) ? answersOf(one.outcomes, axis) : null);
  return periods.map((one) => ({ ...one, outcomes: of(one) }));
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
