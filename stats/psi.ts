import { noncentralChiSquareTail } from './gamma.js';

/**
 * How counts become shares. `add`: (count + value) / (n + value K), K bins. `zero`: an empty
 * bin counts as this share, and nothing is renormalised.
 */
export type Smoothing = { kind: 'add'; value: number } | { kind: 'zero'; share: number };

export const HALF: Smoothing = { kind: 'add', value: 0.5 };
/** No smoothing: the shares as they are. */
export const PLAIN: Smoothing = { kind: 'add', value: 0 };

/** Shares of the bins under a smoothing; without rows NaN where nothing is added. */
export function shares(counts: readonly number[], smoothing: Smoothing): number[] {
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (smoothing.kind === 'zero') {
    return counts.map((count) => (count > 0 ? count / n : smoothing.share));
  }
  const total = n + smoothing.value * counts.length;
  return counts.map((count) => (count + smoothing.value) / total);
}

/**
 * Σ (p - q) ln(p / q) of two lists of shares, natural logarithm; Kullback's symmetric J. `epsilon`
 * is added inside the logarithm only, as some tools guard against empty bins.
 */
export function psiOfShares(p: readonly number[], q: readonly number[], epsilon = 0): number {
  return p.reduce((sum, share, bin) => {
    const other = q[bin] ?? NaN;
    return sum + (share - other) * Math.log((share + epsilon) / (other + epsilon));
  }, 0);
}

/** One bin's part of PSI. */
export function psiTerm(p: number, q: number): number {
  return p === q ? 0 : (p - q) * Math.log(p / q);
}

/** PSI of counts; symmetric in its two sides, >= 0. */
export function psi(
  current: readonly number[],
  reference: readonly number[],
  smoothing: Smoothing = HALF,
): number {
  return psiOfShares(shares(current, smoothing), shares(reference, smoothing));
}

export interface PsiEstimate {
  /** As computed, with 0.5 added to each bin. */
  raw: number;
  /** max(0, raw - df s): what chance alone adds is taken off. */
  adjusted: number;
  /** 95 % interval of the true PSI: the non-centralities that T does not reject, times s. */
  low: number;
  high: number;
  /** P(T or more | true PSI <= tolerance). */
  pValue: number;
  /** Bins that the reference fills, less one. */
  df: number;
}

/**
 * PSI with its error: T = PSI / s, s = 1/n + 1/m, is about non-central chi-square with df = bins of
 * the reference - 1 and non-centrality (true PSI) / s. `tolerance` is the PSI that counts as none.
 */
export function estimatePsi(
  current: readonly number[],
  reference: readonly number[],
  tolerance: number,
): PsiEstimate {
  const n = current.reduce((sum, count) => sum + count, 0);
  const m = reference.reduce((sum, count) => sum + count, 0);
  const scale = 1 / n + 1 / m;
  const df = Math.max(1, reference.filter((count) => count > 0).length - 1);
  const raw = psi(current, reference);
  const t = raw / scale;
  return {
    raw,
    adjusted: Math.max(0, raw - df * scale),
    low: noncentralityAt(t, df, 0.025) * scale,
    high: noncentralityAt(t, df, 0.975) * scale,
    pValue: noncentralChiSquareTail(t, df, tolerance / scale),
    df,
  };
}

/** The non-centrality at which P(X > t) = level; 0 when even none gives more than that. */
function noncentralityAt(t: number, df: number, level: number): number {
  const z = level < 0.5 ? -1.959963984540054 : 1.959963984540054;
  const excess = t - df;
  // (λ - excess)² = z² (2 df + 4 λ): the normal approximation, right to 1e-3 for large t
  const root = Math.sqrt(Math.max(0, z * z * (4 * excess + 4 * z * z + 2 * df)));
  const guess = excess + 2 * z * z + Math.sign(z) * root;
  if (t > 400) return Math.max(0, guess);
  if (noncentralChiSquareTail(t, df, 0) >= level) return 0;
  let low = 0;
  let high = Math.max(1, guess * 2);
  while (noncentralChiSquareTail(t, df, high) < level) high *= 2;
  for (let step = 0; step < 60 && high - low > 1e-9 * high; step++) {
    const middle = (low + high) / 2;
    if (noncentralChiSquareTail(t, df, middle) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
