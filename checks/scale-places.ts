import { edgeOf, numericCounts } from '../domain/judging/numeric.js';
import { spanAt } from '../domain/judging/spans.js';
import type { Span } from '../domain/judging/spans.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';

/** The middle 80 %, at nine places. */
const PLACES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Standard errors that a quantile may be off to one side: 1 in 160 is off by more. */
export const REACH = 2.5;

/** One quantile of both sides: where it is, and where chance may have it. */
export interface Place {
  p: number;
  before: Span;
  now: Span;
  wideBefore: Span;
  wideNow: Span;
}

/** The deciles of both sides; without those that are near 0 or that nobody knows. */
export function placesOf({ axis, current, reference }: ColumnPair): Place[] {
  return PLACES.flatMap((p) => {
    const [before, now] = [spanAt(axis, reference, p), spanAt(axis, current, p)];
    if (before === null || now === null) return [];
    const wideBefore = around(axis, reference, p);
    if (!tellsOfFactors(axis, wideBefore)) return [];
    return [{ p, before, now, wideBefore, wideNow: around(axis, current, p) }];
  });
}

/** A value near 0 tells nothing of a factor, nor does one that nobody knows. */
function tellsOfFactors(axis: Axis, { low, high }: Span): boolean {
  const isKnown = Number.isFinite(low) && Number.isFinite(high);
  return isKnown && isAwayFromZero(axis, Math.max(low, -high));
}

/** A distance from 0 that is more than a few cells. */
export const isAwayFromZero = ({ inverseWidth }: Axis, distance: number): boolean =>
  distance > 4 / inverseWidth;

function around(axis: Axis, counts: Counts, p: number): Span {
  const n = numericCounts(axis, counts).finite;
  const reach = REACH * Math.sqrt((p * (1 - p)) / n);
  const low = spanAt(axis, counts, Math.max(0, p - reach))?.low ?? -Infinity;
  const high = spanAt(axis, counts, Math.min(1, p + reach))?.high ?? Infinity;
  return inWholeCells(axis, { low, high });
}

/** A span with the rest of its outer cells: where in a cell a value is nobody knows. */
export function inWholeCells(axis: Axis, { low, high }: Span): Span {
  const cell = (value: number): number => (value - axis.low) * axis.inverseWidth;
  return {
    low: Number.isFinite(low) ? edgeOf(axis, Math.floor(cell(low))) : low,
    high: Number.isFinite(high) ? edgeOf(axis, Math.ceil(cell(high))) : high,
  };
}

/** Cells are no wider than this share of a value that is known. */
const SHARP = 0.2;

/** A quantile whose value is known on both sides, and how far it may be off. */
export function isPoint({ inverseWidth }: Axis, { before, now, wideNow }: Place): boolean {
  const isKnown = Number.isFinite(wideNow.low) && Number.isFinite(wideNow.high);
  const isSharp = 1 / inverseWidth <= SHARP * Math.abs(now.low);
  return isKnown && isSharp && before.low === before.high && now.low === now.high;
}

/** Where the quantile may be now meets the factor times where it may have been. */
export function allows({ wideBefore, wideNow }: Place, factor: number): boolean {
  const slack = 0.02 * factor * Math.max(Math.abs(wideBefore.low), Math.abs(wideBefore.high));
  return (
    factor * wideBefore.low - slack <= wideNow.high &&
    factor * wideBefore.high + slack >= wideNow.low
  );
}
