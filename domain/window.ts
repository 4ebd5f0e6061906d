/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** A length of time in milliseconds. */
export type Duration = number;

/** The rows of one model with event time in [start, end); half-open, named by its end. */
export interface Window {
  start: Instant;
  end: Instant;
  /** ISO weekday of the start in the monitor's zone: 1 = Monday … 7 = Sunday. */
  weekday: number;
}

export type WindowSize = '1h' | '1d' | '1w' | '1mo';
export type Weekday =
  | 'monday'
  | 'tuesday'
  | 'wednesday'
  | 'thursday'
  | 'friday'
  | 'saturday'
  | 'sunday';

/** The pure calendar grid that every window of a monitor comes from. */
export interface WindowGrid {
  size: WindowSize;
  /** IANA zone. */
  timezone: string;
  /** First day of a week. */
  align: Weekday;
  /**
   * Windows of so many rows, numbered from 0 in the order of the files: then an "instant" is the
   * number of a row, and `size` means nothing. Absent: windows of time.
   */
  rows?: number;
}

/** `2026-11-22 00:00 UTC`: an instant for people, seconds only where it has some. */
export function utc(at: Instant): string {
  const text = new Date(at).toISOString();
  const seconds = text.slice(16, 19);
  return `${text.slice(0, 10)} ${text.slice(11, 16)}${seconds === ':00' ? '' : seconds} UTC`;
}

/** `2026-11-22T00:00:00Z`: whole seconds, UTC; the name of a window is its end in this form. */
export function iso(at: Instant): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
