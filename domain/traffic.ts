import type { Slice } from './slice.js';

/**
 * Which rows a model answered in earnest, and which beside it, to be looked at only. A row with any
 * other value, or with none, is neither and counts nowhere.
 */
export interface TrafficColumn {
  column: string;
  /** Values of live rows, as text, and of shadow rows; no value is in both. */
  live: readonly string[];
  shadow: readonly string[];
}

/** The dimension of the slice of shadow rows; live rows are the whole. */
export const TRAFFIC = 'traffic';

/** The slice of shadow rows: its metrics are shown, nothing of it is judged. */
export const SHADOW: Slice = { [TRAFFIC]: 'shadow' };
