import type { Columns } from './monitor.js';
import type { Counts } from './profile.js';

/** So many items of a window, those shown most, keep their name; of the others counts remain. */
export const NAMED_ITEMS = 1000;

/**
 * Rows of a window by what they show: by `item`, CATEGORY.other where it has no name, sums `n`
 * (rows of all the items of a cell), `items` (of a cell without a name each is in as many rows),
 * `positives` (rows with a positive label). The answer `items` of a profile.
 */
export type Items = Counts;

/** The column of what a row shows or allots; null: nobody says. */
export function itemColumn({ item, prediction }: Pick<Columns, 'item' | 'prediction'>) {
  return item ?? prediction?.ranking?.item ?? null;
}
