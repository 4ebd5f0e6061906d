import { normalPairs } from './draws.js';
import { lineThrough, valueAt } from './weighted-line.js';
import type { Weighed } from './weighted-line.js';

/** A straight line through a series, with the covariance of its two numbers. */
export interface Line {
  /** Value at time 0. */
  level: number;
  /** Values a unit of time. */
  slope: number;
  covariance: { level: number; slope: number; both: number };
}

/**
 * The line of least squares, points weighted (a value counted on more rows weighs more); its
 * covariance from the spread of the points around it. null for fewer than 3 points, or all at one
 * time.
 */
export function lineOf(series: readonly Weighed[]): Line | null {
  const line = lineThrough(series);
  if (line === null) return null;
  const { centre, slope, weight, spread, scatter } = line;
  return {
    level: valueAt(line, 0),
    slope,
    covariance: {
      level: scatter * (1 / weight + (centre * centre) / spread),
      slope: scatter / spread,
      both: (-scatter * centre) / spread,
    },
  };
}

/** When a line will cross a value from below, by draws from what is known of it. */
export interface Crossing {
  /** Quantiles of the time at 10, 50 and 90 %; Infinity: so many draws never cross. */
  low: number;
  median: number;
  high: number;
  /** Share of draws that have crossed at `horizon`. */
  within: number;
}

const DRAWS = 500;

/**
 * Time until `level + slope · time` reaches `threshold`, 0 where it has. 500 draws of level and
 * slope from their normal distribution, so that the same line gives the same answer.
 */
export function crossingOf(line: Line, threshold: number, horizon: number): Crossing {
  const { covariance } = line;
  const deviation = Math.sqrt(covariance.level);
  const shared = deviation > 0 ? covariance.both / deviation : 0;
  const own = Math.sqrt(Math.max(0, covariance.slope - shared * shared));
  const times = normalPairs(DRAWS)
    .map(([a, b]) => {
      const level = line.level + deviation * a;
      const slope = line.slope + shared * a + own * b;
      if (level >= threshold) return 0;
      return slope > 0 ? (threshold - level) / slope : Infinity;
    })
    .sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (DRAWS - 1))] ?? Infinity;
  const within = times.filter((time) => time <= horizon).length / DRAWS;
  return { low: at(0.1), median: at(0.5), high: at(0.9), within };
}
