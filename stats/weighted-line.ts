import { studentTail } from './beta.js';

/** A value at a time, `time` in any unit, with the variance that its counts give it, > 0. */
export interface Weighed {
  time: number;
  value: number;
  variance: number;
}

/** The straight line through some values: `mean` at the time `centre`, and so on from there. */
export interface Line {
  /** Of the values and of their times, weighted. */
  mean: number;
  centre: number;
  /** Change of the value a unit of time. */
  slope: number;
  /** Of the slope, made larger where values lie further off the line than their variances say. */
  standardError: number;
  /** Degrees of freedom: values less 2. */
  free: number;
}

/**
 * Weighted least squares, each value by 1 / variance: slope S_ty / S_tt, standard error
 * √(max(1, Q / (n − 2)) / S_tt), Q the weighted squares off the line (Birge's ratio, 1932, never
 * below 1). The order of the values is free. null: fewer than three, or all at one time.
 */
export function lineThrough(values: readonly Weighed[]): Line | null {
  const free = values.length - 2;
  const isOneTime = values.every(({ time }) => time === values[0]?.time);
  if (free < 1 || isOneTime) return null;
  const sum = (of: (one: Weighed) => number): number =>
    values.reduce((all, one) => all + of(one) / one.variance, 0);
  const weight = sum(() => 1);
  const centre = sum(({ time }) => time) / weight;
  const mean = sum(({ value }) => value) / weight;
  const spread = sum(({ time }) => (time - centre) ** 2);
  const slope = sum(({ time, value }) => (time - centre) * (value - mean)) / spread;
  const off = sum(({ time, value }) => (value - mean - slope * (time - centre)) ** 2);
  const standardError = Math.sqrt(Math.max(1, off / free) / spread);
  return { mean, centre, slope, standardError, free };
}

/** The value of a line at a time. */
export const valueAt = ({ mean, centre, slope }: Line, time: number): number =>
  mean + slope * (time - centre);

/**
 * One-sided p-value of "the line does not lead away from 0", Student's t. Which way leads away says
 * the sign of the mean, of which the slope is independent where nothing changes.
 */
export const leadsAway = ({ mean, slope, standardError, free }: Line): number =>
  studentTail((Math.sign(mean) * slope) / standardError, free);
