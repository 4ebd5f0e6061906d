import { studentTail } from './beta.js';
import { homogeneity } from './chi2.js';
import { psi } from './psi.js';

/** How far the parts of a whole are from the rest of it, by PSI; parts without a rest left out. */
export interface Spread {
  /** PSI / (1/n + 1/m) of each part against the others together. */
  t: number[];
  psi: number[];
  /** Rows of each part. */
  sizes: number[];
}

/**
 * Each part against all others, or against the others of its group (parts of one weekday, say)
 * where `groups` names one for each. The parts are rows of counts over the same bins.
 */
export function leaveOneOut(
  parts: readonly (readonly number[])[],
  groups?: readonly (string | number)[],
): Spread {
  const spread: Spread = { t: [], psi: [], sizes: [] };
  const whole = new Map<string | number, number[]>();
  parts.forEach((part, index) => {
    const group = groups?.[index] ?? '';
    whole.set(group, addUp([whole.get(group) ?? [], part]));
  });
  parts.forEach((part, index) => {
    const all = whole.get(groups?.[index] ?? '') ?? [];
    const rest = all.map((count, bin) => count - (part[bin] ?? 0));
    const [n, m] = [total(part), total(rest)];
    if (n === 0 || m === 0) return;
    const value = psi(part, rest);
    spread.psi.push(value);
    spread.t.push(value / (1 / n + 1 / m));
    spread.sizes.push(n);
  });
  return spread;
}

/** Rows of counts over the same bins, summed. */
export function addUp(parts: readonly ArrayLike<number>[]): number[] {
  const sum: number[] = [];
  for (const part of parts) {
    for (let bin = 0; bin < part.length; bin++) sum[bin] = (sum[bin] ?? 0) + (part[bin] ?? 0);
  }
  return sum;
}

/**
 * The place of a new value among K earlier ones of the same kind, roughly normal: z = (value -
 * mean) / (sd √(1 + 1/K)) and P(t of K - 1 degrees > z). NaN with fewer than 2 of them. Without
 * any spread z is 0 or infinite.
 */
export function predictiveTail(
  earlier: readonly number[],
  value: number,
): { z: number; pValue: number } {
  const k = earlier.length;
  if (k < 2) return { z: NaN, pValue: NaN };
  const mean = total(earlier) / k;
  const squares = earlier.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (k - 1));
  const z = value === mean ? 0 : (value - mean) / (sd * Math.sqrt(1 + 1 / k));
  return { z, pValue: studentTail(z, k - 1) };
}

/** How unlike the parts a new one is; each p-value is one-sided. */
export interface PartTest {
  /** The larger of the next two: what may be acted upon. */
  pValue: number;
  /** Among the parts: cube roots, which make a chi-square nearly normal (Wilson and Hilferty). */
  pParts: number;
  /** Pearson's two-sample test against the whole. */
  pChi2: number;
  /** Behind `pParts`. */
  z: number;
  /** On which scale `z` is. */
  scale: 't' | 'psi';
  /** PSI / (1/n + 1/m) against the whole. */
  t: number;
  psi: number;
  /** Parts that were compared with. */
  parts: number;
}

/**
 * Is `current` further from the whole than the parts are from each other? What separates the parts
 * from day to day is thereby taken as no change. `reference` is the whole, or the group that
 * `current` belongs to. A current of less than half or more than twice the parts' mean size is
 * placed on the scale of PSI, too, and the larger p-value stands.
 */
export function partTest(question: {
  current: readonly number[];
  reference: readonly number[];
  spread: Spread;
}): PartTest {
  const { current, reference, spread } = question;
  const [n, m] = [total(current), total(reference)];
  const value = psi(current, reference);
  const t = value / (1 / n + 1 / m);
  const place = (earlier: readonly number[], now: number) =>
    predictiveTail(earlier.map(Math.cbrt), Math.cbrt(now));
  let { z, pValue: pParts } = place(spread.t, t);
  let scale: PartTest['scale'] = 't';
  const ratio = (n * spread.sizes.length) / total(spread.sizes);
  if (ratio < 0.5 || ratio > 2) {
    const other = place(spread.psi, value);
    if (other.pValue > pParts) [z, pParts, scale] = [other.z, other.pValue, 'psi'];
  }
  const pChi2 = homogeneity(current, reference).pValue;
  const pValue = Math.max(pParts, pChi2);
  return { pValue, pParts, pChi2, z, scale, t, psi: value, parts: spread.t.length };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
