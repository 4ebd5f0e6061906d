import { momentsOf, quantileInWords, quantileOf } from '../domain/judging/moments.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { isCoarse, spanAt } from '../domain/judging/spans.js';
import type { Span } from '../domain/judging/spans.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';

/** A common factor between the values of both sides. */
export interface Scale {
  factor: number;
  /** What the factor lies between, as `miles and kilometres`; null: no well-known units. */
  unit: string | null;
  /** In words; '' where only the coarse bin is known. */
  medians: { before: string; now: string };
  /** Share of the reference that lies as far out as half of the window does. */
  beyond: number;
}

const KNOWN: readonly (readonly [number, string | null])[] = [
  [10, null],
  [100, null],
  [1000, null],
  [2.54, 'inches and centimetres'],
  [1.609344, 'miles and kilometres'],
  [2.20462262, 'pounds and kilograms'],
];
/** As a share, a factor this near to a known one is that one. */
const NEAR = 0.02;
/** However little is known of a mean: the known factors lie further apart. */
const FURTHEST = 0.07;

/** The middle 80 %, at nine places. */
const PLACES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Quantiles at fewer places do not show that the factor is common. */
const FEWEST = 5;
/** Standard errors that a quantile may be off. */
const REACH = 3;

/** One quantile of both sides: where it is, and where chance may have it. */
interface Place {
  before: Span;
  now: Span;
  wideBefore: Span;
  wideNow: Span;
}

/**
 * The factor by which the middle 80 % of the values moved, the same at every decile as far as
 * chance tells; null where there is none, or where one step added to all values tells the same and
 * the factor is not one between known units.
 */
export function commonFactor({ axis, current, reference }: ColumnPair): Scale | null {
  const [now, before] = [momentsOf(axis, current), momentsOf(axis, reference)];
  if (now === null || before === null || now.n < 10 || before.n < 10) return null;
  if (isClearlyNone(axis, current, reference)) return null;
  const places = PLACES.flatMap((p) => placeAt(axis, { current, reference }, p) ?? []);
  const points = places.filter((place) => isPoint(place.now) && isPoint(place.before));
  const hasEnough = points.length >= FEWEST;
  const ratios = points.map((place) => place.now.low / place.before.low);
  const estimate = hasEnough ? middleOf(ratios) : now.mean / before.mean;
  if (!(estimate > 0) || !Number.isFinite(estimate) || places.length === 0) return null;
  // a mean is off by chance; quantiles are judged by themselves
  const error = (before.sd / Math.abs(before.mean)) * Math.sqrt(1 / now.n + 1 / before.n);
  const reach = hasEnough ? NEAR : Math.min(FURTHEST, NEAR + REACH * error);
  const { factor, unit, isKnown } = nearest(estimate, reach);
  if (!places.every((place) => allows(place, factor))) return null;
  if (!isKnown && (!hasEnough || isOneStep(points))) return null;
  return { factor, unit, ...farOut({ axis, current, reference }, factor) };
}

const isPoint = ({ low, high }: Span): boolean => low === high;

/** The outer deciles are where they were: no need to look at all of them. */
function isClearlyNone(axis: Axis, current: Counts, reference: Counts): boolean {
  return [0.1, 0.9].some((p) => {
    const [now, before] = [spanAt(axis, current, p), spanAt(axis, reference, p)];
    if (now === null || before === null || !isPoint(now) || !isPoint(before)) return false;
    return now.low / before.low > 1 / 1.1 && now.low / before.low < 1.1;
  });
}

function placeAt(
  axis: Axis,
  { current, reference }: { current: Counts; reference: Counts },
  p: number,
): Place | null {
  const cell = 1 / axis.inverseWidth;
  const around = (counts: Counts): Span => {
    const n = numericCounts(axis, counts).finite;
    const reach = REACH * Math.sqrt((p * (1 - p)) / n);
    const low = spanAt(axis, counts, Math.max(0, p - reach))?.low ?? -Infinity;
    const high = spanAt(axis, counts, Math.min(1, p + reach))?.high ?? Infinity;
    return { low: low - cell, high: high + cell };
  };
  const [before, now] = [spanAt(axis, reference, p), spanAt(axis, current, p)];
  if (before === null || now === null) return null;
  const [wideBefore, wideNow] = [around(reference), around(current)];
  // a value near 0 tells nothing of a factor, nor does one that nobody knows
  const isAwayFromZero = wideBefore.low > 4 * cell || wideBefore.high < -4 * cell;
  const isKnown = Number.isFinite(wideBefore.low) && Number.isFinite(wideBefore.high);
  return isAwayFromZero && isKnown ? { before, now, wideBefore, wideNow } : null;
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

function nearest(
  estimate: number,
  reach: number,
): { factor: number; unit: string | null; isKnown: boolean } {
  for (const [value, unit] of KNOWN) {
    for (const factor of [value, 1 / value]) {
      if (Math.abs(Math.log(estimate / factor)) <= reach) return { factor, unit, isKnown: true };
    }
  }
  return { factor: estimate, unit: null, isKnown: false };
}

/** Where the quantile may be now meets the factor times where it may have been. */
function allows({ wideBefore, wideNow }: Place, factor: number): boolean {
  const slack = factor * NEAR * Math.max(Math.abs(wideBefore.low), Math.abs(wideBefore.high));
  return (
    factor * wideBefore.low - slack <= wideNow.high &&
    factor * wideBefore.high + slack >= wideNow.low
  );
}

/** One step added to all values would explain the quantiles as well. */
function isOneStep(places: readonly Place[]): boolean {
  const low = Math.max(...places.map(({ wideNow, wideBefore }) => wideNow.low - wideBefore.high));
  const high = Math.min(...places.map(({ wideNow, wideBefore }) => wideNow.high - wideBefore.low));
  return low <= high;
}

function farOut(
  { axis, current, reference }: ColumnPair,
  factor: number,
): Pick<Scale, 'medians' | 'beyond'> {
  const words = (counts: Counts): string =>
    isCoarse(axis, counts) ? '' : quantileInWords(quantileOf(axis, counts, 0.5));
  const middle = spanAt(axis, reference, 0.5);
  // of a coarse bin the end that makes the factor look smaller
  const from = middle === null ? 0 : factor > 1 ? middle.low : middle.high;
  return {
    medians: { before: words(reference), now: words(current) },
    beyond: shareBeyond(axis, reference, { from, to: from * factor }),
  };
}

/** Share of the values that lie at `to` or further from `from`: at most. */
function shareBeyond(
  axis: Axis,
  counts: Counts,
  { from, to }: { from: number; to: number },
): number {
  const isUp = to >= from;
  let [low, high] = [0, 1];
  // the place of `to` among the quantiles, by halving
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    const span = spanAt(axis, counts, middle);
    if (span !== null && (isUp ? span.high < to : span.low <= to)) low = middle;
    else high = middle;
  }
  return isUp ? 1 - low : high;
}
