import { cellOf, edgeOf, numericCounts } from '../domain/judging/numeric.js';
import { isCoarse } from '../domain/judging/spans.js';
import type { Span } from '../domain/judging/spans.js';
import { FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { ksTail } from '../stats/ks-tail.js';
import type { ColumnPair } from './columns.js';

/** With so many rows that any trifle is beyond chance: a factor may leave so much unexplained. */
const TRIFLE = 1 / 20;

/**
 * The whole distribution is that of the reference times the factor: by the Kolmogorov-Smirnov
 * distance that is left, at the ends of the cells, where both sides are surely known; a twentieth
 * of the distance without a factor is no matter. `chance`: what is left is told from nothing where
 * it is less likely than this. Coarse counts cannot tell: true.
 */
export function isRescaled(
  { axis, current, reference }: ColumnPair,
  { factor, chance }: { factor: number; chance: number },
): boolean {
  if (isCoarse(axis, current) || isCoarse(axis, reference)) return true;
  const [now, before] = [shareBelow(axis, current), shareBelow(axis, reference)];
  const rows = [current, reference].map((counts) => numericCounts(axis, counts).finite);
  let [left, whole] = [0, 0];
  for (let bin = 0; bin <= FINE_BINS; bin++) {
    const value = edgeOf(axis, bin);
    const mine = now(value);
    whole = Math.max(whole, apart(mine, before(value)));
    left = Math.max(left, apart(mine, before(value / factor)));
  }
  const [n = 0, m = 0] = rows;
  return left <= TRIFLE * whole || ksTail(left, [n, m], 'asymptotic') > chance;
}

/** How far apart two shares are at least. */
const apart = (a: Span, b: Span): number => Math.max(0, a.low - b.high, b.low - a.high);

/** The share of the finite values below a value: at least and at most, for a cell is not cut. */
function shareBelow(axis: Axis, counts: Counts): (value: number) => Span {
  const { fine, atoms, finite } = numericCounts(axis, counts);
  const rows = fine.slice();
  axis.atoms.forEach((value, index) => {
    const cell = cellOf(axis, value);
    rows[cell] = (rows[cell] ?? 0) + (atoms[index] ?? 0);
  });
  const before = new Float64Array(rows.length + 1);
  rows.forEach((n, cell) => (before[cell + 1] = (before[cell] ?? 0) + n));
  return (value) => {
    const place = (value - axis.low) * axis.inverseWidth;
    const near = Math.round(place);
    const isEdge = Math.abs(place - near) < 1e-6 && near >= 0 && near <= FINE_BINS;
    const cell = Math.min(FINE_BINS, Math.max(-1, isEdge ? near - 1 : Math.floor(place))) + 1;
    const high = before[cell + 1] ?? finite;
    return { low: (isEdge ? high : (before[cell] ?? 0)) / finite, high: high / finite };
  };
}
