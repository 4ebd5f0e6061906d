import type { Instant } from '../window.js';
import { iso } from '../window.js';
import { inZone } from '../zone.js';

/** A window that fell due and has no judgement. */
export interface UnjudgedWindow {
  end: Instant;
  /** null: there is no commit that says it. */
  start: Instant | null;
  /** Why, with file and column, as its commit says; null: there is no result at all. */
  reason: string | null;
  /** It is tried again at every run until then; null: it is not. */
  triedUntil: Instant | null;
}

/** Windows that are told one by one; the rest is counted. */
const mostWindows = 3;

/** One line for each window: which one, and why it could not be judged. */
export function unjudgedLines(windows: readonly UnjudgedWindow[], timezone: string): string[] {
  const lines = windows.slice(0, mostWindows).map(({ end, reason }) => {
    const why = reason ?? 'it fell due and nothing has evaluated it';
    return `the window that ended ${inZone(end, timezone)}: ${why}`;
  });
  const more = windows.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more windows`] : lines;
}

/** What makes the newest of them a judged window. */
export function unjudgedRemedy(
  model: string,
  windows: readonly UnjudgedWindow[],
  timezone: string,
): string {
  const [newest] = windows;
  const isMissing = newest === undefined || newest.reason === null;
  if (isMissing) return 'See what does not run with "aftercare doctor"; "aftercare up" starts it.';
  if (newest.triedUntil !== null) {
    return (
      'Make the source readable. Every run tries the window again until ' +
      `${inZone(newest.triedUntil, timezone)}; now: aftercare run ${model} --watch`
    );
  }
  const from = newest.start === null ? '<from>' : iso(newest.start);
  return (
    'Make the source readable. No run tries the window again by itself: ' +
    `aftercare backfill ${model} ${from}..${iso(newest.end)}`
  );
}
