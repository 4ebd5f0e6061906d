import type { Axis } from '../domain/profile.js';

/** Sums of one cell over distances from one place: rows, Σd, Σd² and Σd³. */
export interface Powers {
  n: number;
  sum: number;
  squares: number;
  cubes: number;
}

/** Σ(x − low)² and Σ(x − low)³ from the sums around the middle of cell 0. */
export function aroundLow({ inverseWidth }: Axis, { n, sum, squares, cubes }: Powers) {
  const half = 0.5 / inverseWidth;
  return {
    squares: squares + 2 * half * sum + n * half ** 2,
    cubes: cubes + 3 * half * squares + 3 * half ** 2 * sum + n * half ** 3,
  };
}

/** Of rows in one cell, as if the cubes of their distances from its middle added up to nothing. */
export function cubesOf(middle: number, { n, sum, squares }: Omit<Powers, 'cubes'>): number {
  return 3 * middle * squares - 3 * middle ** 2 * sum + n * middle ** 3;
}
