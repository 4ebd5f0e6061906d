import { lastBoundary, spanBefore, windowEndingAt, windowNumbered } from '../calendar/windows.js';
import type { Monitor } from '../domain/monitor.js';
import { iso, type Instant, type Window } from '../domain/window.js';
import { UsageError } from './errors.js';

/** Which window a person asks for; all null or absent: the newest one that is due. */
interface WindowAsked {
  asOf: Instant | null;
  span: string | null;
  number?: number;
}

/** The window that is asked for, and the instant that it is judged for. */
export function windowOf(
  monitor: Monitor,
  input: WindowAsked & { now: Instant },
): { window: Window; at: Instant } {
  if (monitor.windows.rows !== undefined) return numbered(monitor, input);
  if (input.number !== undefined) {
    throw new UsageError('--window-number: only windows.rows have numbers; use --as-of.');
  }
  const { lag } = monitor.schedule;
  const upTo = input.asOf ?? input.now - lag;
  const end = lastBoundary(monitor.windows, upTo);
  if (input.span !== null) {
    const last = input.asOf ?? end;
    const window = spanOf(last, input.span, monitor.windows.timezone);
    return { window, at: input.asOf ?? window.end + lag };
  }
  const window = windowEndingAt(monitor.windows, end);
  return { window, at: input.asOf ?? window.end + lag };
}

function numbered(
  { model, windows }: Monitor,
  input: WindowAsked,
): { window: Window; at: Instant } {
  if (input.number === undefined || input.asOf !== null || input.span !== null) {
    throw new UsageError(
      `The windows of "${model.id}" are cut by rows and have no time: say --window-number 0, 1, …`,
    );
  }
  const window = windowNumbered(windows, input.number);
  return { window, at: window.end };
}

function spanOf(end: Instant, span: string, timezone: string): Window {
  try {
    return spanBefore(end, span, timezone);
  } catch (error) {
    throw new UsageError(`--window: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A window by its times, or by its number and rows. */
export function spanReport({ windows: { rows } }: Monitor, { start, end }: Window) {
  if (rows === undefined) return { start: iso(start), end: iso(end) };
  return { number: start / rows, firstRow: start, lastRow: end - 1 };
}
