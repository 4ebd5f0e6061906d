import { ApplicationFailure } from '@temporalio/common';
import type { EvaluateActivities } from '../../activities/types.js';
import type { Due, Outcome } from '../../domain/due.js';

export const HOUR = 3_600_000;

/** The due window that ends at hour `n`. */
function dueAt(n: number, revision = 1): Due {
  return {
    window: { start: (n - 1) * HOUR, end: n * HOUR, weekday: 1 },
    revision,
    kind: revision === 1 ? 'first' : 'again',
    at: n * HOUR,
    knownAt: n * HOUR,
    monitor: 'f0',
  };
}

/**
 * A model in memory: a watermark and commits. `fails` names the hours that cannot be evaluated.
 * `log` holds what was asked, in order: `evaluate 3/1`, `tell 3/1`, `advance 3`, `write off 3/1`.
 */
export function fakeModel(options: { from: number; to: number; fails?: readonly number[] }) {
  const log: string[] = [];
  const commits = new Map<number, Outcome[]>();
  const fails = new Set(options.fails ?? []);
  const clock = { watermark: options.from, to: options.to, mostAtOnce: 0, atOnce: 0 };
  const commit = (due: Due, outcome: Outcome) => {
    const hour = due.window.end / HOUR;
    commits.set(hour, [...(commits.get(hour) ?? []), outcome]);
  };
  const name = (due: Due) => `${due.window.end / HOUR}/${due.revision}`;
  const activities: EvaluateActivities = {
    planDue: ({ except }) => {
      const ends = Array.from({ length: clock.to - options.from }, (_, i) => options.from + 1 + i);
      const dues = ends.flatMap((hour) => {
        const done = commits.get(hour) ?? [];
        if (hour <= clock.watermark && done.at(-1) !== 'not_evaluated') return [];
        return [dueAt(hour, done.length + 1)];
      });
      return Promise.resolve(dues.filter((due) => !except.includes(due.window.end)));
    },
    awaitReady: ({ due }) => {
      log.push(`await ${name(due)}`);
      return Promise.resolve(due);
    },
    evaluateWindow: async ({ due, quiet }) => {
      log.push(`evaluate ${name(due)}${quiet ? ' quietly' : ''}`);
      clock.mostAtOnce = Math.max(clock.mostAtOnce, ++clock.atOnce);
      await new Promise((resolve) => setTimeout(resolve, 20));
      clock.atOnce--;
      if (fails.has(due.window.end / HOUR)) {
        throw ApplicationFailure.nonRetryable('no such column: amount', 'BadConfig');
      }
      commit(due, 'ok');
      return { outcome: 'ok' };
    },
    writeOff: ({ due, reason }) => {
      const committed = due.revision === 1;
      log.push(`write off ${name(due)}: ${reason}`);
      if (committed) commit(due, 'not_evaluated');
      return Promise.resolve({ committed });
    },
    tell: ({ windowEnd, revision }) => {
      log.push(`tell ${windowEnd / HOUR}/${revision}`);
      return Promise.resolve();
    },
    advance: ({ due }) => {
      log.push(`advance ${due.window.end / HOUR}`);
      clock.watermark = Math.max(clock.watermark, due.window.end / HOUR);
      return Promise.resolve();
    },
    advise: () => {
      log.push('advise');
      return Promise.resolve();
    },
    planBackfill: ({ from, to, which, after }) => {
      const ends = Array.from({ length: (to - from) / HOUR }, (_, i) => from / HOUR + 1 + i);
      const dues = ends.flatMap((hour) => {
        const done = commits.get(hour)?.length ?? 0;
        return which === 'missing' && done > 0 ? [] : [dueAt(hour, done + 1)];
      });
      return Promise.resolve(
        dues.filter((due) => after === null || due.window.end > after).slice(0, 4),
      );
    },
    finishBackfill: ({ from, to }) => {
      log.push(`finish ${from / HOUR} to ${to / HOUR}`);
      return Promise.resolve();
    },
  };
  return { activities, log, commits, fails, clock };
}
