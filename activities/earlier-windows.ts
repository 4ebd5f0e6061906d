import { lastBoundary, windowEndingAt } from '../calendar/windows.js';
import { measures } from '../domain/events.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Commit } from '../domain/run.js';
import { SourceError } from '../domain/source.js';
import type { Window } from '../domain/window.js';

/** So many windows at most are profiled for a look by hand. */
const MOST = 31;
const DAYS_OF_WEEK = 7;

/** Which of the windows before one: the last so many, of its weekday only or of any. */
export interface Which {
  windows: number;
  weekday: boolean;
}

/** False for a window with an alert in its own data: it says nothing of what is usual. */
export const isSound = ({ marks }: Pick<Commit, 'marks'>): boolean =>
  !marks.some(({ category, verdict }) => category === 'data-quality' && verdict === 'alert');

/**
 * Profiles of the windows of the grid before one that nobody has evaluated, oldest first, at most
 * 31; a window without files or rows is left out. [] where windows have no time.
 */
export async function profiledEarlier(
  from: { monitor: Monitor; window: Window; before: readonly Commit[]; which: Which },
  profile: (window: Window) => Promise<readonly Profile[]>,
): Promise<(readonly Profile[])[]> {
  const known = new Set(from.before.map(({ window }) => window.end));
  const parts: (readonly Profile[])[] = [];
  for (const window of windowsBefore(from)) {
    if (known.has(window.end) || !measures(from.monitor, window, from.window)) continue;
    try {
      parts.push(await profile(window));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
  return parts.filter(([whole]) => whole !== undefined && whole.rows > 0);
}

function windowsBefore(from: { monitor: Monitor; window: Window; which: Which }): Window[] {
  const { windows: grid } = from.monitor;
  const found: Window[] = [];
  if (grid.rows !== undefined) return found;
  const most = Math.min(from.which.windows, MOST);
  let end = lastBoundary(grid, from.window.start);
  for (let step = 0; step < most * DAYS_OF_WEEK && found.length < most; step++) {
    const one = windowEndingAt(grid, end);
    if (!from.which.weekday || one.weekday === from.window.weekday) found.push(one);
    end = one.start;
  }
  return found.reverse();
}
