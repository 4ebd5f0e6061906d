import { Z95 } from './normal.js';
import type { Interval } from './intervals.js';

/** Rows of a cell on one side: their number, the sum of their losses and of the squares. */
export interface Losses {
  n: number;
  sum: number;
  /** Absent for losses of 0 and 1, where it is `sum`. */
  squares?: number;
}

/** Rows of one bin, or of one combination of bins, on both sides. */
export interface Cell {
  reference: Losses;
  current: Losses;
}

/** A part of the change of a mean loss, with its standard error and 95 % interval. */
export interface Part extends Interval {
  value: number;
  standardError: number;
}

/** A change of a mean loss, split in two. */
export interface Decomposition {
  /** Mean loss of the current rows less that of the reference: mix + rate. */
  total: number;
  /** What other shares of the cells explain. */
  mix: Part;
  /** What another loss inside the cells explains. */
  rate: Part;
  /** The same two per cell, in the order given; they add up to the two above. */
  cells: { mix: number; rate: number }[];
}

interface Weighed {
  /** Shares of the reference and of the current rows. */
  a: number;
  b: number;
  /** Mean and change of the cell's loss. */
  mean: number;
  change: number;
  /** Variance of the change. */
  variance: number;
}

/**
 * Splits the change of a mean loss over cells, with shares a → b and losses e → e': mix is
 * Σ (b - a) (e + e') / 2, rate is Σ (a + b) / 2 (e' - e). Kitagawa (1955); errors by the delta
 * method with multinomial shares and independent rows. A cell that is empty on one side counts as
 * mix. Null when a side has no rows.
 */
export function mixAndRate(cells: readonly Cell[]): Decomposition | null {
  const n = cells.reduce((sum, { reference }) => sum + reference.n, 0);
  const m = cells.reduce((sum, { current }) => sum + current.n, 0);
  if (n === 0 || m === 0) return null;
  const weighed = cells.map((cell) => weigh(cell, n, m));
  const parts = weighed.map(({ a, b, mean, change }) => ({
    mix: (b - a) * mean,
    rate: ((a + b) / 2) * change,
  }));
  const variance = { mix: 0, rate: 0 };
  for (const { a, b, variance: own } of weighed) {
    // (e + e') / 2 has a quarter of the variance of e' - e
    variance.mix += (b - a) ** 2 * (own / 4);
    variance.rate += ((a + b) / 2) ** 2 * own;
  }
  variance.mix += ofShares(weighed, ({ mean }) => mean, [n, m]);
  variance.rate += ofShares(weighed, ({ change }) => change / 2, [n, m]);
  const mix = parts.reduce((sum, part) => sum + part.mix, 0);
  const rate = parts.reduce((sum, part) => sum + part.rate, 0);
  return {
    total: mix + rate,
    mix: withError(mix, variance.mix),
    rate: withError(rate, variance.rate),
    cells: parts,
  };
}

function weigh({ reference, current }: Cell, n: number, m: number): Weighed {
  const before = meanOf(reference);
  const now = meanOf(current);
  const [e, f] = [before?.mean ?? now?.mean ?? 0, now?.mean ?? before?.mean ?? 0];
  return {
    a: reference.n / n,
    b: current.n / m,
    mean: (e + f) / 2,
    change: f - e,
    variance: (before?.variance ?? 0) + (now?.variance ?? 0),
  };
}

/** Mean loss and its variance; null without rows. */
function meanOf({ n, sum, squares = sum }: Losses): { mean: number; variance: number } | null {
  if (n === 0) return null;
  const mean = sum / n;
  return { mean, variance: Math.max(0, squares / n - mean * mean) / n };
}

/** Variance of Σ share · value that comes from the two multinomial lists of shares. */
function ofShares(
  cells: readonly Weighed[],
  value: (cell: Weighed) => number,
  [n, m]: readonly [number, number],
): number {
  const spread = (share: (cell: Weighed) => number): number => {
    const mean = cells.reduce((sum, cell) => sum + share(cell) * value(cell), 0);
    return cells.reduce((sum, cell) => sum + share(cell) * (value(cell) - mean) ** 2, 0);
  };
  return spread(({ a }) => a) / n + spread(({ b }) => b) / m;
}

function withError(value: number, variance: number): Part {
  const standardError = Math.sqrt(variance);
  const reach = Z95 * standardError;
  return { value, standardError, low: value - reach, high: value + reach };
}
