import { kolmogorovFiniteTail } from './kolmogorov.js';

/** Above this many rows on a side the exact tail costs more than it tells, as scipy has it. */
const EXACT_ROWS = 10_000;

/**
 * P(D >= statistic) of the two-sided two-sample Kolmogorov-Smirnov statistic of n and m values.
 * `exact` counts lattice paths, n m steps; `asymptotic` is the one-sample tail of n m / (n + m)
 * values. Without a choice, exact up to 10,000 rows a side, as scipy's `ks_2samp`. Ties make either
 * one conservative. NaN without rows.
 */
export function ksTail(
  statistic: number,
  [n, m]: readonly [number, number],
  method: 'exact' | 'asymptotic' = Math.max(n, m) <= EXACT_ROWS ? 'exact' : 'asymptotic',
): number {
  if (n < 1 || m < 1 || Number.isNaN(statistic)) return NaN;
  if (method === 'asymptotic') {
    return kolmogorovFiniteTail(statistic, halfToEven((n * m) / (n + m)));
  }
  const [long, short] = n >= m ? [n, m] : [m, n];
  const shared = greatestDivisor(long, short);
  // the statistic is a whole number of steps of 1 / lcm(n, m)
  const steps = Math.round((statistic * long * short) / shared);
  if (steps === 0) return 1;
  if (long === short) return Math.min(1, outsideSquare(long, steps));
  return outside({ long, short, shared, steps });
}

/** Rounded as numpy does it. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below === 0.5) return below % 2 === 0 ? below : below + 1;
  return Math.round(value);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** n = m: 2 Σ (-1)^(k-1) C(2n, n - k steps) / C(2n, n), nested. Gnedenko and Korolyuk (1951). */
function outsideSquare(n: number, steps: number): number {
  let inner = 0;
  for (let k = Math.floor(n / steps) - 1; k >= 0; k--) {
    let ratio = 1;
    for (let j = 0; j < steps; j++) {
      ratio *= (n - k * steps - j) / (n + k * steps + j + 1);
    }
    inner = ratio * (1 - inner);
  }
  return 2 * inner;
}

/**
 * The share of lattice paths from (0, 0) to (long, short) that reach |x / long - y / short| >=
 * steps / lcm. P(x, y) = [x P(x - 1, y) + y P(x, y - 1)] / (x + y), 1 outside: sums of positive
 * terms only, so that small tails keep their digits. Hodges (1958).
 */
function outside(paths: { long: number; short: number; shared: number; steps: number }): number {
  const { long, short, shared, steps } = paths;
  const up = long / shared;
  const right = short / shared;
  const column = new Float64Array(short + 1).fill(1);
  let last = Math.min(short, Math.ceil(steps / up) - 1);
  column.fill(0, 0, last + 1);
  for (let x = 1; x <= long; x++) {
    const first = Math.max(0, Math.floor((right * x - steps) / up) + 1);
    last = Math.min(short, Math.ceil((right * x + steps) / up) - 1);
    if (last < first) return 1;
    let below = first === 0 ? 0 : 1;
    for (let y = first; y <= last; y++) {
      below = ((column[y] ?? 1) * x + below * y) / (x + y);
      column[y] = below;
    }
  }
  return column[short] ?? 1;
}
