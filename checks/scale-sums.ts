import { momentsOf } from '../domain/judging/moments.js';
import type { Moments } from '../domain/judging/moments.js';
import { numericCounts } from '../domain/judging/numeric.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';
import { nearest } from './scale-known.js';
import type { Found } from './scale-known.js';
import { allows, REACH } from './scale-places.js';
import type { Place } from './scale-places.js';
import { isSurely, MARGIN } from './scale-ratios.js';

/** Of the rows: when more lie beyond the axis, some of them make the standard deviation. */
const FEW = 0.01;

/**
 * The factor between well-known units that the sums of both sides show, where too few deciles are
 * known: the ratio of the means, or of the root mean squares where the mean is about 0. What else
 * is known must not speak against it. null: there is none.
 */
export function bySums(pair: ColumnPair, places: readonly Place[]): Found | null {
  const { axis, current, reference } = pair;
  const [now, before] = [momentsOf(axis, current), momentsOf(axis, reference)];
  if (now === null || before === null) return null;
  const ofMeans = meanRatio(now, before);
  const isByMeans = ofMeans.error <= MARGIN.known;
  const { log, error } = isByMeans ? ofMeans : squareRatio(pair, now, before);
  if (!Number.isFinite(log) || (isByMeans && places.length === 0)) return null;
  const found = nearest(Math.exp(log), REACH * error);
  const sure = { log, down: REACH * error, up: REACH * error };
  if (!found.isKnown || !isSurely(sure, found.factor, MARGIN.known)) return null;
  const wider = { log: Math.log(now.sd / before.sd), down: 0, up: 0 };
  const isWhole = !isByMeans || isOnAxis(axis, current);
  if (isWhole && !isSurely(wider, found.factor, MARGIN.spread)) return null;
  return places.every((place) => allows(place, found.factor)) ? found : null;
}

/** A logarithm and its standard error. */
interface Estimate {
  log: number;
  error: number;
}

function meanRatio(now: Moments, before: Moments): Estimate {
  const error = (before.sd / Math.abs(before.mean)) * Math.sqrt(1 / now.n + 1 / before.n);
  return { log: Math.log(now.mean / before.mean), error };
}

function squareRatio(pair: ColumnPair, now: Moments, before: Moments): Estimate {
  const [mine, theirs] = [now, before].map(({ mean, sd }) => mean * mean + sd * sd);
  const log = Math.log((mine ?? NaN) / (theirs ?? NaN)) / 2;
  // the squares of one row: their variance, as a share of their mean squared
  const spread = Math.max(0, fourths(pair.axis, pair.reference) / (theirs ?? NaN) ** 2 - 1);
  return { log, error: Math.sqrt(spread * (1 / now.n + 1 / before.n)) / 2 };
}

/** Mean of the fourth powers: of each cell at least the square of its mean square. */
function fourths(axis: Axis, counts: Counts): number {
  const { n, sum, squares } = counts.sums;
  let [all, rows] = [0, 0];
  n?.forEach((count, cell) => {
    if (!(count > 0)) return;
    const shifted = squares?.[cell] ?? NaN;
    const total = sum?.[cell] ?? NaN;
    // the squares are about the low end of the axis
    const mean = (shifted + 2 * axis.low * total - axis.low * axis.low * count) / count;
    if (!Number.isFinite(mean)) return;
    all += count * mean * mean;
    rows += count;
  });
  return all / rows;
}

function isOnAxis(axis: Axis, current: Counts): boolean {
  const { fine, finite } = numericCounts(axis, current);
  return (fine[0] ?? 0) + (fine.at(-1) ?? 0) <= FEW * finite;
}
