/** A symmetric positive definite matrix, rows after one another. */
export interface Square {
  size: number;
  cells: Float64Array;
}

/**
 * The lower factor L of L L' = matrix, in place of its lower half. A column that depends on the
 * ones before it gets an infinite pivot, so that `solve` leaves its unknown at 0.
 */
export function cholesky({ size, cells }: Square): Square {
  const at = (i: number, j: number): number => cells[i * size + j] ?? 0;
  for (let j = 0; j < size; j++) {
    const row = cells.subarray(j * size, j * size + j);
    const left = at(j, j) - dot(row, row);
    const pivot = left > 1e-10 * at(j, j) ? Math.sqrt(left) : Infinity;
    for (let i = j + 1; i < size; i++) {
      const other = cells.subarray(i * size, i * size + j);
      cells[i * size + j] = (at(i, j) - dot(row, other)) / pivot;
    }
    cells[j * size + j] = pivot;
  }
  return { size, cells };
}

/** x of L L' x = right. */
export function solve({ size, cells }: Square, right: Float64Array): Float64Array {
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    const row = cells.subarray(i * size, i * size + i);
    x[i] = ((x[i] ?? 0) - dot(row, x)) / (cells[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (x[i] ?? 0) / (cells[i * size + i] ?? 1);
    x[i] = value;
    for (let j = 0; j < i; j++) x[j] = (x[j] ?? 0) - value * (cells[i * size + j] ?? 0);
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}
