import type { Check } from '../domain/check.js';
import { figure, lengthInWords } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { normalTail } from '../stats/normal.js';

/** A metric on one side: its value, standard error and 95 % interval, with what it rests on. */
export interface Measured {
  value: number;
  standardError: number;
  low: number;
  high: number;
  /** Labelled rows that it counts. */
  n: number;
  /** The same metric of a model that knows nothing of a row; null: it says nothing of skill. */
  trivial: number | null;
  details: Record<string, unknown>;
  /** Why its interval does not hold, in words; absent: it does. */
  thin?: string;
}

/** What metrics are held against, and how long that is where it is live windows; null: nothing. */
export function heldAgainst({ performance, reference }: Evidence): {
  outcomes: Outcomes | null;
  since: Record<string, unknown>;
} {
  if (performance === undefined) return { outcomes: reference?.outcomes ?? null, since: {} };
  if (performance !== null) {
    const { outcomes, window } = performance;
    return { outcomes, since: { firstWindows: window.end - window.start } };
  }
  const note = 'the first mature windows, which it is held against, are not there yet';
  return { outcomes: null, since: { note } };
}

/** A metric on what it is held against; a text says why not, null: there is nothing. */
export function heldOn(
  outcomes: Outcomes | null,
  of: (outcomes: Outcomes) => Measured | string,
): Measured | string | null {
  const found = outcomes === null ? null : of(outcomes);
  return found === null || typeof found === 'string' ? found : (found.thin ?? found);
}

/** A metric on one side, null where there is nothing to measure. */
export function measuredOn(
  outcomes: Outcomes | null,
  of: (outcomes: Outcomes) => Measured | string,
): Measured | null {
  const found = heldOn(outcomes, of);
  return typeof found === 'string' ? null : found;
}

/** One-sided p-value of "no worse than what is known", normal; of `either` two-sided. */
export function worseBy(now: Measured, known: Measured, worse: Check['worse']): number {
  const loss = worse === 'lower' ? known.value - now.value : now.value - known.value;
  const error = Math.hypot(now.standardError, known.standardError);
  if (worse === 'either') {
    return error === 0 ? Number(loss === 0) : 2 * normalTail(Math.abs(loss) / error);
  }
  if (error === 0) return loss > 0 ? 0 : 1;
  return normalTail(loss / error);
}

/** `, 0.91 on the reference`, empty where nothing is known of before. */
export function sayKnown(details: Reading['details']): string {
  const { reference, firstWindows } = details;
  if (typeof reference !== 'number') return '';
  const where =
    typeof firstWindows === 'number'
      ? `in the first ${lengthInWords(firstWindows)}`
      : 'on the reference';
  return `, ${figure(reference)} ${where}`;
}
