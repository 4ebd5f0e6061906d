import type { Temporal } from '@js-temporal/polyfill';
import type { Duration, Instant, Weekday, Window, WindowGrid } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import { parseSpan } from './durations.js';
import { startOfDate, wallClock } from './zones.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const isoWeekday: Record<Weekday, number> = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
};

const step = {
  '1d': { days: 1 },
  '1w': { days: 7 },
  '1mo': { months: 1 },
} as const;

/** How long a window usually is: a day counts 24 h and a month 30 days, a numbered one a day. */
export function usualLength(grid: WindowGrid): Duration {
  if (grid.rows !== undefined) return DAY;
  return { '1h': HOUR, '1d': DAY, '1w': 7 * DAY, '1mo': 30 * DAY }[grid.size];
}

/** The newest boundary of the grid that is not after an instant. */
export function lastBoundary(grid: WindowGrid, atOrBefore: Instant): Instant {
  if (grid.rows !== undefined) return Math.floor(atOrBefore / grid.rows) * grid.rows;
  if (grid.size === '1h') {
    return Math.floor((atOrBefore - hourShift(grid)) / HOUR) * HOUR + hourShift(grid);
  }
  const unit = step[grid.size];
  const today = unitStart(grid, wallClock(atOrBefore, grid.timezone).toPlainDate());
  // One unit ahead: where clocks go back over midnight, a date can begin and then be left again.
  let date = today.add(unit);
  while (startOfDate(date, grid.timezone) > atOrBefore) date = date.subtract(unit);
  return startOfDate(date, grid.timezone);
}

/** The window of a number, from 0, where windows are cut by rows; RangeError for anything else. */
export function windowNumbered(grid: WindowGrid, number: number): Window {
  if (grid.rows === undefined || !Number.isSafeInteger(number) || number < 0) {
    throw new RangeError(`expected the number of a window, 0 or more, got ${number}`);
  }
  return windowEndingAt(grid, (number + 1) * grid.rows);
}

/** The oldest boundary of the grid that is after an instant. */
export function nextBoundary(grid: WindowGrid, after: Instant): Instant {
  const last = lastBoundary(grid, after);
  if (grid.rows !== undefined) return last + grid.rows;
  if (grid.size === '1h') return last + HOUR;
  const unit = step[grid.size];
  let date = unitStart(grid, wallClock(last, grid.timezone).toPlainDate()).add(unit);
  while (startOfDate(date, grid.timezone) <= after) date = date.add(unit);
  return startOfDate(date, grid.timezone);
}

/** The window that ends at a boundary of the grid; RangeError when no boundary is there. */
export function windowEndingAt(grid: WindowGrid, end: Instant): Window {
  if (lastBoundary(grid, end) !== end) {
    const [given, last] = [end, lastBoundary(grid, end)].map((at) => inZone(at, grid.timezone));
    throw new RangeError(
      `${given} is no boundary of ${grid.size} windows; the last one before it is ${last}.`,
    );
  }
  return windowOf(grid.timezone, { start: lastBoundary(grid, end - 1), end });
}

/** The windows that end in (afterEnd, upTo], oldest first. */
export function windowsDue(grid: WindowGrid, afterEnd: Instant, upTo: Instant): Window[] {
  const windows: Window[] = [];
  let start = lastBoundary(grid, afterEnd);
  for (;;) {
    const end = nextBoundary(grid, start);
    if (end > upTo) return windows;
    windows.push(windowOf(grid.timezone, { start, end }));
    start = end;
  }
}

/** The windows that lie wholly in [from, to), oldest first. */
export function windowsWithin(grid: WindowGrid, from: Instant, to: Instant): Window[] {
  return windowsDue(grid, from, to).filter((window) => window.start >= from);
}

/**
 * A window of its own, beside the grid: the span before `end`, as `31d`, `12h`, `2w` or `1mo`,
 * counted on the calendar of the zone (31 days over a clock change are 31 dates).
 */
export function spanBefore(end: Instant, span: string, timezone: string): Window {
  const start = wallClock(end, timezone).subtract(parseSpan(span)).epochMilliseconds;
  return windowOf(timezone, { start, end });
}

/** The window [start, end) with its weekday in a zone. */
function windowOf(timezone: string, span: { start: Instant; end: Instant }): Window {
  return { ...span, weekday: wallClock(span.start, timezone).dayOfWeek };
}

function unitStart(grid: WindowGrid, date: Temporal.PlainDate): Temporal.PlainDate {
  if (grid.size === '1mo') return date.with({ day: 1 });
  if (grid.size === '1w') {
    return date.subtract({ days: (date.dayOfWeek - isoWeekday[grid.align] + 7) % 7 });
  }
  return date;
}

/**
 * Hours are 3,600 s each and begin where the zone's clock shows a full hour (Kolkata: 30 minutes
 * past that of UTC). The shift is that of one fixed instant, so that no clock change moves it.
 */
function hourShift(grid: WindowGrid): Duration {
  const offset = wallClock(Date.UTC(2020, 0, 1), grid.timezone).offsetNanoseconds / 1e6;
  return (((-offset % HOUR) + HOUR) % HOUR) + 0;
}
