import { Temporal } from '@js-temporal/polyfill';
import type { Instant } from '../domain/window.js';

/** The clock on the wall of a zone at an instant. RangeError for an unknown zone. */
export function wallClock(at: Instant, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
}

/** The first instant of a date in a zone; a midnight that a clock change skips is the next one. */
export function startOfDate(date: Temporal.PlainDate, timezone: string): Instant {
  return date.toZonedDateTime(timezone).epochMilliseconds;
}

/** True for an IANA zone, `UTC` or a fixed offset as `+05:30`. */
export function isZone(name: string): boolean {
  try {
    wallClock(0, name);
    return true;
  } catch {
    return false;
  }
}

/** The zones that an operator may have meant: names of the IANA database, and UTC. */
export function knownZones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}
