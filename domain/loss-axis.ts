/** Cells that are no part of the values: nothing a reference has, and no value at all. */
export const LOSS_CELL = { beyond: -1, missing: 0 } as const;

/**
 * How a column is cut into cells, numbered from 1. Numbers: by how many of the cuts a value is not
 * below; those outside of [min, max] are beyond. Categories: each of `own` is a cell, all of
 * `others` are the next; any other value is beyond.
 */
export type LossAxis =
  | { kind: 'numeric'; cuts: readonly number[]; min: number; max: number }
  | { kind: 'categorical'; own: readonly string[]; others: readonly string[] };

/** A column with its cells. */
export interface LossColumn {
  column: string;
  cells: LossAxis;
}
