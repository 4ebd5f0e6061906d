import type { Counts } from './profile.js';

/**
 * Cells of a delay: cell 0 is less than `least` ms, the others are 2^(1/8) wide, 8 to an octave, so
 * that a delay is known within 9.1 %. A year is in cell 153.
 */
export const DELAYS = { least: 60_000, perOctave: 8 } as const;
/** The cell of labels without a time: how long they took nobody knows. */
export const NO_DELAY = -1;

/**
 * Delays of a window's labels: by `cell`, Int32; sums `n` (rows whose label took so long, and those
 * without one that have waited so long), `labels` (those with one), `negative` (with one that is
 * older than its prediction, a delay of 0). The answer `delays` of a profile is that of its own
 * rows, `late_delays` that of an older window, which was looked at once more.
 */
export type Delays = Counts;

/** Where a cell begins, in ms, or so far into it, 0 to 1; evenly in a cell by the logarithm. */
export function delayAt(cell: number, into = 0): number {
  if (cell <= 0) return Math.max(0, cell + into) * DELAYS.least;
  return DELAYS.least * 2 ** ((cell - 1 + into) / DELAYS.perOctave);
}

/** The cell of a delay in ms, and how far into it that is, 0 to below 1. */
export function cellOfDelay(ms: number): { cell: number; into: number } {
  const place =
    ms < DELAYS.least
      ? Math.max(0, ms) / DELAYS.least
      : 1 + Math.log2(ms / DELAYS.least) * DELAYS.perOctave;
  return { cell: Math.floor(place), into: place - Math.floor(place) };
}
