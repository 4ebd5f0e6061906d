import { Temporal } from '@js-temporal/polyfill';
import type { Duration, Instant } from '../domain/window.js';
import { startOfDate } from './zones.js';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const spanUnits = { h: 'hours', d: 'days', w: 'weeks', mo: 'months' } as const;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g;

/**
 * `2s`, `30m`, `2h`, `7d`, `1w`, `1h30m` in milliseconds; a day is 24 h. RangeError for anything
 * else, a sign and a bare number included.
 */
export function parseDuration(text: string): Duration {
  const compact = text.trim();
  const parts = [...compact.matchAll(part)];
  if (parts.length === 0 || parts.map((match) => match[0]).join('') !== compact) {
    throw new RangeError(`expected a duration as 30m, 2h, 7d or 1w, got ${JSON.stringify(text)}`);
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitOf(unit), 0);
}

/** A length of time for people, its two largest units: `2h 10m`, `7d`, `45s`, `300ms`, `0s`. */
export function formatDuration(duration: Duration): string {
  if (duration < 0) return `-${formatDuration(-duration)}`;
  if (duration > 0 && duration < 1_000) return `${Math.round(duration)}ms`;
  const seconds = Math.round(duration / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(' ');
}

/** A span of the calendar: `12h`, `31d`, `2w`, `1mo`. RangeError for anything else. */
export function parseSpan(text: string): Temporal.Duration {
  const match = /^([1-9]\d{0,4})(h|d|w|mo)$/.exec(text.trim());
  if (match === null) {
    throw new RangeError(`expected a span as 12h, 31d, 2w or 1mo, got ${JSON.stringify(text)}`);
  }
  const unit = spanUnits[match[2] as keyof typeof spanUnits];
  return Temporal.Duration.from({ [unit]: Number(match[1]) });
}

/**
 * `2022-04-01` is the start of that day in the zone, `2022-04-01T06:00` that wall clock there; an
 * offset or `Z` in the text wins over the zone. RangeError for anything else.
 */
export function parseInstant(text: string, timezone: string): Instant {
  const compact = text.trim();
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(compact)) {
      return startOfDate(Temporal.PlainDate.from(compact), timezone);
    }
    if (/^\d{4}-\d\d-\d\d[T ].*(Z|[+-]\d\d:?\d\d)$/i.test(compact)) {
      return Temporal.Instant.from(compact).epochMilliseconds;
    }
    if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(compact)) {
      return Temporal.PlainDateTime.from(compact).toZonedDateTime(timezone).epochMilliseconds;
    }
  } catch {
    // Falls through: a 31 February is as wrong as a word.
  }
  throw new RangeError(
    `expected an instant as 2026-11-22 or 2026-11-22T06:00:00Z, got ${JSON.stringify(text)}`,
  );
}

function unitOf(unit: string | undefined): number {
  return units[(unit ?? 'ms') as keyof typeof units];
}
