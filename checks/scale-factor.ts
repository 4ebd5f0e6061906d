import { momentsOf, quantileInWords, quantileOf } from '../domain/judging/moments.js';
import type { Quantile } from '../domain/judging/moments.js';
import { edgeOf, numericCounts } from '../domain/judging/numeric.js';
import { FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';

/** A common factor between the values of both sides. */
export interface Scale {
  factor: number;
  /** What the factor lies between, as `miles and kilometres`; null: no well-known units. */
  unit: string | null;
  medians: {
    before: string;
    now: string;
    /** Share of the reference that lies as far out as half of the window does. */
    beyond: number;
  };
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

/** Quantiles at one place of both sides, with how far chance may move them. */
interface Place {
  before: number;
  now: Quantile;
  /** Lowest and highest difference and log-ratio that the two sides allow. */
  difference: readonly [number, number];
  ratio: readonly [number, number];
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
  const known = places.filter((place) => typeof place.now === 'number');
  const hasEnough = known.length >= FEWEST;
  const estimate = hasEnough ? middleOf(known.map(ratioOf)) : now.mean / before.mean;
  if (!(estimate > 0) || !Number.isFinite(estimate)) return null;
  // a mean is off by chance; quantiles are judged by themselves
  const error = (before.sd / Math.abs(before.mean)) * Math.sqrt(1 / now.n + 1 / before.n);
  const reach = hasEnough ? NEAR : Math.min(FURTHEST, NEAR + REACH * error);
  const { factor, unit, isKnown } = nearest(estimate, reach);
  if (!places.every((place) => allows(axis, place, factor))) return null;
  if (!isKnown && (!hasEnough || isOneStep(known))) return null;
  return { factor, unit, medians: mediansOf(axis, { current, reference }, factor) };
}

/** The outer deciles are where they were: no need to look at all of them. */
function isClearlyNone(axis: Axis, current: Counts, reference: Counts): boolean {
  return [0.1, 0.9].some((p) => {
    const [now, before] = [quantileOf(axis, current, p), quantileOf(axis, reference, p)];
    if (typeof now !== 'number' || typeof before !== 'number') return false;
    return now / before > 1 / 1.1 && now / before < 1.1;
  });
}

function placeAt(
  axis: Axis,
  sides: { current: Counts; reference: Counts },
  p: number,
): Place | null {
  const at = (counts: Counts, share: number): Quantile | null =>
    quantileOf(axis, counts, Math.min(1, Math.max(0, share)));
  const [before, now] = [at(sides.reference, p), at(sides.current, p)];
  if (typeof before !== 'number' || now === null) return null;
  const around = (counts: Counts): readonly [number, number] | null => {
    const n = numericCounts(axis, counts).finite;
    const reach = REACH * Math.sqrt((p * (1 - p)) / n);
    const [low, high] = [at(counts, p - reach), at(counts, p + reach)];
    return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
  };
  const cell = 1 / axis.inverseWidth;
  const old = around(sides.reference);
  const own = typeof now === 'number' ? around(sides.current) : null;
  // a value near 0 tells nothing of a factor
  if (old === null || Math.sign(old[0]) !== Math.sign(old[1]) || Math.abs(before) < 4 * cell) {
    return null;
  }
  const wide: readonly [number, number] = [-Infinity, Infinity];
  if (own === null) return { before, now, difference: wide, ratio: wide };
  const [low, high] = [own[0] - cell, own[1] + cell];
  const ratios = [low / old[0], low / old[1], high / old[0], high / old[1]];
  return {
    ...{ before, now },
    difference: [low - old[1] - cell, high - old[0] + cell],
    ratio: [Math.min(...ratios), Math.max(...ratios)],
  };
}

function ratioOf({ before, now }: Place): number {
  return typeof now === 'number' ? now / before : NaN;
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

/** A quantile beyond the axis has to be beyond it by the factor as well. */
function allows(axis: Axis, { before, now, ratio }: Place, factor: number): boolean {
  if (typeof now === 'number') {
    return ratio[0] <= factor * (1 + NEAR) && ratio[1] >= factor * (1 - NEAR);
  }
  const wanted = factor * before;
  return 'above' in now
    ? wanted >= edgeOf(axis, FINE_BINS) * (1 - NEAR)
    : wanted <= edgeOf(axis, 0) * (1 + NEAR);
}

/** One step added to all values would explain the quantiles as well. */
function isOneStep(places: readonly Place[]): boolean {
  const low = Math.max(...places.map(({ difference }) => difference[0]));
  const high = Math.min(...places.map(({ difference }) => difference[1]));
  return low <= high;
}

function mediansOf(
  axis: Axis,
  { current, reference }: { current: Counts; reference: Counts },
  factor: number,
): Scale['medians'] {
  const [before, now] = [quantileOf(axis, reference, 0.5), quantileOf(axis, current, 0.5)];
  const middle = typeof before === 'number' ? before : 0;
  return {
    before: quantileInWords(before),
    now: quantileInWords(now),
    beyond: shareBeyond(axis, reference, { from: middle, to: middle * factor }),
  };
}

/** Share of the values that lie at `to` or further from `from`. */
function shareBeyond(
  axis: Axis,
  counts: Counts,
  { from, to }: { from: number; to: number },
): number {
  let [low, high] = [0, 1];
  // the place of `to` among the quantiles, by halving
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    const quantile = quantileOf(axis, counts, middle);
    const isBelow =
      typeof quantile === 'number' ? quantile < to : quantile !== null && 'below' in quantile;
    if (isBelow) low = middle;
    else high = middle;
  }
  return to >= from ? 1 - low : high;
}
