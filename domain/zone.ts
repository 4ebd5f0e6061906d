import { utc } from './window.js';
import type { Instant } from './window.js';

/** `2026-11-22 00:00 Europe/Paris`: an instant for people, on the wall clock of an IANA zone. */
export function inZone(at: Instant, timezone: string): string {
  return utc(at + offsetAt(at, timezone)).replace(/UTC$/, timezone);
}

/** What the wall clock of a zone is ahead of UTC, in ms. */
export function offsetAt(at: Instant, timezone: string): number {
  if (timezone === 'UTC') return 0;
  const parts = clockOf(timezone).formatToParts(at);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(
    ...([part('year'), part('month') - 1, part('day')] as const),
    ...([part('hour'), part('minute'), part('second')] as const),
  );
  return wall - Math.floor(at / 1000) * 1000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Made once for each zone: it costs as much as a hundred readings. */
function clockOf(timezone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
      ...({ hour: 'numeric', minute: 'numeric', second: 'numeric' } as const),
    });
  clocks.set(timezone, clock);
  return clock;
}
