import { cholesky } from './cholesky.js';
import type { Square } from './cholesky.js';

/** Rows as bins: feature f of row i is one of `levels[f]` codes, 0 to levels[f] - 1. */
export interface Coded {
  features: readonly ArrayLike<number>[];
  levels: readonly number[];
}

/** One-hot rows: for each, the columns that hold its 1s, beside the constant column 0. */
export interface Design {
  rows: number;
  width: number;
  /** Column of code 0 of each feature; the last entry is the number of columns. */
  starts: readonly number[];
  places: Int32Array;
}

/** Throws a RangeError that names the feature and row of a code outside its levels. */
export function design({ features, levels }: Coded): Design {
  const starts = [1];
  for (const count of levels) starts.push((starts.at(-1) ?? 1) + count);
  const rows = features[0]?.length ?? 0;
  const width = features.length;
  const places = new Int32Array(rows * width);
  features.forEach((codes, feature) => {
    const [start, end] = [starts[feature] ?? 1, starts[feature + 1] ?? 1];
    for (let row = 0; row < rows; row++) {
      const place = start + (codes[row] ?? -1);
      if (!(place >= start && place < end)) {
        throw new RangeError(
          `feature ${feature}, row ${row}: code ${codes[row] ?? 'none'}, ` +
            `expected a whole number from 0 to ${end - start - 1}`,
        );
      }
      places[row * width + feature] = place;
    }
  });
  return { rows, width, starts, places };
}

/**
 * ¼ X'X + ridge, factored: no logistic Hessian of these rows, or of a part of them, is larger, so
 * a step with it never goes too far. Böhning and Lindsay (1988). The constant has no ridge.
 */
export function curvature({ rows, width, starts, places }: Design, ridge: number): Square {
  const size = starts.at(-1) ?? 1;
  const cells = new Float64Array(size * size);
  for (let row = 0; row < rows; row++) {
    const base = row * width;
    for (let f = 0; f < width; f++) {
      const line = (places[base + f] ?? 0) * size;
      cells[line] = (cells[line] ?? 0) + 0.25;
      for (let g = 0; g <= f; g++) {
        const cell = line + (places[base + g] ?? 0);
        cells[cell] = (cells[cell] ?? 0) + 0.25;
      }
    }
  }
  cells[0] = rows / 4;
  for (let column = 1; column < size; column++) {
    cells[column * size + column] = (cells[column * size + column] ?? 0) + ridge;
  }
  return cholesky({ size, cells });
}

/** The log-odds of a row. */
export function logOdds({ width, places }: Design, weights: Float64Array, row: number): number {
  let sum = weights[0] ?? 0;
  for (let k = row * width; k < (row + 1) * width; k++) sum += weights[places[k] ?? 0] ?? 0;
  return sum;
}

/** 1 / (1 + e^-x). */
export function chance(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
