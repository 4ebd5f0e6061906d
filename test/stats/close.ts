import { expect } from 'vitest';

/** Relative closeness; absolute where 0 is wanted. */
export function expectClose(actual: number, wanted: number, tolerance = 1e-12): void {
  const error = Math.abs(actual - wanted) / (wanted === 0 ? 1 : Math.abs(wanted));
  expect(actual === wanted ? 0 : error, `${actual} against ${wanted}`).toBeLessThan(tolerance);
}
