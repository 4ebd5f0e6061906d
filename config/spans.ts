import { z } from 'zod';
import { parseInstant } from '../calendar/durations.js';
import type { Instant } from '../domain/window.js';
import { wording } from './scalars.js';

/** `2026-11-27`, or an instant; which one it is depends on the zone of the monitor. */
const moment = z
  .string({ error: 'expected a date as 2026-11-27, or an instant as 2026-11-27T06:00:00Z' })
  .superRefine((value, context) => {
    try {
      instantOf(value, 'UTC');
    } catch (error) {
      context.addIssue({ code: 'custom', message: wording(error) });
    }
  });

/** The keys of a span of time, as written. */
export const spanKeys = { from: moment, to: moment };

/** [start, end) of a span in a zone. A bare date as `to` is its last day, and belongs to it. */
export function spanOf(
  given: { from: string; to: string },
  timezone: string,
): { start: Instant; end: Instant } {
  const { from, to } = given;
  const isDate = /^\d{4}-\d\d-\d\d$/.test(to.trim());
  const end = isDate ? dayAfter(to.trim()) : to;
  return { start: instantOf(from, timezone), end: instantOf(end, timezone) };
}

const MOST_KEPT = 1_000;
const kept = new Map<string, Instant>();

/** As parseInstant; a span is asked about several times, and by many files of a folder. */
function instantOf(text: string, timezone: string): Instant {
  const key = `${timezone} ${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const read = parseInstant(text, timezone);
  if (kept.size < MOST_KEPT) kept.set(key, read);
  return read;
}

/** Why a span is none, in words; null: it is one. */
export function faultOfSpan(given: { from: string; to: string }, timezone: string): string | null {
  const { start, end } = spanOf(given, timezone);
  return end > start ? null : `expected a time after from (${given.from}), got "${given.to}"`;
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
