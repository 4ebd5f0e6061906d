import { logGamma, stirlingError } from './gamma.js';

/** ln[Γ(a + b) / (Γ(a) Γ(b))] without cancellation for large a or b. */
function logInverseBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < 10) return logGamma(a + b) - logGamma(a) - logGamma(b);
  const sum = small + large;
  const errors = stirlingError(sum) - stirlingError(large);
  const growth = (sum - 0.5) * Math.log1p(small / large) + small * Math.log(large) - small;
  return growth + errors - logGamma(small);
}

function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

/**
 * I_x(a, b), the regularised incomplete beta function, a, b > 0. `y` is 1 - x, given apart so that
 * an x near 1 loses nothing. Numerical Recipes 6.4.
 */
function incompleteBeta(point: { a: number; b: number; x: number; y: number }): number {
  const { a, b, x, y } = point;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const log = a * logOf(x, y) + b * logOf(y, x) + logInverseBeta(a, b);
  if (x < (a + 1) / (a + b + 2)) return Math.exp(log) * (fraction(a, b, x) / a);
  return 1 - Math.exp(log) * (fraction(b, a, y) / b);
}

/** ln x, by way of 1 - x where x is near 1. */
function logOf(x: number, y: number): number {
  return y < 0.5 ? Math.log1p(-y) : Math.log(x);
}

/** P(T > t) of Student's distribution, df > 0; NaN where either is. */
export function studentTail(t: number, df: number): number {
  const square = t * t;
  if (Number.isNaN(square + df)) return NaN;
  if (square === Infinity) return t > 0 ? 0 : 1;
  const total = df + square;
  const half = 0.5 * incompleteBeta({ a: df / 2, b: 0.5, x: df / total, y: square / total });
  return t >= 0 ? half : 1 - half;
}

/** The t that is exceeded with probability p, 0 < p <= 1/2, of Student's distribution. */
export function studentQuantile(p: number, df: number): number {
  if (Number.isNaN(p + df)) return NaN;
  let [low, high] = [0, 1];
  while (studentTail(high, df) > p) high *= 2;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentTail(middle, df) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X >= k) of k successes or more among n trials with success rate p, 0 <= p <= 1. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return incompleteBeta({ a: k, b: n - k + 1, x: p, y: 1 - p });
}
