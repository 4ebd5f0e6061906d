import type { Interval } from './intervals.js';
import { Z95 } from './normal.js';

/** A logged choice: what came of it, and how likely two policies make it. */
export interface Logged {
  reward: number;
  /** By the policy that made it: above 0, to 1. */
  propensity: number;
  /** By the policy in question: 0 to 1. */
  wanted: number;
}

/** A mean reward with its standard error and 95 % interval, normal. */
export interface Estimate extends Interval {
  value: number;
  standardError: number;
}

/** What a policy would have earned on the rows of another one. */
export interface OffPolicy {
  /** Mean of w r, w = wanted / propensity (Horvitz and Thompson, 1952). */
  ips: Estimate;
  /** Σ w r / Σ w (Hájek): less spread, a little bias. */
  selfNormalised: Estimate;
  /** (Σ w)² / Σ w²: so many equal rows know as much. Below 100 no interval is to be believed. */
  effective: number;
  /** Rows whose weight was cut to the cap; each pulls the estimates off. */
  capped: number;
}

/**
 * Mean reward of a policy by inverse propensities of the rows of another, with no weight above
 * `cap`. null: no row, or none that the policy would have chosen. RangeError for a propensity that
 * is not above 0 and at most 1.
 */
export function offPolicy(rows: readonly Logged[], cap = Infinity): OffPolicy | null {
  let capped = 0;
  const weights = rows.map(({ propensity, wanted }) => {
    if (!(propensity > 0 && propensity <= 1)) {
      throw new RangeError(`Expected a propensity above 0 and at most 1, got ${propensity}.`);
    }
    if (wanted / propensity > cap) capped += 1;
    return Math.min(cap, wanted / propensity);
  });
  const n = rows.length;
  const sumOf = (of: (weight: number, reward: number) => number): number =>
    weights.reduce((sum, weight, row) => sum + of(weight, rows[row]?.reward ?? 0), 0);
  const whole = sumOf((w) => w);
  if (whole === 0) return null;
  const earned = sumOf((w, r) => w * r);
  const [mean, ratio] = [earned / n, earned / whole];
  const spread = sumOf((w, r) => (w * r - mean) ** 2);
  return {
    ips: estimate(mean, Math.sqrt(spread / (n - 1) / n)),
    selfNormalised: estimate(ratio, Math.sqrt(sumOf((w, r) => (w * (r - ratio)) ** 2)) / whole),
    effective: whole ** 2 / sumOf((w) => w * w),
    capped,
  };
}

function estimate(value: number, standardError: number): Estimate {
  const reach = Z95 * standardError;
  return { value, standardError, low: value - reach, high: value + reach };
}
