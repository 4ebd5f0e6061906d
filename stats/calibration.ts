import { wilson } from './intervals.js';
import type { Interval } from './intervals.js';
import { Z95 } from './normal.js';

/** Rows of one bin of scores. */
export interface ScoreBin {
  n: number;
  /** Σ of the scores. */
  scores: number;
  positives: number;
}

/** A bin of a calibration curve: what was said and what came, with Wilson's interval of it. */
export interface CurvePoint extends Interval {
  n: number;
  predicted: number;
  observed: number;
}

export interface Calibration extends Interval {
  /** Expected calibration error Σ n |observed − predicted| / Σ n. */
  value: number;
  standardError: number;
  /** What a model that is right about every chance would show on these rows, on average. */
  chance: number;
  /** Bins with rows, in their order. */
  curve: CurvePoint[];
}

/**
 * Expected calibration error. |d + e| is at most |d| + |e| and at least d's sign times (d + e), so
 * with normal e: the low end leaves room for Σ w |e|, a sum of half-normals, the high end for
 * Σ ± w e. Both hold at least as often as they say, also where the model is right.
 */
export function calibration(bins: readonly ScoreBin[]): Calibration {
  const filled = bins.filter(({ n }) => n > 0);
  const all = filled.reduce((sum, { n }) => sum + n, 0);
  let [value, chance, spread, folded, squares] = [0, 0, 0, 0, 0];
  const curve = filled.map(({ n, scores, positives }): CurvePoint => {
    const [predicted, observed, weight] = [scores / n, positives / n, n / all];
    const gap = Math.abs(observed - predicted);
    // Half a row of each class: a bin without positives is not sure of its rate.
    const rate = (positives + 0.5) / (n + 1);
    const variance = (weight * weight * rate * (1 - rate)) / n;
    value += weight * gap;
    squares += weight * gap * gap;
    chance += Math.sqrt((2 / Math.PI) * variance);
    folded += (1 - 2 / Math.PI) * variance;
    spread += variance;
    return { n, predicted, observed, ...wilson({ hits: positives, n }) };
  });
  // The bins hold as many rows as they do by chance, too.
  const shares = Math.max(0, squares - value * value) / Math.max(1, all);
  const low = value - chance - Z95 * Math.sqrt(folded + shares);
  const high = value + Z95 * Math.sqrt(spread + shares);
  return {
    ...{ value, chance, curve, standardError: Math.sqrt(spread + shares) },
    ...{ low: Math.max(0, low), high: Math.min(1, high) },
  };
}
