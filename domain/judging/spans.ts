import { edgeOf } from './numeric.js';
import { quantileOf } from './moments.js';
import type { Quantile } from './moments.js';
import { FINE_BINS } from '../profile.js';
import type { Axis, Counts } from '../profile.js';

/** Where a quantile surely lies: a value (both ends equal), a coarse bin, or beyond the axis. */
export interface Span {
  low: number;
  high: number;
}

/**
 * True for counts whose rows lie in the first cell of their coarse bin: their quantiles are known
 * to within a bin only. Slices and stored windows are.
 */
export function isCoarse(axis: Axis, counts: Counts): boolean {
  const { bin } = counts.by;
  if (axis.kind !== 'numeric' || !(bin instanceof Int32Array)) return false;
  const edges = fullEdges(axis);
  let isWide = false;
  for (const key of bin) {
    if (key < 0 || key >= FINE_BINS) continue;
    const place = edges.indexOf(key);
    if (place < 0) return false;
    isWide ||= (edges[place + 1] ?? FINE_BINS) - key > 1;
  }
  return isWide;
}

/** The value below which a share p of the finite values lies; null without any. */
export function spanAt(axis: Axis, counts: Counts, p: number): Span | null {
  const quantile = quantileOf(axis, counts, p);
  if (quantile === null) return null;
  const point = asSpan(quantile);
  if (point.low !== point.high || axis.atoms.includes(point.low)) return point;
  if (!isCoarse(axis, counts)) return point;
  const cell = Math.floor((point.low - axis.low) * axis.inverseWidth);
  const edges = fullEdges(axis);
  const place = edges.findLastIndex((edge) => edge <= cell);
  return {
    low: edgeOf(axis, edges[place] ?? 0),
    high: edgeOf(axis, edges[place + 1] ?? FINE_BINS),
  };
}

function asSpan(quantile: Quantile): Span {
  if (typeof quantile === 'number') return { low: quantile, high: quantile };
  return 'below' in quantile
    ? { low: -Infinity, high: quantile.below }
    : { low: quantile.above, high: Infinity };
}

function fullEdges({ edges }: Axis): number[] {
  const inner = edges.filter((edge) => edge > 0 && edge < FINE_BINS);
  return [0, ...inner, FINE_BINS];
}
