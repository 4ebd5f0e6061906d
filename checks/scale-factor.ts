import { momentsOf, quantileInWords, quantileOf } from '../domain/judging/moments.js';
import type { Moments } from '../domain/judging/moments.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { isCoarse, spanAt } from '../domain/judging/spans.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';
import { inCells } from './scale-cells.js';
import { allows, isPoint, placesOf, REACH } from './scale-places.js';
import type { Place } from './scale-places.js';
import { isSurely, ratioAt, spreadRatio } from './scale-ratios.js';
import { isRescaled } from './scale-whole.js';

/** A common factor between the values of both sides. */
export interface Scale {
  factor: number;
  /**
   * Units that the factor is between, as `miles and kilometres`: a guess, for others may be as far
   * apart. null: none that are well known, or the rows tell the factor from theirs.
   */
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
/** As a share of |ln factor|, a factor this near to a known one is that one. */
const NEAR = 0.05;
/** Factors between well-known units, to both sides. */
export const KNOWN_FACTORS: readonly number[] = KNOWN.flatMap(([value]) => [value, 1 / value]);
/** Logarithm: factors below this are no change of unit. */
export const LEAST = Math.log(1.2);
/** Fewer values on one side show nothing. */
export const FEWEST_ROWS = 10;
/** Quantiles at fewer places do not show that a factor is common. */
export const FEWEST = 5;
/** As a share of |ln factor|: how far the ratio at a decile may be off, surely. */
const OFF = { known: 0.4, any: 0.2 } as const;
/** What the factor leaves of the distance is told from nothing where it is less likely. */
export const LEFT = { known: 0.001, any: 0.25 } as const;
/** The same of the spread: half way between the factor and a step, which leaves the spread. */
const SPREAD_OFF = 0.5;
/** Of the rows: when more lie beyond the axis, some of them make the standard deviation. */
const FEW = 0.01;

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
 * known, beyond the axis or in coarse counts, the means have to be surely within 0.4 of a factor
 * between well-known units, and what else is known must not speak against it.
 */
export function commonFactor(given: ColumnPair): Scale | null {
  const pair = inCells(given);
  const { axis, current, reference } = pair;
  const [now, before] = [momentsOf(axis, current), momentsOf(axis, reference)];
  if (now === null || before === null || now.n < FEWEST_ROWS || before.n < FEWEST_ROWS) return null;
  if (isClearlyNone(axis, current, reference)) return null;
  const places = placesOf(pair);
  const points = places.filter(isPoint);
  const found =
    points.length >= FEWEST
      ? byQuantiles(points)
      : byMeans(places, { now, before, isWhole: isOnAxis(axis, current) });
  if (found === null) return null;
  const { factor, isKnown } = found;
  if (!isRescaled(pair, { factor, chance: isKnown ? LEFT.known : LEFT.any })) return null;
  const told = toldOf(found);
  return { ...told, medians: mediansOf(given), beyond: beyondOf(pair, told.factor) };
}

interface Found extends Pick<Scale, 'factor' | 'unit'> {
  /** It is about a factor between well-known units, which `factor` then is. */
  isKnown: boolean;
  estimate: number;
  /** The logarithm of the estimate is off by less. */
  off: number;
}

/** The well-known factor only where the estimate may be that, and else the estimate. */
function toldOf({ factor, unit, estimate, off }: Found): Pick<Scale, 'factor' | 'unit'> {
  const isTheirs = Math.abs(Math.log(estimate / factor)) <= off;
  return isTheirs ? { factor, unit } : { factor: estimate, unit: null };
}

/** The outer deciles are where they were: no need to look at all of them. */
function isClearlyNone(axis: Axis, current: Counts, reference: Counts): boolean {
  return [0.1, 0.9].some((p) => {
    const [now, before] = [spanAt(axis, current, p), spanAt(axis, reference, p)];
    if (now === null || before === null) return false;
    if (now.low !== now.high || before.low !== before.high) return false;
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
  const most = found.isKnown ? OFF.known : OFF.any;
  const isCommon = ratios.every((ratio) => isSurely(ratio, factor, most));
  return isCommon && isSurely(spread, factor, SPREAD_OFF) ? found : null;
}

function byMeans(
  places: readonly Place[],
  { now, before, isWhole }: { now: Moments; before: Moments; isWhole: boolean },
): Found | null {
  const ratio = now.mean / before.mean;
  if (!(ratio > 0) || !Number.isFinite(ratio) || places.length === 0) return null;
  const error = (before.sd / Math.abs(before.mean)) * Math.sqrt(1 / now.n + 1 / before.n);
  const found = nearest(ratio, REACH * error);
  const { factor } = found;
  const sure = { log: Math.log(ratio), down: REACH * error, up: REACH * error };
  if (!found.isKnown || !isSurely(sure, factor, OFF.known)) return null;
  const wider = { log: Math.log(now.sd / before.sd), down: 0, up: 0 };
  if (isWhole && !isSurely(wider, factor, SPREAD_OFF)) return null;
  return places.every((place) => allows(place, factor)) ? found : null;
}

function isOnAxis(axis: Axis, current: Counts): boolean {
  const { fine, finite } = numericCounts(axis, current);
  return (fine[0] ?? 0) + (fine.at(-1) ?? 0) <= FEW * finite;
}

function nearest(estimate: number, off: number): Found {
  for (const [value, unit] of KNOWN) {
    for (const factor of [value, 1 / value]) {
      const away = Math.abs(Math.log(estimate / factor));
      if (away <= NEAR * Math.log(value)) return { factor, unit, isKnown: true, estimate, off };
    }
  }
  return { factor: estimate, unit: null, isKnown: false, estimate, off };
}

function mediansOf({ axis, current, reference }: ColumnPair): Scale['medians'] {
  const words = (counts: Counts): string =>
    isCoarse(axis, counts) ? '' : quantileInWords(quantileOf(axis, counts, 0.5));
  return { before: words(reference), now: words(current) };
}

function beyondOf({ axis, reference }: ColumnPair, factor: number): number {
  const middle = spanAt(axis, reference, 0.5);
  // of a coarse bin the end that makes the factor look smaller
  const from = middle === null ? 0 : factor > 1 ? middle.low : middle.high;
  return shareBeyond(axis, reference, { from, to: from * factor });
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
