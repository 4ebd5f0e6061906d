import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading } from './check.js';

export interface ColumnPair {
  axis: Axis;
  current: Counts;
  reference: Counts;
}

/** Why nothing is said of values that doubles, or cells, do not tell apart. */
export const MERGED = 'its values are too large or too close to 0 to be told apart';

/** A column of the window and of the reference, or the reading that says what is not there. */
export function columnPair(evidence: Evidence, target: string): ColumnPair | Reading {
  const axis = evidence.grid.axes[target];
  const current = evidence.current.columns[target];
  const reference = evidence.reference?.columns[target];
  const rows = {
    nCurrent: evidence.current.rows,
    nReference: evidence.reference?.rows ?? 0,
  };
  if (evidence.reference === null) {
    return noReading('no_reference', 'there is no reference to compare with', rows);
  }
  if (axis === undefined || reference === undefined) {
    return noReading('no_reference', 'the reference does not have the column', rows);
  }
  if (evidence.current.rows === 0) {
    return noReading('insufficient_data', 'the window has no rows', rows);
  }
  if (current === undefined) {
    const isOther = evidence.current.types[target] !== undefined;
    const note = isOther ? 'its type cannot be counted' : 'the window does not have the column';
    return noReading('insufficient_data', note, rows);
  }
  return { axis, current, reference };
}
