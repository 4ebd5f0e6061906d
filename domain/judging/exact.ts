import { distancesOf } from '../../stats/parted-distances.js';
import { atRank, cellSpan, isHalfOnOne, partedBy, roomFor } from '../../stats/parted.js';
import type { Cells, Parted, Room } from '../../stats/parted.js';
import { quantiles } from '../../stats/tally.js';
import type { Counts, ExactFigures } from '../profile.js';

export { cellSpan, roomFor };
export type { Room };

/** Shares of the rows at which quantiles are interpolated between rows. */
const FAN = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** The finite values of a column, one for each row, in order cell by cell. */
export type SortedValues = Parted;

/** Any order is right: cells only say how much has to be sorted. */
const ANY: Cells = { low: 0, inverseWidth: 1, count: 1 };

/**
 * The finite values by cells; NaN and the infinities are left out. Both sides take the same cells,
 * and `room` of their own, which the next column may have when the figures of this one are told.
 */
export function sortValues(
  values: Float64Array,
  cells: Cells = ANY,
  room: Room = roomFor(values.length),
): SortedValues {
  return partedBy(values, cells, room);
}

/** True when one value holds half of the rows, or more. */
export function isHeavy(sorted: SortedValues): boolean {
  return isHalfOnOne(sorted);
}

/** Figures of one side, value by value; NaN where there are no values. */
export function figuresOf(sorted: SortedValues): ExactFigures {
  const { values } = sorted;
  const n = values.length;
  // From a value in their middle: a sum of large numbers would lose the digits that differ.
  const from = atRank(sorted, n >> 1);
  let [sum, squares] = [0, 0];
  for (let row = 0; row < n; row++) {
    const off = (values[row] ?? 0) - from;
    sum += off;
    squares += off * off;
  }
  const above = n > 0 ? sum / n : NaN;
  const percentiles = new Float64Array(101);
  for (let p = 0; p <= 100; p++) {
    // As a tally has it: the first value at or below which so many rows lie.
    percentiles[p] = atRank(sorted, Math.max(0, Math.ceil((p / 100) * n) - 1));
  }
  const between = FAN.map((share) => {
    const place = share * (n - 1);
    const below = Math.floor(place);
    const rows = [below, below + 1].filter((rank) => rank < n).map((rank) => atRank(sorted, rank));
    const counts = new Float64Array(rows.length).fill(1);
    return quantiles({ values: rows, counts }, [place - below])[0] ?? NaN;
  });
  // The mean is within a standard deviation of the median: half of the squares go at most.
  const rest = Number.isFinite(squares) ? Math.max(0, squares - sum * above) : squares;
  const variance = n > 1 ? rest / (n - 1) : NaN;
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
