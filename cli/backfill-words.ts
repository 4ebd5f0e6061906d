import type { RunningBackfill } from '../app/backfill.js';
import type { ModelStatus } from '../app/status.js';
import { windowInWords } from '../calendar/words.js';
import type { Queue } from '../domain/queues.js';
import { amountWords, instantWords } from './words.js';

/** How far a backfill is: `12 windows evaluated, 1 failed`. */
export function farWords({ evaluated, failed }: { evaluated: number; failed: number }): string {
  return `${amountWords(evaluated, 'window')} evaluated${failed === 0 ? '' : `, ${failed} failed`}`;
}

/** That nobody works on it, and how to change that. */
export function waitsWords(idle: readonly Queue[]): string {
  const start = '"aftercare worker" or "aftercare up"';
  return `the backfill waits: no worker on ${idle.join(', ')}. Start one with ${start}.`;
}

/** When a model ran that never ran live: its windows, if any, are those of a backfill. */
export function unrunWord({ windows }: ModelStatus['head']): string {
  return windows.length > 0 ? 'backfill' : 'never';
}

/** The backfill that runs, with how far it is; up to where one evaluated, before a live run. */
export function backfillLines({ head, backfill, timezone }: ModelStatus): string[] {
  const newest = head.lastRunAt === null ? head.windows.at(-1) : undefined;
  return [
    ...(backfill === null ? [] : [runningWords(backfill, timezone)]),
    ...(newest === undefined
      ? []
      : [`newest window of a backfill: to ${instantWords(newest.end, timezone)}; none live yet.`]),
  ];
}

function runningWords({ asked, progress }: RunningBackfill, timezone: string): string {
  const span =
    asked === null ? '' : ` of ${windowInWords({ start: asked.from, end: asked.to }, timezone)}`;
  const far = progress === null ? 'no worker answers how far it is' : farWords(progress);
  const { newest = null } = progress ?? {};
  const at = newest === null ? '' : `, now at the one to ${instantWords(newest, timezone)}`;
  return `a backfill${span} runs: ${far}${at}.`;
}
