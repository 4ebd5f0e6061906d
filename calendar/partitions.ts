import type { Temporal } from '@js-temporal/polyfill';
import type { Instant } from '../domain/window.js';
import { wallClock } from './zones.js';

/** What a path template may hold, with what it becomes. */
export const placeholders = ['date', 'hour', 'year', 'month', 'day'] as const;

type Placeholder = (typeof placeholders)[number];

/** True when a path names its partitions: `dt={date}/*.parquet`. */
export function isTemplate(path: string): boolean {
  return placeholders.some((name) => path.includes(`{${name}}`));
}

/**
 * The globs of a path template for the partitions that [start, end) touches, oldest first:
 * `{date}` is YYYY-MM-DD, `{hour}` HH, `{year}` YYYY, `{month}` MM, `{day}` DD on the wall clock of
 * the zone. A path without one of them is returned as it is; an empty span touches none.
 */
export function partitions(
  template: string,
  span: { start: Instant; end: Instant },
  timezone: string,
): string[] {
  if (!isTemplate(template)) return [template];
  const globs = new Set<string>();
  for (const clock of clocks(span, timezone, template.includes('{hour}') ? 'hour' : 'day')) {
    globs.add(fill(template, clock));
  }
  return [...globs];
}

/** One clock reading at least in every hour, or every date, of the span. */
function* clocks(
  span: { start: Instant; end: Instant },
  timezone: string,
  finest: 'hour' | 'day',
): Generator<Temporal.ZonedDateTime> {
  if (span.end <= span.start) return;
  // Half an hour and half a day: shorter than what a clock change can swallow.
  const step = finest === 'hour' ? 1_800_000 : 43_200_000;
  for (let at = span.start; at < span.end; at += step) yield wallClock(at, timezone);
  yield wallClock(span.end - 1, timezone);
}

function fill(template: string, clock: Temporal.ZonedDateTime): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const values: Record<Placeholder, string> = {
    date: clock.toPlainDate().toString(),
    hour: two(clock.hour),
    year: String(clock.year),
    month: two(clock.month),
    day: two(clock.day),
  };
  return template.replace(/\{(date|hour|year|month|day)\}/g, (_, name) => {
    return values[name as Placeholder];
  });
}
