import type { ModelStatus } from '../app/status.js';
import { formatDuration } from '../calendar/durations.js';
import { waitingOf, type Waiting } from '../domain/model.js';
import { near } from './output.js';
import { instantWords } from './words.js';

/** `the window to … is waiting for data/dt=2026-11-21/_SUCCESS, until …`. */
export function waitingWords({ end, marker, until }: Waiting, timezone: string): string {
  const at = (instant: number): string => instantWords(instant, timezone);
  return `the window to ${at(end)} is waiting for ${near(marker)}, until ${at(until)}`;
}

/** What is waited for, and what late rows came to. */
export function arrivalLines(
  { head, timezone }: Pick<ModelStatus, 'head' | 'timezone'>,
  now: number,
): string[] {
  const { model, reread = [] } = head;
  const waiting = waitingOf(head, now);
  const at = (instant: number): string => instantWords(instant, timezone);
  return [
    ...(waiting === null ? [] : [`${model}: ${waitingWords(waiting, timezone)}.`]),
    ...reread.flatMap(({ after, end, note }) => {
      const which = `the window to ${at(end)}, read again after ${formatDuration(after)}`;
      return note === null ? [] : [`${model}: ${which}: ${note}.`];
    }),
  ];
}
