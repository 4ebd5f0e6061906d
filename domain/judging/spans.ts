import { plainEdge } from './edges.js';
import { decimalsOf, edgeOf } from './numeric.js';
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
  if (typeof quantile !== 'number' || isPoint(axis, counts, quantile)) return asSpan(quantile);
  const { from, to } = binOf(axis, quantile);
  return { low: edgeOf(axis, from), high: edgeOf(axis, to) };
}

/** As `quantileOf`, without a value that coarse counts do not tell: the bin that it lies in. */
export function quantileKnown(axis: Axis, counts: Counts, p: number): Quantile | null {
  const quantile = quantileOf(axis, counts, p);
  if (typeof quantile !== 'number' || isPoint(axis, counts, quantile)) return quantile;
  const { from, to } = binOf(axis, quantile);
  const half = decimalsOf(axis) === null ? 0 : 0.5;
  const [first, last] = [plainEdge(axis, from + half), plainEdge(axis, to - half)];
  return half > 0 && last <= first ? first : { from: first, to: last };
}

const isPoint = (axis: Axis, counts: Counts, value: number): boolean =>
  axis.atoms.includes(value) || !isCoarse(axis, counts);

/** The fine cells of the coarse bin of a value: from its first one to before the next bin's. */
function binOf(axis: Axis, value: number): { from: number; to: number } {
  const cell = Math.floor((value - axis.low) * axis.inverseWidth);
  const edges = fullEdges(axis);
  const place = edges.findLastIndex((edge) => edge <= cell);
  return { from: edges[place] ?? 0, to: edges[place + 1] ?? FINE_BINS };
}

function asSpan(quantile: Quantile): Span {
  if (typeof quantile === 'number') return { low: quantile, high: quantile };
  if ('from' in quantile) return { low: quantile.from, high: quantile.to };
  return 'below' in quantile
    ? { low: -Infinity, high: quantile.below }
    : { low: quantile.above, high: Infinity };
}

function fullEdges({ edges }: Axis): number[] {
  const inner = edges.filter((edge) => edge > 0 && edge < FINE_BINS);
  return [0, ...inner, FINE_BINS];
}
