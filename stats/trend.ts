import { normalTail } from './normal.js';

/** One value of a series: `time` in any unit, ascending. */
export interface Point {
  time: number;
  value: number;
}

/** How surely a series rises or falls, and how fast. */
export interface Trend {
  /** Σ sign(later - earlier) over all pairs: > 0 rises. */
  s: number;
  /** Of S under "no trend", with ties and, where neighbours are alike, their correlation. */
  variance: number;
  /** Continuity-corrected. */
  z: number;
  /** Two-sided. */
  pValue: number;
  /** Theil-Sen: the median of the slopes of all pairs, in values a unit of time. */
  slope: number;
  /** Variance inflation by Hamed and Rao; 1: none was needed. */
  inflation: number;
}

/** Neighbours that are more alike than this make the variance larger. */
const LEAST_CORRELATION = 0.2;

/**
 * Mann-Kendall's test of a monotonic trend (1945) with Theil-Sen's slope; ties by Kendall's
 * correction, autocorrelation by Hamed and Rao (1998) where the ranks of the detrended series are
 * correlated at lag 1 by more than 0.2. null for fewer than 4 points.
 */
export function trendOf(series: readonly Point[]): Trend | null {
  const n = series.length;
  if (n < 4) return null;
  const values = series.map(({ value }) => value);
  let s = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) s += Math.sign((values[j] ?? 0) - (values[i] ?? 0));
  }
  const slope = theilSen(series);
  const inflation = inflationOf(series.map(({ time, value }) => value - slope * time));
  const variance = (inflation * (n * (n - 1) * (2 * n + 5) - tied(values))) / 18;
  const z = variance === 0 || s === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  return { s, variance, z, pValue: Math.min(1, 2 * normalTail(Math.abs(z))), slope, inflation };
}

/** The median slope of all pairs of points at different times; 0 where there is none. */
export function theilSen(series: readonly Point[]): number {
  const slopes: number[] = [];
  series.forEach((one, index) => {
    for (const other of series.slice(index + 1)) {
      const time = other.time - one.time;
      if (time !== 0) slopes.push((other.value - one.value) / time);
    }
  });
  return medianOf(slopes) ?? 0;
}

/** null without values. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const [upper, lower] = [sorted[middle], sorted[middle - 1]];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/** Σ t (t - 1) (2 t + 5) over the groups of t equal values. */
function tied(values: readonly number[]): number {
  const groups = new Map<number, number>();
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1);
  let sum = 0;
  for (const t of groups.values()) sum += t * (t - 1) * (2 * t + 5);
  return sum;
}

/** n / n* of Hamed and Rao, over the lags whose correlation is significant at 5 %. */
function inflationOf(values: readonly number[]): number {
  const n = values.length;
  const ranks = ranksOf(values);
  const mean = (n + 1) / 2;
  const at = (index: number): number => (ranks[index] ?? mean) - mean;
  const product = (lag: number): number => {
    let sum = 0;
    for (let i = 0; i + lag < n; i++) sum += at(i) * at(i + lag);
    return sum;
  };
  const own = product(0);
  if (own === 0 || product(1) / own <= LEAST_CORRELATION) return 1;
  let sum = 0;
  for (let lag = 1; lag < n - 1; lag++) {
    const correlation = product(lag) / own;
    if (Math.abs(correlation) < 1.96 / Math.sqrt(n)) continue;
    sum += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
  }
  return Math.max(1, 1 + (2 / (n * (n - 1) * (n - 2))) * sum);
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index }));
  order.sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && order[to]?.value === order[from]?.value) to++;
    for (const { index } of order.slice(from, to)) ranks[index] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}
