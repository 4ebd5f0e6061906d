import type { Monitor } from '../domain/monitor.js';
import type { Grid } from '../domain/profile.js';
import { isPlain } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant, Window } from '../domain/window.js';
import type { Duck } from './duck.js';
import { withLocked } from './lockdown.js';
import { wantsOf } from './profile-columns.js';
import { withSome } from './reference-rows.js';
import type { RowsOnly } from './reference-rows.js';
import { dimensionsOf, isExpression } from './window-parts.js';
import { withRows } from './window-rows.js';
import type { Rows } from './window-rows.js';
import { withLive } from './window-traffic.js';

/** The rows that windows are compared with. */
export interface ReferenceRequest {
  monitor: Monitor;
  /** The training file or files. */
  located: Located;
  /** Which of its rows; absent: all. */
  only?: RowsOnly;
  /** Column of what each of them weighs; absent: all the same. */
  weight?: string;
  /** The windows that a span of time touches, to cut the reference like them; absent: uncut. */
  windowsOf?: (start: Instant, end: Instant) => readonly Window[];
}

/** A reference holds its labels, whatever their source is for windows; all are known. */
export const inRows = ({ labels, ...rest }: Monitor): Monitor => ({
  ...rest,
  labels: labels && { ...labels, from: null, timestamp: null },
});

/** Opens the rows of a reference for as long as `use` takes. Errors as `buildReference`. */
export async function openReference<T>(
  db: Duck,
  { monitor, located, grid, only, weight }: ReferenceRequest & { grid: Grid | null },
  use: (db: Duck, rows: Rows) => Promise<T>,
): Promise<T> {
  const wants = wantsOf(inRows(monitor), grid);
  if (weight !== undefined) wants[weight] = { as: 'number', type: null };
  const dimensions = dimensionsOf(monitor);
  const time = only === undefined ? null : monitor.columns.timestamp;
  const run = (own: Duck) =>
    withRows(own, { located, wants, time, dimensions }, (all) => {
      const chosen = (rows: Rows) =>
        only === undefined
          ? use(own, rows)
          : withSome(own, { monitor, rows, only, file: located.path }, (some) => use(own, some));
      return withLive(own, monitor, { rows: all, use: chosen });
    });
  const plain = isPlain(located) && !dimensions.some(isExpression);
  return plain ? run(db) : withLocked(db.options, [located], run);
}
