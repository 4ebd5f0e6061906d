import type { ScoreCounts } from './auc.js';

/** A value of ranked rows, and how far it can be off where cells hold several scores. */
export interface Ranked {
  value: number;
  standardError: number;
  bound: number;
}

/** The n-th harmonic number; beyond 32 by its series, right to 1e-12. */
function harmonic(n: number): number {
  if (n <= 32) {
    let sum = 0;
    for (let k = 1; k <= n; k++) sum += 1 / k;
    return sum;
  }
  const square = 1 / (n * n);
  const series = (1 / 12 - square * (1 / 120 - square / 252)) * square;
  return Math.log(n) + 0.5772156649015329 + 1 / (2 * n) - series;
}

/**
 * Average precision Σ (recall step) · precision, a cell being one threshold; null without
 * positives. The bound holds whatever the order of the rows in a cell: at worst negatives stand
 * first and each positive by itself, at best all positives stand first on one score. Standard
 * error by the infinitesimal jackknife: what the value changes by with the weight of each row.
 */
export function averagePrecision({ positives, negatives }: ScoreCounts): Ranked | null {
  const cells = positives.length;
  const [hits, above] = [new Float64Array(cells), new Float64Array(cells)];
  let [tp, n, sum, worst, best] = [0, 0, 0, 0, 0];
  for (let k = cells - 1; k >= 0; k--) {
    const [p, q] = [positives[k] ?? 0, negatives[k] ?? 0];
    if (p > 0) {
      best += (p * (tp + p)) / (n + p);
      worst += p - (n + q - tp) * (harmonic(n + q + p) - harmonic(n + q));
    }
    tp += p;
    n += p + q;
    hits[k] = tp;
    above[k] = n;
    if (p > 0) sum += (p * tp) / n;
  }
  if (tp === 0) return null;
  const value = sum / tp;
  let [variance, gain, loss] = [0, 0, 0];
  for (let k = 0; k < cells; k++) {
    const [p, q] = [positives[k] ?? 0, negatives[k] ?? 0];
    if (p + q === 0) continue;
    const [right, all] = [hits[k] ?? 0, above[k] ?? 1];
    gain += (p * (all - right)) / (all * all);
    loss += (p * right) / (all * all);
    variance += p * (right / all - value + gain) ** 2 + q * loss * loss;
  }
  const bound = Math.max(0, best / tp - value, value - worst / tp);
  return { value, standardError: Math.sqrt(variance) / tp, bound };
}

/** What lies in the `share` of the rows that score highest, at least one row. */
export interface Top {
  rows: number;
  /** Positives among them; of a cell that is cut, as many as its rows have on average. */
  hits: number;
  fewest: number;
  most: number;
}

export function topOf({ positives, negatives }: ScoreCounts, share: number): Top {
  const sum = (all: ArrayLike<number>) => Array.from(all).reduce((a, b) => a + b, 0);
  const rows = Math.ceil(share * (sum(positives) + sum(negatives)) - 1e-9);
  const top = { rows, hits: 0, fewest: 0, most: 0 };
  let left = rows;
  for (let k = positives.length - 1; k >= 0 && left > 0; k--) {
    const [p, q] = [positives[k] ?? 0, negatives[k] ?? 0];
    const taken = Math.min(left, p + q);
    if (taken === 0) continue;
    top.hits += (p * taken) / (p + q);
    top.fewest += Math.max(0, taken - q);
    top.most += Math.min(p, taken);
    left -= taken;
  }
  return top;
}

/** The largest distance of the two classes' distribution functions, and the shares below it. */
export interface Separation {
  value: number;
  bound: number;
  positives: { hits: number; n: number };
  negatives: { hits: number; n: number };
}

/** Kolmogorov and Smirnov's distance between the scores of the classes; null without either. */
export function separation({ positives, negatives }: ScoreCounts): Separation | null {
  const sum = (all: ArrayLike<number>) => Array.from(all).reduce((a, b) => a + b, 0);
  const [n, m] = [sum(positives), sum(negatives)];
  if (n === 0 || m === 0) return null;
  let [p, q, high] = [0, 0, 0];
  let best = { value: 0, p: 0, q: 0 };
  for (let k = 0; k < positives.length; k++) {
    const [more, others] = [positives[k] ?? 0, negatives[k] ?? 0];
    if (more + others === 0) continue;
    // Inside a cell one class may come whole before the other.
    const inside = [q + others, q].map((b, at) => Math.abs((at === 0 ? p : p + more) / n - b / m));
    high = Math.max(high, ...inside);
    p += more;
    q += others;
    const value = Math.abs(p / n - q / m);
    if (value > best.value) best = { value, p, q };
  }
  return {
    value: best.value,
    bound: Math.max(0, high - best.value),
    positives: { hits: best.p, n },
    negatives: { hits: best.q, n: m },
  };
}
