import { poissonInterval } from '../../stats/poisson.js';
import type { Duration } from '../window.js';

/** How many are to be expected in 90 days, with the exact 95 % interval of a Poisson count. */
export interface Rate {
  value: number;
  low: number;
  high: number;
}

const SPAN: Duration = 90 * 86_400_000;

/** The rate that a count over a span of time tells of. */
export function ratePer90Days(count: number, span: Duration): Rate {
  const factor = SPAN / span;
  const { low, high } = poissonInterval(count);
  return { value: count * factor, low: low * factor, high: high * factor };
}
