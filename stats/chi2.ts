import { chiSquareTail } from './gamma.js';

/** A test of counts; p-value 1 where a single bin leaves no degree of freedom. */
export interface CountTest {
  statistic: number;
  df: number;
  pValue: number;
}

/** Σ (observed - expected)² / expected and its p-value; +Infinity where nothing was expected. */
export function goodnessOfFit(observed: readonly number[], expected: readonly number[]): CountTest {
  return tested(observed, expected, pearson);
}

/**
 * G = 2 Σ observed ln(observed / expected), the likelihood ratio, and its p-value; +Infinity where
 * nothing was expected. The expected counts are taken as they are: their sum should be the
 * observed one, else G is not a chi-square.
 */
export function gGoodnessOfFit(
  observed: readonly number[],
  expected: readonly number[],
): CountTest {
  return tested(observed, expected, likelihood);
}

/**
 * Pearson's test that two rows of counts come from one distribution; df = columns - 1. `yates`
 * takes up to a half off each difference, in tables of two columns only, as scipy does.
 */
export function homogeneity(
  current: readonly number[],
  reference: readonly number[],
  correction: 'none' | 'yates' = 'none',
): CountTest {
  return compared({ current, reference, term: pearson, correction });
}

/** The same question by the likelihood ratio, G. */
export function gHomogeneity(
  current: readonly number[],
  reference: readonly number[],
  correction: 'none' | 'yates' = 'none',
): CountTest {
  return compared({ current, reference, term: likelihood, correction });
}

/**
 * Cramér's V of two rows of counts, 0 (one distribution) to 1 (no value in common). `corrected`
 * takes off what chance adds, after Bergsma (2013), with Yates' correction for two columns unless
 * told otherwise. 0 where either row is empty or one column holds everything.
 */
export function cramersV(
  current: readonly number[],
  reference: readonly number[],
  options: { bias?: 'plain' | 'corrected'; correction?: 'none' | 'yates' } = {},
): number {
  const { bias = 'plain', correction = bias === 'corrected' ? 'yates' : 'none' } = options;
  const columns = filled(current, reference);
  const n = total(current) + total(reference);
  if (columns < 2 || total(current) === 0 || total(reference) === 0) return 0;
  const phi = homogeneity(current, reference, correction).statistic / n;
  if (bias === 'plain') return Math.min(1, Math.sqrt(phi));
  const excess = Math.max(0, phi - (columns - 1) / (n - 1));
  const rows = 1 - 1 / (n - 1);
  const others = columns - 1 - (columns - 1) ** 2 / (n - 1);
  return Math.sqrt(excess / Math.min(rows, others));
}

type Term = (observed: number, expected: number) => number;

const pearson: Term = (observed, expected) =>
  observed === expected ? 0 : (observed - expected) ** 2 / expected;
const likelihood: Term = (observed, expected) =>
  observed === 0 ? 0 : 2 * observed * Math.log(observed / expected);

function tested(observed: readonly number[], expected: readonly number[], term: Term): CountTest {
  let statistic = 0;
  observed.forEach((count, bin) => (statistic += term(count, expected[bin] ?? 0)));
  return judged(statistic, observed.length - 1);
}

function compared(table: {
  current: readonly number[];
  reference: readonly number[];
  term: Term;
  correction: 'none' | 'yates';
}): CountTest {
  const { current, reference, term, correction } = table;
  const n = total(current);
  const m = total(reference);
  const columns = filled(current, reference);
  const most = correction === 'yates' && columns === 2 ? 0.5 : 0;
  let statistic = 0;
  // By index: there may be 100,000 columns, and a pair of each is the most of the time.
  for (let bin = 0; bin < current.length; bin++) {
    const [count, other] = [current[bin] ?? 0, reference[bin] ?? 0];
    if (count + other === 0) continue;
    const wanted = ((count + other) * n) / (n + m);
    const wantedOther = ((count + other) * m) / (n + m);
    // the same difference with the other sign on the other row
    const moved = Math.sign(wanted - count) * Math.min(most, Math.abs(wanted - count));
    statistic += term(count + moved, wanted) + term(other - moved, wantedOther);
  }
  return judged(statistic, columns - 1);
}

function filled(current: readonly number[], reference: readonly number[]): number {
  let columns = 0;
  for (let bin = 0; bin < current.length; bin++) {
    if ((current[bin] ?? 0) + (reference[bin] ?? 0) > 0) columns++;
  }
  return columns;
}

function judged(statistic: number, df: number): CountTest {
  return { statistic, df, pValue: df > 0 ? chiSquareTail(statistic, df) : 1 };
}

function total(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
