import type { Instant } from '../domain/window.js';

/** A stretch of time that is pulled at once, [start, end). */
export interface SliceSpan {
  start: Instant;
  end: Instant;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A day, with the hours that a clock change or two may add. */
const ONE_PULL = 26 * HOUR;
const MOST_DAYS = 100;

/**
 * The slices that hold a span. Up to a day is one slice; longer spans are cut at the midnights of
 * UTC, or every 30 days beyond 100, so that spans that overlap share their slices, and a pull that
 * was killed goes on at the slice where it was. A slice that begins after `now` is left out.
 */
export function slicesOf(span: SliceSpan, now: Instant): SliceSpan[] {
  const length = span.end - span.start;
  if (length <= ONE_PULL) return [span];
  const step = length <= MOST_DAYS * DAY ? DAY : 30 * DAY;
  const slices: SliceSpan[] = [];
  for (let start = Math.floor(span.start / step) * step; start < span.end; start += step) {
    if (slices.length === 0 || start < now) slices.push({ start, end: start + step });
  }
  return slices;
}

/** `20260301T000000Z-20260302T000000Z`, or `all`: a name that sorts as time does. */
export function sliceName(slice: SliceSpan | null): string {
  const say = (at: Instant) => new Date(at).toISOString().replace(/[-:]|\.000/g, '');
  return slice === null ? 'all' : `${say(slice.start)}-${say(slice.end)}`;
}
