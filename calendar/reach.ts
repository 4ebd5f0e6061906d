import { Temporal } from '@js-temporal/polyfill';
import type { Instant, WindowGrid } from '../domain/window.js';
import { lastBoundary, nextBoundary } from './windows.js';
import { startOfDate, wallClock } from './zones.js';

interface Span {
  start: Instant;
  end: Instant;
}

/**
 * The time of all windows that open a partition which a span opens, too: rows of such a partition
 * outside of it are in no window. null: the template names no stretch of time (`{hour}` alone comes
 * again every day), or windows are cut by rows.
 */
export function reach(template: string, span: Span, grid: WindowGrid): Span | null {
  const unit = unitOf(template);
  if (unit === null || grid.rows !== undefined || span.end <= span.start) return null;
  const start = unitAt(span.start, unit, grid.timezone).start;
  const { end } = unitAt(span.end - 1, unit, grid.timezone);
  const last = nextBoundary(grid, end - 1);
  return {
    start: Math.min(span.start, lastBoundary(grid, start)),
    end: Math.max(span.end, last),
  };
}

type Unit = 'hour' | 'day' | 'month' | 'year';

function unitOf(template: string): Unit | null {
  const has = (name: string): boolean => template.includes(`{${name}}`);
  const month = has('date') || (has('year') && has('month'));
  const day = has('date') || (month && has('day'));
  if (has('hour')) return day ? 'hour' : null;
  if (has('date') || has('day')) return day ? 'day' : null;
  if (has('month')) return month ? 'month' : null;
  return has('year') ? 'year' : null;
}

function unitAt(at: Instant, unit: Unit, timezone: string): Span {
  const clock = wallClock(at, timezone);
  if (unit === 'hour') {
    // The hour that a clock change repeats is one partition twice as long.
    const named = clock.round({ smallestUnit: 'hour', roundingMode: 'floor' }).toPlainDateTime();
    const as = (disambiguation: 'earlier' | 'later') =>
      named.toZonedDateTime(timezone, { disambiguation }).epochMilliseconds;
    return { start: as('earlier'), end: as('later') + 3_600_000 };
  }
  const date = clock.toPlainDate();
  const first = date.with({
    month: unit === 'year' ? 1 : date.month,
    day: unit === 'day' ? date.day : 1,
  });
  const step = { day: { days: 1 }, month: { months: 1 }, year: { years: 1 } }[unit];
  const next = first.add(Temporal.Duration.from(step));
  return { start: startOfDate(first, timezone), end: startOfDate(next, timezone) };
}
