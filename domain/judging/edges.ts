import { FINE_BINS } from '../profile.js';
import type { Axis } from '../profile.js';
import { edgeOf } from './numeric.js';

/**
 * The value at which fine bin `bin` begins, for people: an end of the axis, which lies a hair
 * beyond the reference's own, reads as that one; every other edge is rounded to a hundredth of a
 * fine bin.
 */
export function plainEdge(axis: Axis, bin: number): number {
  const edge = edgeOf(axis, bin);
  const end = endOf(axis, bin);
  const beside = end === null ? Infinity : bin <= 0 ? end - edge : edge - end;
  const half = (0.5 / axis.inverseWidth) * (1 + 1e-9);
  if (end !== null && beside >= 0 && beside <= half) return end;
  const step = 10 ** (Math.floor(-Math.log10(axis.inverseWidth)) - 2);
  const rounded = Number((Math.round(edge / step) * step).toPrecision(12));
  // Never the zero below zero.
  return Number.isFinite(rounded) ? rounded + 0 : edge;
}

function endOf(axis: Axis, bin: number): number | null {
  if (bin <= 0) return axis.min;
  return bin >= FINE_BINS ? axis.max : null;
}
