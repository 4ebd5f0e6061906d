import { logOnePlusMinus, stirlingError } from './gamma.js';
import { durbin } from './durbin.js';

/** P(K > x) of Kolmogorov's limiting distribution: two theta series, switched at 1.18. */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1.18) {
    for (let k = 1; k < 8; k++) sum += Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k < 8; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return 2 * sum;
}

/**
 * P(D > x) of the two-sided one-sample statistic of n values, as scipy's `kstwo.sf`: by Durbin's
 * matrix, the doubled one-sided tail or Pelz and Good, after Simard and L'Ecuyer (2011).
 */
export function kolmogorovFiniteTail(x: number, n: number): number {
  if (!(n >= 1)) return NaN;
  const t = n * x;
  const square = t * x;
  if (t <= 0.5) return 1;
  if (x >= 1) return 0;
  if (square >= 370) return 0;
  if (x >= 0.5 || square >= (n <= 140 ? 4 : 2.2)) return Math.min(1, 2 * smirnovTail(x, n));
  if (n <= 140 || (n <= 10_000 && n * x ** 1.5 <= 1.4)) return clip(1 - durbin(n, x));
  return clip(1 - pelzGood(n, x));
}

const clip = (p: number): number => Math.min(1, Math.max(0, p));

/** Above this n the sum is taken with a stride: its terms change slowly, so nothing is lost. */
const TERMS = 2048;

/**
 * P(D+ > x): Smirnov's sum x Σ C(n,v) (x + v/n)^(v-1) (1 - x - v/n)^(n-v), with binomial terms in
 * Loader's saddle-point form.
 */
export function smirnovTail(x: number, n: number): number {
  const last = Math.floor(n * (1 - x));
  let sum = (1 - x) ** n;
  const stride = Math.max(1, Math.floor(n / TERMS));
  for (let v = stride; v <= last; v += stride) {
    if (v === n) continue;
    const deviance = v * logOnePlusMinus((n * x) / v) + rest(n - v, n * x);
    const errors = stirlingError(n) - stirlingError(v) - stirlingError(n - v);
    const density = Math.sqrt(n / (2 * Math.PI * v * (n - v))) * Math.exp(deviance + errors);
    sum += (stride * x * density) / (x + v / n);
  }
  return sum;
}

function rest(left: number, moved: number): number {
  const share = -moved / left;
  return share <= -1 ? -Infinity : left * logOnePlusMinus(share);
}

/** Pelz and Good (1976): P(D <= x) for large n, four terms in 1/√n, small-z form. */
function pelzGood(n: number, x: number): number {
  const z = Math.sqrt(n) * x;
  const z2 = z * z;
  const pi2 = Math.PI ** 2;
  const q = -pi2 / 8 / z2;
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  for (let k = Math.ceil((16 * z) / Math.PI); k > 0; k--) {
    const m = (2 * k - 1) ** 2;
    const weight = Math.exp(q * m);
    sums[0] += weight;
    sums[1] += weight * (-z2 + (pi2 / 4) * m);
    sums[2] += weight * second(z2, pi2 * m);
    sums[3] += weight * third(z2, pi2 * m);
  }
  const root = Math.sqrt(2 * Math.PI);
  let extra2 = 0;
  let extra3 = 0;
  for (let k = Math.ceil((16 * z) / Math.PI); k > 0; k--) {
    const weight = k * k * Math.exp((-pi2 / 2 / z2) * k * k);
    extra2 += weight;
    extra3 += weight * (3 * z2 - pi2 * k * k);
  }
  const k0 = (root * sums[0]) / z;
  const k1 = (root * sums[1]) / (6 * z2 * z2);
  const k2 = (root * sums[2]) / (72 * z ** 7) - (extra2 * pi2 * root) / (36 * z ** 3);
  const k3 = (root * sums[3]) / (6480 * z ** 10) + (extra3 * pi2 * root) / (216 * z ** 6);
  return k0 + k1 / Math.sqrt(n) + k2 / n + k3 / n ** 1.5;
}

/** `m` = π² (2k - 1)². */
function second(z2: number, m: number): number {
  const z4 = z2 * z2;
  return 6 * z4 * z2 + 2 * z4 + ((2 * z4 - 5 * z2) * m) / 4 + ((1 - 2 * z2) * m * m) / 16;
}

function third(z2: number, m: number): number {
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const constant = -30 * z6 - 90 * z4 * z4;
  const linear = ((135 * z4 - 96 * z6) * m) / 4;
  const square = ((212 * z4 - 60 * z2) * m * m) / 16;
  return constant + linear + square + ((5 - 30 * z2) * m ** 3) / 64;
}
