import { wilson } from './intervals.js';
import type { Interval } from './intervals.js';
import { Z95 } from './normal.js';

/** Rows by true class (down) and predicted class (across), both in the order of `classes`. */
export interface Confusion {
  classes: readonly string[];
  rows: readonly Float64Array[];
}

/** A value with the standard error that the delta method gives it over multinomial counts. */
export interface Estimate {
  value: number;
  standardError: number;
}

/** A value that a share of so many trials bounds where its standard error is 0. */
export interface RatioEstimate extends Estimate {
  trials: number;
}

/** A share of one class's counts: top · TP / (tp · TP + fp · FP + fn · FN). */
export interface Ratio {
  top: number;
  tp: number;
  fp: number;
  fn: number;
}

export const PRECISION: Ratio = { top: 1, tp: 1, fp: 1, fn: 0 };
export const RECALL: Ratio = { top: 1, tp: 1, fp: 0, fn: 1 };

/** F-beta: recall weighs `beta` times as much as precision. */
export function fBeta(beta: number): Ratio {
  const square = beta * beta;
  return { top: 1 + square, tp: 1 + square, fp: 1, fn: square };
}

/** How the values of classes become one: their mean, the pooled counts, or by their labels. */
export type Average = 'macro' | 'micro' | 'weighted';

interface Totals {
  n: number;
  /** Rows with this label, with this prediction, and with both; by class. */
  labels: Float64Array;
  predicted: Float64Array;
  hits: Float64Array;
}

function totalsOf({ classes, rows }: Confusion): Totals {
  const blank = () => new Float64Array(classes.length);
  const totals = { n: 0, labels: blank(), predicted: blank(), hits: blank() };
  rows.forEach((row, t) => {
    row.forEach((count, p) => {
      totals.n += count;
      totals.labels[t] = (totals.labels[t] ?? 0) + count;
      totals.predicted[p] = (totals.predicted[p] ?? 0) + count;
      if (t === p) totals.hits[t] = count;
    });
  });
  return totals;
}

/** A ratio of one class, and its slopes in the three counts; 0 where nothing is counted. */
function ofClass({ top, tp, fp, fn }: Ratio, totals: Totals, at: number) {
  const hits = totals.hits[at] ?? 0;
  const missed = (totals.labels[at] ?? 0) - hits;
  const wrong = (totals.predicted[at] ?? 0) - hits;
  const base = tp * hits + fp * wrong + fn * missed;
  if (base === 0) return { value: 0, tp: 0, fp: 0, fn: 0, base };
  const value = (top * hits) / base;
  return {
    value,
    tp: (top - value * tp) / base,
    fp: (-value * fp) / base,
    fn: (-value * fn) / base,
    base,
  };
}

/** A ratio of one class; null where it is 0 / 0. */
export function classRatio(confusion: Confusion, ratio: Ratio, name: string): RatioEstimate | null {
  const at = confusion.classes.indexOf(name);
  const totals = totalsOf(confusion);
  const own = ofClass(ratio, totals, at);
  if (own.base === 0) return null;
  const hits = totals.hits[at] ?? 0;
  const variance =
    hits * own.tp ** 2 +
    ((totals.predicted[at] ?? 0) - hits) * own.fp ** 2 +
    ((totals.labels[at] ?? 0) - hits) * own.fn ** 2;
  const trials = own.base / ratio.top;
  return { value: own.value, standardError: Math.sqrt(variance), trials };
}

/** Every wrong row is false for one class and missed for another. */
function pooled({ top, tp, fp, fn }: Ratio, { n, hits }: Totals): RatioEstimate {
  const right = hits.reduce((sum, count) => sum + count, 0);
  const base = tp * right + (fp + fn) * (n - right);
  const value = base === 0 ? 0 : (top * right) / base;
  const [gain, loss] = [(top - value * tp) / base, (value * (fp + fn)) / base];
  const variance = right * gain ** 2 + (n - right) * loss ** 2;
  return { value, standardError: Math.sqrt(variance), trials: n };
}

/** The ratios of all classes as one; a class with 0 / 0 counts as 0, as scikit-learn has it. */
export function averagedRatio(confusion: Confusion, ratio: Ratio, average: Average): RatioEstimate {
  const totals = totalsOf(confusion);
  const { n } = totals;
  if (average === 'micro') return pooled(ratio, totals);
  const all = confusion.classes.map((_, at) => ofClass(ratio, totals, at));
  const isWeighted = average === 'weighted';
  const weights = all.map((_, at) =>
    isWeighted ? (totals.labels[at] ?? 0) / n : 1 / confusion.classes.length,
  );
  const value = all.reduce((sum, one, at) => sum + one.value * (weights[at] ?? 0), 0);
  const trials = Math.min(...all.flatMap(({ base }) => (base > 0 ? [base / ratio.top] : [])));
  let variance = 0;
  confusion.rows.forEach((row, t) => {
    row.forEach((count, p) => {
      const [own, other] = [all[t], all[p]];
      if (count === 0 || own === undefined || other === undefined) return;
      const [weight = 0, otherWeight = 0] = [weights[t], weights[p]];
      const shift = isWeighted ? (own.value - value) / n : 0;
      const slope = t === p ? weight * own.tp : weight * own.fn + otherWeight * other.fp;
      variance += count * (slope + shift) ** 2;
    });
  });
  return { value, standardError: Math.sqrt(variance), trials };
}

/**
 * Matthews' correlation coefficient, of several classes as Gorodkin (2004) has it; null where a
 * side is all of one class.
 */
export function matthews(confusion: Confusion): Estimate | null {
  const { n, labels, predicted, hits } = totalsOf(confusion);
  const right = hits.reduce((sum, count) => sum + count, 0);
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, one, at) => sum + one * (b[at] ?? 0), 0);
  const [ofPredicted, ofLabels] = [n * n - dot(predicted, predicted), n * n - dot(labels, labels)];
  if (ofPredicted <= 0 || ofLabels <= 0) return null;
  const scale = Math.sqrt(ofPredicted * ofLabels);
  const value = (right * n - dot(labels, predicted)) / scale;
  let variance = 0;
  confusion.rows.forEach((row, t) => {
    row.forEach((count, p) => {
      const shared = (t === p ? n : 0) + right - (predicted[t] ?? 0) - (labels[p] ?? 0);
      const spread = (n - (predicted[p] ?? 0)) / ofPredicted + (n - (labels[t] ?? 0)) / ofLabels;
      variance += count * (shared / scale - value * spread) ** 2;
    });
  });
  return { value, standardError: Math.sqrt(variance) };
}

/**
 * Wilson's interval of a value from 0 to 1 that is no plain share: with as many trials as give a
 * share its standard error; `n` of them where that is 0.
 */
export function shareInterval({ value, standardError }: Estimate, n: number): Interval {
  const trials = standardError > 0 ? (value * (1 - value)) / standardError ** 2 : n;
  return wilson({ hits: value * trials, n: trials });
}

/** Fisher's interval of a correlation; at ±1, where its error says nothing, that of n rows. */
export function correlationInterval({ value, standardError }: Estimate, n: number): Interval {
  const inner = Math.max(-1 + 1e-12, Math.min(1 - 1e-12, value));
  const spread = 1 - inner * inner;
  if (standardError === 0 || spread < 1e-9) {
    const { low, high } = wilson({ hits: ((value + 1) / 2) * n, n });
    return { low: 2 * low - 1, high: 2 * high - 1 };
  }
  const reach = (Z95 * standardError) / spread;
  return { low: Math.tanh(Math.atanh(inner) - reach), high: Math.tanh(Math.atanh(inner) + reach) };
}
