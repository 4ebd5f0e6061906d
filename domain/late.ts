import { figure, percent } from './judging/figures.js';
import type { ReadyMarker } from './ready.js';
import type { Duration } from './window.js';

/** When the source of a window is looked at again for rows that came late. */
export interface LateRows {
  /** So long after the window fell due, ascending. */
  reread: readonly Duration[];
  /** A larger share of the rows than this, 0 to 1, that came since has the window judged again. */
  restateAbove: number;
}

/** When the rows of a window are there. */
export interface Arrival {
  /** Absent: once it is due. */
  ready?: ReadyMarker;
  /** Absent: nobody looks for rows that come late. */
  late?: LateRows;
}

/** What a later look found, beside what the window was judged by. */
export interface Came {
  /** Rows that were accepted then, and now. */
  then: number;
  now: number;
  /** Whether rows that were there then lie in files that are gone, or others now. */
  rewritten: boolean;
}

/**
 * Whether a window has to be judged again: where rows came, when they are a larger share of those
 * of then than `above`; where none came, whenever files were rewritten, for nobody knows of how
 * many of their rows.
 */
export function restates({ then, now, rewritten }: Came, above: number): boolean {
  return now > then ? (now - then) / then > above : rewritten || now < then;
}

/** The same in words: `12 rows came late (0.1 % of 10000)`. */
export function cameWords({ then, now, rewritten }: Came): string {
  const n = Math.abs(now - then);
  const rows = n === 1 ? '1 row' : `${figure(n)} rows`;
  const share = then === 0 ? 'there was none' : `${percent(n / then)} of ${figure(then)}`;
  if (now > then) return `${rows} came late (${share})`;
  if (now < then) return `${rows} fewer than before (${share})`;
  return rewritten ? 'as many rows as before, in files that have changed' : 'no row came late';
}
