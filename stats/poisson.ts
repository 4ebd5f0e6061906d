import { chiSquareTail } from './gamma.js';
import type { Interval } from './intervals.js';

/**
 * Exact interval of the mean of a Poisson count (Garwood 1936), 95 % unless `level` says otherwise:
 * half the chi-square quantiles with 2 k and 2 k + 2 degrees of freedom. The low end of 0 is 0.
 */
export function poissonInterval(count: number, level = 0.95): Interval {
  const tail = (1 - level) / 2;
  return {
    low: count === 0 ? 0 : chiSquareQuantile(1 - tail, 2 * count) / 2,
    high: chiSquareQuantile(tail, 2 * count + 2) / 2,
  };
}

/** The x with P(X > x) = tail, by halving. */
function chiSquareQuantile(tail: number, df: number): number {
  let [low, high] = [0, df];
  while (chiSquareTail(high, df) > tail) high *= 2;
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (chiSquareTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
