import type { Counts } from './profile.js';

/** So many groups of a window, those with most rows, keep their name; the others are one cell. */
export const NAMED_GROUPS = 1000;

/**
 * Rows of a window by the group that decisions are allocated to: by `group`, CATEGORY.other of all
 * without a name, sums `n` (rows), `decisions` (rows acted on; all rows where the monitor names no
 * action), `positives` (rows with a positive label, acted on or not). The answer `groups` of a
 * profile.
 */
export type Groups = Counts;
