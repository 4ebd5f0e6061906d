import type { Instant } from '../domain/window.js';
import { wallClock } from './zones.js';

/** `2026-11-15 → 2026-11-22 Europe/Paris`; with the time of day where it is not midnight. */
export function windowInWords(span: { start: Instant; end: Instant }, timezone: string): string {
  const start = wallClock(span.start, timezone);
  const end = wallClock(span.end, timezone);
  const wholeDays = [start, end].every(
    (clock) => clock.startOfDay().epochMilliseconds === clock.epochMilliseconds,
  );
  const text = (at: Instant): string =>
    wholeDays ? dateInWords(at, timezone) : instantInWords(at, timezone);
  return `${text(span.start)} → ${text(span.end)} ${timezone}`;
}

/** `window 27 · rows 135000 to 139999`, of windows that are cut by rows. */
export function numberedInWords({ start, end }: { start: number; end: number }): string {
  return `window ${Math.round(start / (end - start))} · rows ${start} to ${end - 1}`;
}

/** `2026-11-22` on the calendar of a zone. */
function dateInWords(at: Instant, timezone: string): string {
  return wallClock(at, timezone).toPlainDate().toString();
}

/** `2026-11-22 06:00` on the wall clock of a zone; seconds only where there are some. */
export function instantInWords(at: Instant, timezone: string): string {
  const clock = wallClock(at, timezone).toPlainDateTime().round('second');
  return clock
    .toString({ smallestUnit: clock.second === 0 ? 'minute' : 'second' })
    .replace('T', ' ');
}
