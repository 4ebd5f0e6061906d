import type { Finding } from './finding.js';
import type { KnownEvent } from './known-event.js';
import type { Monitor } from './monitor.js';
import type { Instant, Window } from './window.js';
import { offsetAt } from './zone.js';

/** What is known in advance, and the zone in which it comes again. */
export type Known = Pick<Monitor, 'events' | 'windows'>;

/** One time that an event happens, [start, end). */
export interface Occurrence {
  event: KnownEvent;
  start: Instant;
  end: Instant;
}

/** Checks beside drift that an event explains. */
const EXPLAINED = new Set(['volume']);

/** The occurrences that share an instant with a window, in the order of the file. */
export function occurrencesIn(known: Known, window: Pick<Window, 'start' | 'end'>): Occurrence[] {
  return known.events
    .flatMap((event) => timesOf(event, known.windows.timezone, window.end))
    .filter(({ start, end }) => start < window.end && end > window.start);
}

/** True when a window is no measure for others: no period, no earlier window, no reference. */
export function isExcluded(known: Known, window: Pick<Window, 'start' | 'end'>): boolean {
  return occurrencesIn(known, window).some(({ event }) => event.effect === 'exclude');
}

/**
 * The start of the newest `fix` or `launch` that began before a window ended; null: there is none.
 * What was before it is no measure of the window.
 */
export function anewSince(known: Known, window: Pick<Window, 'end'>): Instant | null {
  const starts = known.events
    .filter(({ effect }) => effect === 'fix' || effect === 'launch')
    .flatMap((event) => timesOf(event, known.windows.timezone, window.end))
    .map(({ start }) => start)
    .filter((start) => start < window.end);
  return starts.length === 0 ? null : Math.max(...starts);
}

/** True when an older window may measure a newer one: as a period, an earlier or rolling window. */
export function measures(
  known: Known,
  older: Pick<Window, 'start' | 'end'>,
  newer: Pick<Window, 'end'>,
): boolean {
  if (known.events.length === 0) return true;
  return older.start >= (anewSince(known, newer) ?? -Infinity) && !isExcluded(known, older);
}

/**
 * Findings with what a known event explains: drift and volume of a window that it touches are ok
 * with the rule `expected: Black Friday` and, in `details.expected`, when that ends. Broken rules
 * and performance stay as they were judged.
 */
export function expectedOf(
  findings: readonly Finding[],
  known: Known,
  window: Pick<Window, 'start' | 'end'>,
): Finding[] {
  const [first] = known.events.length === 0 ? [] : occurrencesIn(known, window);
  if (first === undefined) return [...findings];
  const { end, event } = first;
  const { name } = event;
  return findings.map((finding) => {
    const isBad = finding.verdict === 'warn' || finding.verdict === 'alert';
    const isExplained = finding.category === 'drift' || EXPLAINED.has(finding.check);
    if (!isBad || !isExplained || finding.hard !== null) return finding;
    const sentence = `${finding.sentence} Expected: ${name} (${finding.rule}).`;
    const details = { ...finding.details, expected: { name, until: end } };
    const rule = `expected: ${name}`;
    return { ...finding, verdict: 'ok', rule, patience: 2, sentence, details };
  });
}

/** The known event that a finding is put down to, and when that ends; null: to none. */
export function eventOf({ details }: Pick<Finding, 'details'>): Expected | null {
  const event = details['expected'] as Partial<Expected> | undefined;
  const { name, until } = event ?? {};
  return typeof name === 'string' && typeof until === 'number' ? { name, until } : null;
}

interface Expected {
  name: string;
  /** Its end: what moves from then on is told. */
  until: Instant;
}

/** The times of an event that begin before an instant. */
function timesOf(event: KnownEvent, timezone: string, before: Instant): Occurrence[] {
  const { start, end } = event;
  if (event.repeats === null) return [{ event, start, end }];
  const times: Occurrence[] = [];
  for (let years = 0; ; years++) {
    const time = { event, start: later(start, years, timezone), end: later(end, years, timezone) };
    if (time.start >= before) return times;
    times.push(time);
  }
}

/** The same date and wall clock so many years later; for 29 February also 1 March. */
function later(at: Instant, years: number, timezone: string): Instant {
  if (years === 0) return at;
  const wall = new Date(at + offsetAt(at, timezone));
  const moved = wall.setUTCFullYear(wall.getUTCFullYear() + years);
  // The offset of the day itself, which a clock change moves; once more for a day of the change.
  const guess = moved - offsetAt(moved, timezone);
  return moved - offsetAt(guess, timezone);
}
