import { logGamma } from './gamma.js';

/** A two-by-two table, rows first: [[a, b], [c, d]], whole numbers. */
export interface Table {
  a: number;
  b: number;
  c: number;
  d: number;
}

const logFactorial = (n: number): number => logGamma(n + 1);
const logChoose = (n: number, k: number): number =>
  logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * Fisher's exact test. `two-sided`: the probability of all tables with these margins that are at
 * most as likely as this one (tolerance 1e-7 as R and scipy have it); `greater`: of an `a` as large
 * or larger. 1 where a margin is empty.
 */
export function fisherExact(
  { a, b, c, d }: Table,
  alternative: 'two-sided' | 'greater' = 'two-sided',
): number {
  const row = a + b;
  const column = a + c;
  const rest = d - a;
  const least = Math.max(0, -rest);
  const most = Math.min(row, column);
  if (least === most) return 1;
  const greater = alternative === 'greater';
  // weights relative to the table itself, stepped by exact ratios of neighbours
  let kept = 1;
  let all = 1;
  let weight = 1;
  for (let k = a; k < most; k++) {
    weight *= ((row - k) * (column - k)) / ((k + 1) * (rest + k + 1));
    all += weight;
    if (greater || weight <= 1 + 1e-7) kept += weight;
  }
  weight = 1;
  for (let k = a; k > least; k--) {
    weight *= (k * (rest + k)) / ((row - k + 1) * (column - k + 1));
    all += weight;
    if (!greater && weight <= 1 + 1e-7) kept += weight;
  }
  if (Number.isFinite(all)) return Math.min(1, kept / all);
  return Math.min(1, kept * Math.exp(logTable({ a, b, c, d })));
}

function logTable({ a, b, c, d }: Table): number {
  const n = a + b + c + d;
  return logChoose(a + b, a) + logChoose(c + d, c) - logChoose(n, a + c);
}
