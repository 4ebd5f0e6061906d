import { homogeneity } from './chi2.js';
import type { CountTest } from './chi2.js';
import { cholesky, solve } from './cholesky.js';
import { chiSquareTail } from './gamma.js';

/** Rows of two sides in the same bins. */
export interface TwoSides {
  one: readonly number[];
  other: readonly number[];
}

/**
 * Whether two sides differ otherwise than they did before: δ' V⁻¹ δ of δ = (p₁ − p₂) − (q₁ − q₂),
 * their shares of the bins now and before, V the sum over both times of (diag(r) − r r') (1/n₁ +
 * 1/n₂), r the shares of both sides together; chi-square with one df less than bins that somebody
 * fills. Without `before` it is Pearson's test of homogeneity. Each side has a row.
 */
export function contrastTest(now: TwoSides, before: TwoSides | null): CountTest {
  if (before === null) return homogeneity(now.one, now.other);
  const times = [now, before];
  const filled = now.one.flatMap((_, bin) =>
    times.some(({ one, other }) => (one[bin] ?? 0) + (other[bin] ?? 0) > 0) ? [bin] : [],
  );
  // the shares add up to 1: what the last bin says, the others have said
  const bins = filled.slice(0, -1);
  const size = bins.length;
  const difference = new Float64Array(size);
  const cells = new Float64Array(size * size);
  for (const [time, { one, other }] of times.entries()) {
    const [n, m] = [sum(one), sum(other)];
    const pooled = bins.map((bin) => ((one[bin] ?? 0) + (other[bin] ?? 0)) / (n + m));
    for (const [i, bin] of bins.entries()) {
      const contrast = (one[bin] ?? 0) / n - (other[bin] ?? 0) / m;
      difference[i] = (difference[i] ?? 0) + (time === 0 ? contrast : -contrast);
      for (const [j, share] of pooled.entries()) {
        const spread = (pooled[i] ?? 0) * ((i === j ? 1 : 0) - share);
        cells[i * size + j] = (cells[i * size + j] ?? 0) + spread * (1 / n + 1 / m);
      }
    }
  }
  const weighted = solve(cholesky({ size, cells }), difference);
  const statistic = difference.reduce((all, d, i) => all + d * (weighted[i] ?? 0), 0);
  return { statistic, df: size, pValue: size > 0 ? chiSquareTail(statistic, size) : 1 };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, n) => all + n, 0);
