import { chiSquareTail } from './gamma.js';

/** Σ (observed - expected)² / expected and its p-value; +Infinity where nothing was expected. */
export function goodnessOfFit(
  observed: readonly number[],
  expected: readonly number[],
): { statistic: number; df: number; pValue: number } {
  let statistic = 0;
  observed.forEach((count, bin) => {
    const wanted = expected[bin] ?? 0;
    if (count !== wanted) statistic += (count - wanted) ** 2 / wanted;
  });
  const df = observed.length - 1;
  return { statistic, df, pValue: df > 0 ? chiSquareTail(statistic, df) : 1 };
}

/** Pearson's test that two rows of counts come from one distribution; df = columns - 1. */
export function homogeneity(
  current: readonly number[],
  reference: readonly number[],
): { statistic: number; df: number; pValue: number } {
  const n = current.reduce((sum, count) => sum + count, 0);
  const m = reference.reduce((sum, count) => sum + count, 0);
  let statistic = 0;
  let columns = 0;
  current.forEach((count, bin) => {
    const other = reference[bin] ?? 0;
    const both = count + other;
    if (both === 0) return;
    columns += 1;
    const wanted = (both * n) / (n + m);
    const wantedOther = (both * m) / (n + m);
    statistic += (count - wanted) ** 2 / wanted + (other - wantedOther) ** 2 / wantedOther;
  });
  const df = columns - 1;
  return { statistic, df, pValue: df > 0 ? chiSquareTail(statistic, df) : 1 };
}
