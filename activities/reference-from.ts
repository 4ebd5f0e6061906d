import { windowEndingAt } from '../calendar/windows.js';
import type { Monitor, ReferenceSource, SourceSpec } from '../domain/monitor.js';
import type { Located } from '../domain/source.js';
import type { Window } from '../domain/window.js';
import { holdsNothing } from '../lake/blank.js';
import type { RowsOnly } from '../lake/reference-rows.js';
import { askedOf, locate } from '../sources/locate.js';
import type { Measuring } from './deps.js';

/** The window that is judged, where one is. */
interface Around {
  monitor: Monitor;
  window?: Window;
}

/** Where the rows of a reference are that does not move with the window; null: it does. */
export function fixedRows(
  { predictions }: Monitor,
  source: ReferenceSource,
): { from: SourceSpec; only: RowsOnly | null } | null {
  switch (source.kind) {
    case 'training':
      return { from: source.from, only: null };
    case 'window':
      return { from: predictions, only: { start: source.start, end: source.end, version: null } };
    case 'version': {
      const { start, end, version } = source;
      return { from: predictions, only: { start, end, version } };
    }
    case 'rolling':
    case 'previous':
    case 'segment':
      return null;
  }
}

/**
 * The rows of the window before, for the grid of a reference that moves: on that of the window
 * itself all others would look odd where it is. null: there are none.
 */
export async function windowBefore(
  deps: Measuring,
  { monitor, window }: Around,
): Promise<{ located: Located; only: RowsOnly } | null> {
  if (window === undefined || monitor.windows.rows !== undefined) return null;
  const { start, end } = windowEndingAt(monitor.windows, window.start);
  const only = { start, end, version: null };
  const located = await locate(monitor.predictions, askedOf(monitor, only), deps.world);
  return located.files.length === 0 || (await holdsNothing(located)) ? null : { located, only };
}

/** The rows of the first window; null: they are all of the files. */
export function firstOnly({ monitor, window }: Around): RowsOnly | null {
  const { reference, windows } = monitor;
  if (reference.drift !== null || windows.rows !== undefined || window === undefined) return null;
  return { start: window.start, end: window.end, version: null };
}
