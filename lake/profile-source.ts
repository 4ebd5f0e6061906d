import type { Monitor } from '../domain/monitor.js';
import type { Grid, Profile } from '../domain/profile.js';
import { isPlain } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from './duck.js';
import { withLocked } from './lockdown.js';
import { wantsOf } from './profile-columns.js';
import type { Binning } from './profile-columns.js';
import type { Meeting } from './profile-labels.js';
import { isMature } from './profile-projections.js';
import { dimensionsOf, isExpression } from './window-parts.js';
import { withWindow } from './window-open.js';
import type { OpenWindow } from './window-open.js';
import { withRows } from './window-rows.js';
import type { Rows } from './window-rows.js';

/** Which window to profile, from which files, as of when. */
export interface ProfileRequest {
  monitor: Monitor;
  grid: Grid;
  window: Window;
  /** The instant judged for. */
  at: Instant;
  /** What was known: labels with a later time are not. */
  knownAt: Instant;
  predictions: Located;
  /** null: the monitor has no label source of its own. */
  labels: Located | null;
  exact: Binning;
  /** Rows of the files beyond it are counted as `outside`: no window has them; absent: none is. */
  reach?: { start: Instant; end: Instant } | null;
  /** Dimension → its values, the largest ones first; absent: the largest ones of the window. */
  slices?: Readonly<Record<string, readonly string[]>>;
  /** Further sources that are read beside them; absent: none. */
  beside?: readonly Located[];
  /** Columns that are opened; absent: all. An expression opens all, for it may name any. */
  only?: readonly string[];
}

/** A window that is open for questions; null: no file holds anything. */
export interface OpenSource {
  db: Duck;
  rows: Rows;
  window: OpenWindow | null;
}

/** Opens the rows of a window for as long as `use` takes; what a user wrote runs locked down. */
export async function withSource<T>(
  db: Duck,
  request: ProfileRequest,
  use: (source: OpenSource) => Promise<T>,
): Promise<T> {
  const { predictions, labels, beside = [] } = request;
  const all = [predictions, ...(labels === null ? [] : [labels]), ...beside];
  const run = (own: Duck) => openRows(own, request, use);
  const dimensions = dimensionsOf(request.monitor);
  const plain = isPlain(predictions) && all.every(({ where }) => where === null);
  if (plain && !dimensions.some(isExpression)) return run(db);
  return withLocked(db.options, all, run);
}

async function openRows<T>(
  db: Duck,
  request: ProfileRequest,
  use: (source: OpenSource) => Promise<T>,
): Promise<T> {
  const { predictions, monitor, grid, window, at, knownAt, only, reach } = request;
  const { columns } = monitor;
  const wants = wantsOf(monitor, grid);
  const dimensions = dimensionsOf(monitor);
  const open = isPlain(predictions) && !dimensions.some(isExpression);
  const columnsOpen = open ? only : undefined;
  const spec = {
    ...{ located: predictions, wants, time: columns.timestamp, span: window, dimensions },
    ...(columnsOpen && { only: columnsOpen }),
  };
  return withRows(db, spec, (rows) => {
    if (Object.keys(rows.types).length === 0) return use({ db, rows, window: null });
    // A row that is later than the window is not early: it belongs to a window to come.
    const bounds = { window, latest: Math.max(at, knownAt), reach };
    const file = predictions.files[0]?.path ?? predictions.path;
    return withWindow(db, { rows, columns, bounds, file }, (open) =>
      use({ db, rows, window: open }),
    );
  });
}

/** The rows of a window, and the labels of its request. */
export function meetingOf(request: ProfileRequest, rows: Meeting['rows']): Meeting {
  const { monitor, grid, labels, knownAt, window, exact: binning } = request;
  const mature = isMature(window, monitor.labels?.matureAfter ?? 0, knownAt);
  return { monitor, grid, binning, rows, labels, knownAt, mature };
}

/** The profile of a window without rows. */
export function emptyProfile({ grid, window }: Pick<ProfileRequest, 'grid' | 'window'>): Profile {
  return {
    grid: grid.id,
    window,
    slice: {},
    rows: 0,
    newest: null,
    types: {},
    columns: {},
    outcomes: null,
    asked: {},
  };
}
