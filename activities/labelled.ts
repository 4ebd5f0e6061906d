import { checkNamed } from '../checks/index.js';
import type { ReferencePin } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Commit } from '../domain/run.js';
import { isFull } from './usual.js';

/** So many windows say what is usual of a metric, and so many at most what came of it. */
const FIRST = 28;
const MOST = 90;

/** Windows of a model version whose labels were mature when they were judged. */
export interface LabelledCommits {
  first: readonly Commit[];
  recent: readonly Commit[];
}

/**
 * The windows that tell how metrics went, oldest first; null: no check of the monitor asks.
 * `commits`: those before the window, oldest first.
 */
export function labelledCommits(
  { monitor, pin }: { monitor: Monitor; pin: ReferencePin },
  commits: readonly Commit[],
): LabelledCommits | null {
  const asks = monitor.checks.some(({ check }) => checkNamed(check).needs.includes('history'));
  if (!asks) return null;
  const since = pin.version === null ? -Infinity : pin.since;
  const mature = commits.filter(
    // relevance that comes with the rows is no label of the monitor, and is there at once
    (commit) =>
      (monitor.labels === null || commit.mature) &&
      commit.window.end > since &&
      isFull(monitor, commit),
  );
  return { first: mature.slice(0, FIRST), recent: mature.slice(-MOST) };
}
