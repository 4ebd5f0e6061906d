import { lastBoundary, windowEndingAt, windowsDue } from '../calendar/windows.js';
import type { Due } from '../domain/due.js';
import type { ModelHead } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Commit } from '../domain/run.js';
import type { Instant, Window } from '../domain/window.js';

/** One page: what a pass plans before it looks again. */
export const MOST_DUE = 50;

export interface PlanInput {
  monitor: Monitor;
  head: ModelHead;
  /** Newest commit of each window since `head.since`, by window end. */
  commits: ReadonlyMap<Instant, Commit>;
  now: Instant;
  /** Ends of windows given up in this pass. */
  except: readonly Instant[];
}

/**
 * What is due at `now`, oldest first: new windows after the watermark, failed ones within
 * `catchup`, windows whose labels have matured since, and those to look for late rows of. At most
 * MOST_DUE; reads no clock.
 */
export function dueWindows(input: PlanInput): Due[] {
  const { monitor, head, now } = input;
  const boundary = lastBoundary(monitor.windows, now - monitor.schedule.lag);
  const fresh = windowsDue(monitor.windows, head.watermark, boundary).map((window) =>
    awaiting(input, toDue(input, window, 'first')),
  );
  const failed = head.failed
    .filter(({ end }) => now - end <= monitor.schedule.catchup && !input.except.includes(end))
    .map(({ end }) => toDue(input, windowEndingAt(monitor.windows, end), 'again'));
  const mature = matured(input).map((window) => toDue(input, window, 'mature'));
  const waiting = fresh.filter(({ waitUntil }) => waitUntil !== undefined);
  const first = fresh.slice(0, fresh.length - waiting.length);
  // A window's first result comes before any restatement, so that the watermark never waits; where
  // it has to, nothing else does.
  return [...failed, ...first, ...mature, ...rereads(input), ...waiting].slice(0, MOST_DUE);
}

/** True when `catchup` is over for a window that nobody asked for by `apply --since`. */
export function isTooOld(
  { monitor, head, now }: Pick<PlanInput, 'monitor' | 'head' | 'now'>,
  due: Due,
): boolean {
  return (
    due.kind === 'first' &&
    due.window.end > head.appliedAt &&
    now - due.window.end > monitor.schedule.catchup
  );
}

function toDue({ monitor, head, commits, now }: PlanInput, window: Window, kind: Due['kind']): Due {
  const revision = (commits.get(window.end)?.revision ?? 0) + 1;
  const at = window.end + monitor.schedule.lag;
  return { window, revision, kind, at, knownAt: now, monitor: head.monitor };
}

/** With until when its markers are waited for, where that is not over. */
function awaiting({ monitor: { ready }, now }: PlanInput, due: Due): Due {
  const waitUntil = due.at + (ready?.wait ?? 0);
  return now < waitUntil ? { ...due, waitUntil } : due;
}

/** Windows to read again, each so long after it fell due, as far as `catchup` reaches. */
function rereads(input: PlanInput): Due[] {
  const { monitor, head, commits, now, except } = input;
  const { lag, catchup } = monitor.schedule;
  return (monitor.late?.reread ?? []).flatMap((after) => {
    const upTo = now - lag - after;
    const done = head.reread?.find((one) => one.after === after)?.end ?? head.since;
    const from = Math.max(done, head.since, upTo - catchup);
    const boundary = lastBoundary(monitor.windows, Math.min(upTo, head.watermark));
    return windowsDue(monitor.windows, from, boundary)
      .filter(({ end }) => {
        const commit = commits.get(end);
        const isJudged = commit?.error === null && commit.notEvaluated === null;
        return isJudged && commit.knownAt < end + lag + after && !except.includes(end);
      })
      .map((window) => ({ ...toDue(input, window, 'late'), reread: after }));
  });
}

function matured({ monitor, head, commits, now, except }: PlanInput): Window[] {
  if (monitor.labels === null) return [];
  const after = head.matureWatermark ?? head.since;
  const boundary = lastBoundary(
    monitor.windows,
    Math.min(now - monitor.labels.matureAfter, head.watermark),
  );
  return windowsDue(monitor.windows, after, boundary).filter(
    ({ end }) => commits.get(end)?.mature === false && !except.includes(end),
  );
}

/** Windows of [from, to) up to the watermark that a backfill evaluates. */
export function backfillDue(
  input: Omit<PlanInput, 'except'> & { windows: readonly Window[]; which: 'missing' | 'all' },
): Due[] {
  return input.windows
    .filter(({ end }) => end <= input.head.watermark)
    .filter(({ end }) => {
      const commit = input.commits.get(end);
      if (input.which === 'all' || commit === undefined) return true;
      // An error is no result.
      return commit.notEvaluated !== null || commit.error !== null;
    })
    .map((window) => {
      const kind = input.commits.has(window.end) ? 'again' : 'first';
      return toDue({ ...input, except: [] }, window, kind);
    });
}
