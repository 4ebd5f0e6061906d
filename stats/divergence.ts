import { logOnePlusMinus } from './gamma.js';

/*
 * Distances between two lists of shares over the same bins, each adding up to 1. Rows become
 * shares by `shares`, with the smoothing as an argument; a NaN share makes the distance NaN.
 */

/** The logarithm's base turns a value in nats into bits (2) or bans (10); e by default. */
export interface Logarithm {
  base?: number;
}

/** Half of Σ |p - q|, 0 to 1: the largest difference in the probability of any set of bins. */
export function totalVariation(p: readonly number[], q: readonly number[]): number {
  return summed(p, q, (a, b) => Math.abs(a - b)) / 2;
}

/** max |p - q| over the bins, 0 to 1; 0 without bins. */
export function lInfinity(p: readonly number[], q: readonly number[]): number {
  return p.reduce((most, share, bin) => Math.max(most, Math.abs(share - (q[bin] ?? NaN))), 0);
}

/**
 * Hellinger's distance √(½ Σ (√p - √q)²), 0 to 1: equal to √(1 - Σ √(p q)), without its
 * cancellation when p is near q.
 */
export function hellinger(p: readonly number[], q: readonly number[]): number {
  const sum = summed(p, q, (a, b) => (Math.sqrt(a) - Math.sqrt(b)) ** 2);
  return Math.min(1, Math.sqrt(sum / 2));
}

/**
 * Kullback and Leibler's divergence Σ p ln(p / q) of p from q, >= 0; Infinity where p fills a bin
 * that q leaves empty.
 */
export function kullbackLeibler(
  p: readonly number[],
  q: readonly number[],
  { base }: Logarithm = {},
): number {
  const sum = summed(p, q, (a, b) => (a === 0 ? 0 : a * Math.log(a / b)));
  return Math.max(0, sum) / unit(base);
}

/**
 * Jensen and Shannon's divergence ½ KL(p | m) + ½ KL(q | m), m = (p + q) / 2: 0 to ln 2 (0 to 1 in
 * base 2). Each bin adds a term that is never negative, so near 0 it keeps all its digits.
 */
export function jensenShannonDivergence(
  p: readonly number[],
  q: readonly number[],
  { base }: Logarithm = {},
): number {
  const sum = summed(p, q, (a, b) => {
    const whole = a + b;
    if (whole === 0) return 0;
    // with d = (a - b) / (a + b): (1 + d) ln(1 + d) + (1 - d) ln(1 - d), its linear terms gone
    const d = (a - b) / whole;
    return (whole / 4) * (half(d) + half(-d) + 2 * d * d);
  });
  return sum / unit(base);
}

/** Its square root, a distance: what scipy's `jensenshannon` gives. */
export function jensenShannon(
  p: readonly number[],
  q: readonly number[],
  logarithm: Logarithm = {},
): number {
  return Math.sqrt(jensenShannonDivergence(p, q, logarithm));
}

function half(d: number): number {
  return d <= -1 ? 0 : (1 + d) * logOnePlusMinus(d);
}

function unit(base: number | undefined): number {
  return base === undefined ? 1 : Math.log(base);
}

/** By index: there may be 100,000 bins, and a pair of each would be the most of the time. */
function summed(
  p: readonly number[],
  q: readonly number[],
  term: (a: number, b: number) => number,
): number {
  let sum = 0;
  for (let bin = 0; bin < p.length; bin++) sum += term(p[bin] ?? NaN, q[bin] ?? NaN);
  return sum;
}
