import { normalPairs } from './draws.js';
import type { Point } from './trend.js';

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
export function lineOf(series: readonly (Point & { weight: number })[]): Line | null {
  if (series.length < 3) return null;
  const sum = (of: (one: Point & { weight: number }) => number): number =>
    series.reduce((total, one) => total + of(one), 0);
  const weight = sum((one) => one.weight);
  const time = sum((one) => one.weight * one.time) / weight;
  const value = sum((one) => one.weight * one.value) / weight;
  const spread = sum((one) => one.weight * (one.time - time) ** 2);
  if (!(spread > 0)) return null;
  const slope = sum((one) => one.weight * (one.time - time) * (one.value - value)) / spread;
  const level = value - slope * time;
  const left = sum((one) => one.weight * (one.value - level - slope * one.time) ** 2);
  const unit = left / (series.length - 2);
  return {
    level,
    slope,
    covariance: {
      level: unit * (1 / weight + (time * time) / spread),
      slope: unit / spread,
      both: (-unit * time) / spread,
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
