import type { Check } from '../domain/check.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { isWeekBefore } from '../domain/series.js';
import type { Window } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import type { RegisteredCheck } from './check.js';

/** So many windows before one say what is usual, and so many they have to be. */
const USUAL_WINDOWS = 28;
const FEWEST = 3;

/** What a value is held against: the median of the last 28 windows, or the one of a week before. */
export const BEFORE = ['usual', 'week_before'] as const;
/** Which way a value of the user's own gets worse. */
export const SIDES = ['higher', 'lower'] as const;

interface Past {
  window: Window;
  value: number;
}

/** For `details`: what the value is compared with, or why there is nothing. */
type Held = { reference: number; since: number; windows: number } | { note: string };

/**
 * What the windows before one say of a value. `valueIn` gives null for a window without it; windows
 * of another length do not count.
 */
export function heldBefore(
  { answers, earlier, current: { window } }: Evidence,
  versus: (typeof BEFORE)[number],
  valueIn: (profile: Profile) => number | null,
): Held {
  const past = (answers ?? earlier).flatMap((profile): Past[] => {
    const value = profile.window.start < window.start ? valueIn(profile) : null;
    return value === null ? [] : [{ window: profile.window, value }];
  });
  if (versus === 'week_before') {
    const before = past.find((one) => isWeekBefore(one.window, window));
    if (before === undefined) return { note: 'the window of one week before has no value of it' };
    return { reference: before.value, since: before.window.start, windows: 1 };
  }
  const usual = past.filter((one) => isAsLong(one.window, window)).slice(-USUAL_WINDOWS);
  const [first] = usual;
  if (first === undefined || usual.length < FEWEST) {
    return { note: `${usual.length} earlier windows have a value of it, ${FEWEST} needed` };
  }
  const reference = medianOf(usual.map(({ value }) => value));
  return { reference, since: first.window.start, windows: usual.length };
}

/** Days of 23 and 25 hours are days, and months are months. */
function isAsLong(one: Window, other: Window): boolean {
  const ratio = (one.end - one.start) / (other.end - other.start);
  return ratio > 0.75 && ratio < 1.34;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? NaN, sorted[Math.floor(middle)] ?? NaN];
  return low / 2 + high / 2;
}

/** `, 25 % below the 0.4 of one week before (…)`; '' where there is nothing to compare with. */
export function sayBefore({ value, details }: Reading, timezone: string): string {
  const { reference, since, windows } = details;
  const now = value ?? NaN;
  if (typeof reference !== 'number' || typeof since !== 'number') return '';
  const begins = inZone(since, timezone);
  const what =
    windows === 1
      ? `one week before (${begins})`
      : `the ${String(windows)} windows since ${begins} (median)`;
  if (now === reference) return `, as in ${what}`;
  const share = reference === 0 ? '' : `${percent(Math.abs(now / reference - 1))} `;
  const side = now > reference ? 'above' : 'below';
  return `, ${share}${side} the ${figure(reference)} of ${what}`;
}

/** Which side of a check's values is worse: as the entry says, where it may, or the check. */
export function worseOf({ worse }: RegisteredCheck, { params }: CheckSpec): Check['worse'] {
  return SIDES.find((side) => side === params['worse']) ?? worse;
}
