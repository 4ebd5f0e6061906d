import { exactValues } from '../domain/judging/numeric.js';
import { momentsOf } from '../domain/judging/moments.js';
import type { Quantile } from '../domain/judging/moments.js';
import { quantileKnown } from '../domain/judging/spans.js';
import type { Axis, Counts } from '../domain/profile.js';
import { quantiles, sampleOf } from '../stats/tally.js';
import type { Sample } from '../stats/two-sample.js';
import type { ColumnPair } from './columns.js';

/** What the mean and the spread of a column are on one side. */
export interface Side {
  n: number;
  mean: number;
  variance: number;
  sd: number;
  quantiles: Record<(typeof FAN)[number], Quantile | null>;
}

const FAN = ['p10', 'p25', 'p50', 'p75', 'p90'] as const;

/**
 * Quantiles are interpolated between rows where values are counted, inside cells elsewhere; of
 * coarse counts the bin is told.
 */
export function sideOf(axis: Axis, counts: Counts): { side: Side; sample: Sample } {
  const exact = exactValues(counts);
  const shares = FAN.map((name) => Number(name.slice(1)) / 100);
  const found =
    counts.exact?.between ??
    (exact === null
      ? shares.map((share) => quantileKnown(axis, counts, share))
      : quantiles(exact, shares));
  const fan = Object.fromEntries(FAN.map((name, index) => [name, found[index] ?? null]));
  const sample = counts.exact ?? (exact === null ? binnedSample(axis, counts) : sampleOf(exact));
  const { n, mean, variance } = sample;
  const sd = Math.sqrt(variance);
  const side = { ...{ n, mean, variance }, sd, quantiles: fan as Side['quantiles'] };
  return { side, sample };
}

function binnedSample(axis: Axis, counts: Counts): Sample {
  const moments = momentsOf(axis, counts);
  if (moments === null) return { n: 0, mean: NaN, variance: NaN };
  const { n, mean, sd, parts } = moments;
  const variance = n > 1 ? sd * sd : NaN;
  return { n, mean, variance, ...(parts === undefined ? {} : { parts }) };
}

/** The rounding of a sum may be so much of the error by chance, and no more. */
const MOST_ROUNDING = 0.1;

/** True where sums of cells have lost the digits in which such large values differ. */
export function isRounded(
  { axis, current, reference }: ColumnPair,
  now: Sample,
  before: Sample,
): boolean {
  const sides = [
    { counts: current, ...now },
    { counts: reference, ...before },
  ];
  const error = Math.sqrt(now.variance / now.n + before.variance / before.n);
  const lost = sides.map(({ counts, mean }) =>
    counts.exact === undefined && exactValues(counts) === null
      ? Number.EPSILON * Math.max(Math.abs(mean), Math.abs(axis.low))
      : 0,
  );
  return (lost[0] ?? 0) + (lost[1] ?? 0) > MOST_ROUNDING * error;
}
