import { distancesOf, halfOnOne, sortedFinite } from '../../stats/sorted.js';
import { quantiles } from '../../stats/tally.js';
import type { Counts, ExactFigures } from '../profile.js';

/** Shares of the rows at which quantiles are interpolated between rows. */
const FAN = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** The finite values of a column, ascending, one for each row. */
export type SortedValues = Float64Array;

/** Sorts the finite values; NaN and the infinities are left out. */
export function sortValues(values: Float64Array): SortedValues {
  return sortedFinite(values);
}

/** True when one value holds half of the rows, or more. */
export function isHeavy(sorted: SortedValues): boolean {
  return halfOnOne(sorted) > 0;
}

/** Figures of one side, value by value; NaN where there are no values. */
export function figuresOf(sorted: SortedValues): ExactFigures {
  const n = sorted.length;
  // From a value in their middle: a sum of large numbers would lose the digits that differ.
  const from = sorted[n >> 1] ?? NaN;
  let sum = 0;
  for (let row = 0; row < n; row++) sum += (sorted[row] ?? 0) - from;
  const above = n > 0 ? sum / n : NaN;
  let squares = 0;
  for (let row = 0; row < n; row++) squares += ((sorted[row] ?? 0) - from - above) ** 2;
  const percentiles = new Float64Array(101);
  for (let p = 0; p <= 100; p++) {
    // As a tally has it: the first value at or below which so many rows lie.
    percentiles[p] = sorted[Math.max(0, Math.ceil((p / 100) * n) - 1)] ?? NaN;
  }
  const between = FAN.map((share) => {
    const place = share * (n - 1);
    const below = Math.floor(place);
    const rows = sorted.subarray(below, Math.min(n, below + 2));
    const counts = new Float64Array(rows.length).fill(1);
    return quantiles({ values: rows, counts }, [place - below])[0] ?? NaN;
  });
  const variance = n > 1 ? squares / (n - 1) : NaN;
  return { n, mean: from + above, parts: { from, above }, variance, percentiles, between };
}

/** The distances of a side from the reference that it is put beside. */
export function besideOf(
  reference: { counts: Counts; sorted: SortedValues },
  current: SortedValues,
): NonNullable<ExactFigures['beside']> {
  return { reference: reference.counts, ...distancesOf(current, reference.sorted) };
}

/** What was computed value by value of two sides; null where they were not put side by side. */
export function exactPair(
  current: Counts,
  reference: Counts,
): NonNullable<ExactFigures['beside']> | null {
  const beside = current.exact?.beside;
  return beside?.reference === reference ? beside : null;
}
