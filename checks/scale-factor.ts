import { momentsOf, quantileInWords, quantileOf } from '../domain/judging/moments.js';
import { isCoarse, spanAt } from '../domain/judging/spans.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';
import { inCells } from './scale-cells.js';
import { isPowerOfTen, nearest, toldOf } from './scale-known.js';
import type { Found } from './scale-known.js';
import { isAwayFromZero, isPoint, placesOf } from './scale-places.js';
import type { Place } from './scale-places.js';
import { isSurely, MARGIN, ratioAt, spreadRatio } from './scale-ratios.js';
import { bySums } from './scale-sums.js';
import { isRescaled } from './scale-whole.js';

/** A common factor between the values of both sides. */
export interface Scale {
  factor: number;
  /**
   * Units that the factor is between, as `miles and kilometres`: a guess, for others may be as far
   * apart. null: none that are well known, or the rows tell the factor from theirs.
   */
  unit: string | null;
  /** A quantile that tells of factors, in words; '' where only the coarse bin is known. */
  quantile: { p: number; before: string; now: string };
  /** Shares of the window and, at most, of the reference that lie as far out as that quantile. */
  beyond: { now: number; before: number };
}

/** Logarithm: factors below this are no change of unit. */
export const LEAST = Math.log(1.2);
/** Fewer values on one side show nothing. */
export const FEWEST_ROWS = 10;
/** Quantiles at fewer places do not show that a factor is common. */
export const FEWEST = 5;
/** What the factor leaves of the distance is told from nothing where it is less likely. */
export const LEFT = { known: 0.001, any: 0.25 } as const;

/**
 * The factor by which the values moved, where there is evidence **for** a factor that all of them
 * share; null where there is none. That the deciles allow one would not do: with few rows they
 * allow everything, and a change of some rows, a step, a longer tail all look like a factor from
 * afar. So, in units of |ln factor|:
 * - the ratio at each of the deciles, five or more, is surely within 0.2 of the factor (0.4 of one
 *   between well-known units, of which little else is expected): an equivalence test at each, so
 *   that whatever bends the ratios by more passes in less than 1 of 160 tries at its worst decile;
 * - the distance of the outer deciles grew by the factor too, surely within 0.5: a step added to
 *   all values leaves it as it is, and where it is small beside the values a step bends no ratio;
 * - the whole distribution, multiplied, is not told from the window's.
 * Fewer rows than that takes are told by other checks as drift. Where fewer than five deciles are
 * known, beyond the axis, in few of its cells or in coarse counts, the means (or where they are
 * about 0 the root mean squares) have to be surely within 0.4 of a factor between well-known units,
 * and what else is known must not speak against it.
 */
export function commonFactor(given: ColumnPair): Scale | null {
  const pair = inCells(given);
  const { axis, current, reference } = pair;
  const [now, before] = [momentsOf(axis, current), momentsOf(axis, reference)];
  if (now === null || before === null || now.n < FEWEST_ROWS || before.n < FEWEST_ROWS) return null;
  if (isClearlyNone(axis, current, reference)) return null;
  const places = placesOf(pair);
  const points = places.filter((place) => isPoint(pair.axis, place));
  const found = points.length >= FEWEST ? byQuantiles(points) : bySums(pair, places);
  // Around 0 a wider spread is a factor too: no change of unit but for a power of ten.
  if (found === null || (hasBothSigns(axis, reference) && !isPowerOfTen(found))) return null;
  const { factor, isKnown } = found;
  if (!isRescaled(pair, { factor, chance: isKnown ? LEFT.known : LEFT.any })) return null;
  const told = toldOf(found);
  const p = telling(pair);
  return { ...told, quantile: quantileAt(given, p), beyond: beyondOf(pair, p, told.factor) };
}

function hasBothSigns(axis: Axis, reference: Counts): boolean {
  const [low, high] = [spanAt(axis, reference, 0.1), spanAt(axis, reference, 0.9)];
  return (low?.high ?? 0) < 0 && (high?.low ?? 0) > 0;
}

/** An outer decile is where it was: no need to look at all of them. */
function isClearlyNone(axis: Axis, current: Counts, reference: Counts): boolean {
  return [0.1, 0.9].some((p) => {
    const [now, before] = [spanAt(axis, current, p), spanAt(axis, reference, p)];
    if (now === null || before === null) return false;
    if (now.low !== now.high || before.low !== before.high) return false;
    // in the cells about 0 nothing has a place of its own
    if (!isAwayFromZero(axis, Math.abs(before.low))) return false;
    return now.low / before.low > 1 / 1.1 && now.low / before.low < 1.1;
  });
}

function byQuantiles(points: readonly Place[]): Found | null {
  const ratios = points.flatMap((place) => ratioAt(place) ?? []);
  const spread = spreadRatio(points);
  if (ratios.length < points.length || spread === null) return null;
  const estimate = Math.exp(ratios.reduce((sum, { log }) => sum + log, 0) / ratios.length);
  // The mean of all of them is known no worse than the best one.
  const off = Math.min(...ratios.map(({ down, up }) => Math.max(down, up)));
  const found = nearest(estimate, off);
  const { factor } = found;
  const most = found.isKnown ? MARGIN.known : MARGIN.any;
  const isCommon = ratios.every((ratio) => isSurely(ratio, factor, most));
  return isCommon && isSurely(spread, factor, MARGIN.spread) ? found : null;
}

/** Below this share of an outer decile the median is about 0. */
const ABOUT_ZERO = 0.1;

/** The median, or where it is about 0 the outer decile that is further from it. */
function telling({ axis, reference }: ColumnPair): number {
  const [low = 0, middle = 0, high = 0] = [0.1, 0.5, 0.9].map((p) => {
    const span = spanAt(axis, reference, p);
    return span === null ? 0 : Math.max(span.low, -span.high, 0);
  });
  if (middle > ABOUT_ZERO * Math.max(low, high)) return 0.5;
  return high >= low ? 0.9 : 0.1;
}

function quantileAt({ axis, current, reference }: ColumnPair, p: number): Scale['quantile'] {
  const words = (counts: Counts): string =>
    isCoarse(axis, counts) ? '' : quantileInWords(quantileOf(axis, counts, p));
  return { p, before: words(reference), now: words(current) };
}

function beyondOf({ axis, reference }: ColumnPair, p: number, factor: number): Scale['beyond'] {
  const span = spanAt(axis, reference, p);
  // of a coarse bin the end that makes the factor look smaller
  const from = span === null ? 0 : factor > 1 ? span.low : span.high;
  const now = from * factor >= from ? 1 - p : p;
  return { now, before: shareBeyond(axis, reference, { from, to: from * factor }) };
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
