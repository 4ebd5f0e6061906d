import { studentTail } from './beta.js';
import type { Point } from './trend.js';

/** A point that counts as much as its weight says, > 0: rows, or one over its variance. */
export interface Weighed extends Point {
  weight: number;
}

/** The straight line through some points: `mean` at the time `centre`, and so on from there. */
export interface WeightedLine {
  /** Of the values and of their times, weighted. */
  mean: number;
  centre: number;
  /** Values a unit of time. */
  slope: number;
  /** Σ weight. */
  weight: number;
  /** Σ weight (time − centre)². */
  spread: number;
  /** Σ weight (value − line)², over the degrees of freedom: about 1 of weights 1 / variance. */
  scatter: number;
  /** Degrees of freedom: points less 2. */
  free: number;
}

/** The line of weighted least squares. null: of fewer than 3 points, or all at one time. */
export function lineThrough(points: readonly Weighed[]): WeightedLine | null {
  const free = points.length - 2;
  if (free < 1) return null;
  const sum = (of: (one: Weighed) => number): number =>
    points.reduce((total, one) => total + one.weight * of(one), 0);
  const weight = sum(() => 1);
  const centre = sum(({ time }) => time) / weight;
  const mean = sum(({ value }) => value) / weight;
  const spread = sum(({ time }) => (time - centre) ** 2);
  if (!(spread > 0)) return null;
  const slope = sum(({ time, value }) => (time - centre) * (value - mean)) / spread;
  const scatter = sum((one) => (one.value - mean - slope * (one.time - centre)) ** 2) / free;
  return { mean, centre, slope, weight, spread, scatter, free };
}

/** The value of a line at a time. */
export const valueAt = ({ mean, centre, slope }: WeightedLine, time: number): number =>
  mean + slope * (time - centre);

/**
 * One-sided p-value of "the line does not lead away from 0", of points weighted by 1 / variance:
 * Student's t with the standard error √(max(1, scatter) / spread), larger where points lie further
 * off the line than their variances say (Birge, 1932). The sign of the mean says which way leads
 * away; of points without a trend the slope is independent of it.
 */
export function leadsAway({ mean, slope, scatter, spread, free }: WeightedLine): number {
  return studentTail((Math.sign(mean) * slope) / Math.sqrt(Math.max(1, scatter) / spread), free);
}
