import { addCounts } from '../domain/adding.js';
import type { ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Commit } from '../domain/run.js';
import type { Window } from '../domain/window.js';
import { coarseOnce } from '../lake/usual-profiles.js';
import type { Measuring } from './deps.js';
import { isFull, usualKey } from './usual.js';

/** A window, and those before it that may be its measure. */
export interface Before {
  monitor: Monitor;
  pin: ReferencePin;
  window: Window;
  /** Oldest first. */
  commits: readonly Commit[];
}

/**
 * Outcomes of the first windows of a model version, of the length that the monitor says, added up:
 * what metrics are held against, a profile for each slice, for ever the same once the last of them
 * is mature, when they are written once. [] before that, for one of these windows, and where the
 * monitor says another measure.
 */
export async function firstMature(
  { lake }: Pick<Measuring, 'lake'>,
  { monitor, pin, window, commits }: Before,
): Promise<readonly Profile[]> {
  const { performance } = monitor.reference;
  if (performance?.kind !== 'first_mature') return [];
  const since = pin.version === null ? -Infinity : pin.since;
  const could = commits.filter((one) => one.window.end > since && isFull(monitor, one));
  const end = (could[0]?.window.start ?? Infinity) + performance.size;
  const first = could.filter((one) => one.window.start < end);
  if (window.start < end || !first.every(({ mature }) => mature)) return [];
  const key = usualKey({ monitor, pin }, `performance-${performance.size}`);
  const sums = await coarseOnce(lake.store, key, async () =>
    addedUp((await lake.coarseParts(first)).flat()),
  );
  const isOneOf = sums.some((sum) => sum.window.start < window.end && window.end <= sum.window.end);
  return isOneOf ? [] : sums;
}

/** One profile for each slice, of its rows and outcomes, and their losses, alone. */
function addedUp(parts: readonly Profile[]): Profile[] {
  const names = parts.filter(
    ({ slice }, place) => parts.findIndex((one) => isSameSlice(one.slice, slice)) === place,
  );
  return names.map((first) => {
    const all = parts.filter(({ slice }) => isSameSlice(slice, first.slice));
    const outcomes = all.flatMap((one) => one.outcomes ?? []);
    const losses = all.flatMap(({ asked }) => asked['losses'] ?? []);
    // Windows of an older version have none, and those of two grids have no cell in common.
    const isWhole = losses.length === all.length && all.every(({ grid }) => grid === first.grid);
    return {
      ...{ ...first, columns: {}, asked: isWhole ? { losses: addCounts(losses) } : {} },
      window: { ...first.window, end: Math.max(...all.map(({ window }) => window.end)) },
      rows: all.reduce((sum, { rows }) => sum + rows, 0),
      outcomes: outcomes.length === 0 ? null : addCounts(outcomes),
    };
  });
}
