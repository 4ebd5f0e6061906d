import { momentsOf } from '../domain/judging/moments.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { spanAt } from '../domain/judging/spans.js';
import type { Span } from '../domain/judging/spans.js';
import { total } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';
import { FEWEST, FEWEST_ROWS, LEAST, LEFT } from './scale-factor.js';
import { inCells } from './scale-cells.js';
import { KNOWN_FACTORS } from './scale-known.js';
import { inWholeCells, isPoint, placesOf, REACH } from './scale-places.js';
import type { Place } from './scale-places.js';
import { spreadRatio } from './scale-ratios.js';
import { isRescaled } from './scale-whole.js';

/** Standard errors that a decile may be off: all nine are right in 199 of 200 windows. */
const SURELY = 3.5;
/** A standard error above this, as a share of the value, is no basis for a logarithm's. */
const MOST_OFF = 0.5;

/** Logarithms of the factors that an observation allows. */
type Range = Span;

const ANY: Range = { low: -Infinity, high: Infinity };
const UP: Range = { low: LEAST, high: Infinity };
const DOWN: Range = { low: -Infinity, high: -LEAST };

/**
 * Why a window that shows no common factor does not rule one out, in words that complete
 * "scale_change of amount: …"; null: it does. Each decile that tells of factors allows some, the
 * distance of the outer ones too, and what all of them allow is left: nothing of 1.2 or more where
 * one of them stayed or where they differ. Where all may have stayed, or only the means are known,
 * what matters is a factor between well-known units.
 */
export function whatIsOpen(given: ColumnPair): string | null {
  const pair = inCells(given);
  const { axis, current, reference } = pair;
  const finite = [current, reference].map((counts) => numericCounts(axis, counts).finite);
  if (Math.min(...finite) < FEWEST_ROWS) {
    return `${rowsInWords(pair)}, ${FEWEST_ROWS} are needed on both sides`;
  }
  const left = factorsLeft(pair);
  if (left === null) return null;
  return `${rowsInWords(pair)}, too few to rule out a common factor ${rangeInWords(left)}`;
}

/** From the least to the largest factor that matters and is not ruled out; null: none is left. */
function factorsLeft(pair: ColumnPair): Range | null {
  const places = placesOf(pair);
  let left = places.length === 0 ? allowedByMeans(pair) : ANY;
  if (left === ANY && places.length === 0) return null;
  for (const { p } of places) {
    left = both(left, allowedAt(pair, p));
    if (isSmall(left)) return null;
  }
  const isMeansOnly = places.filter((place) => isPoint(pair.axis, place)).length < FEWEST;
  left = both(left, isMeansOnly ? allowedByMeans(pair) : allowedBySpread(pair, places));
  const { low, high } = left;
  if (isMeansOnly || (low <= 0 && high >= 0)) {
    const known = KNOWN_FACTORS.map(Math.log).filter((log) => low <= log && log <= high);
    return known.length === 0 ? null : { low: Math.min(...known), high: Math.max(...known) };
  }
  if (isSmall(left)) return null;
  const moved = both(left, low > 0 ? UP : DOWN);
  const factor = Math.exp((moved.low + moved.high) / 2);
  const isAnyEnd = factor === 0 || factor === Infinity;
  return isAnyEnd || isRescaled(pair, { factor, chance: LEFT.known }) ? moved : null;
}

/** No factor of 1.2 or more, up or down: also where there is none at all. */
const isSmall = ({ low, high }: Range): boolean => low > high || (low > -LEAST && high < LEAST);

const both = (a: Range, b: Range): Range => ({
  low: Math.max(a.low, b.low),
  high: Math.min(a.high, b.high),
});

function allowedAt({ axis, current, reference }: ColumnPair, p: number): Range {
  const [now, before] = [quantileRange(axis, current, p), quantileRange(axis, reference, p)];
  const isBelow = before.high < 0;
  const [a, b] = isBelow ? [mirrored(now), mirrored(before)] : [now, before];
  return ratioRange(a, b);
}

const mirrored = ({ low, high }: Span): Span => ({ low: -high, high: -low });

/** What a positive value may have been multiplied by; an end at or below 0 is any distance off. */
function ratioRange(now: Span, before: Span): Range {
  if (now.high <= 0) return { low: Infinity, high: -Infinity };
  const low = now.low <= 0 ? -Infinity : Math.log(now.low / before.high);
  const high = before.low <= 0 ? Infinity : Math.log(now.high / before.low);
  return { low, high };
}

/** Where a quantile may be: of few rows also beyond the least or the largest of them. */
function quantileRange(axis: Axis, counts: Counts, p: number): Span {
  const off = SURELY * Math.sqrt((p * (1 - p)) / numericCounts(axis, counts).finite);
  const low = p > off ? spanAt(axis, counts, p - off)?.low : undefined;
  const high = p + off < 1 ? spanAt(axis, counts, p + off)?.high : undefined;
  return inWholeCells(axis, { low: low ?? -Infinity, high: high ?? Infinity });
}

/** The distance of the outer deciles grew by the factor too. */
function allowedBySpread(pair: ColumnPair, places: readonly Place[]): Range {
  const points = places.filter((place) => isPoint(pair.axis, place));
  const outer = [points[0], points.at(-1)].flatMap((place) => place?.p ?? []);
  const isKnown = ({ low, high }: Range): boolean => Number.isFinite(high - low);
  const spread = outer.every((p) => isKnown(allowedAt(pair, p))) ? spreadRatio(points) : null;
  if (spread === null || spread.down > MOST_OFF) return ANY;
  const off = (SURELY / REACH) * spread.down;
  return { low: spread.log - off, high: spread.log + off };
}

/** Where most deciles are beyond the axis, or in coarse bins. */
function allowedByMeans({ axis, current, reference }: ColumnPair): Range {
  const [now, before] = [momentsOf(axis, current), momentsOf(axis, reference)];
  const ratio = (now?.mean ?? NaN) / (before?.mean ?? NaN);
  if (now === null || before === null || !(ratio > 0)) return ANY;
  const error = (before.sd / Math.abs(before.mean)) * Math.sqrt(1 / now.n + 1 / before.n);
  const off = SURELY * error;
  return { low: Math.log(ratio) - off, high: Math.log(ratio) + off };
}

/** `42 of 60 rows have a value now and 10000 in the reference` */
function rowsInWords({ axis, current, reference }: ColumnPair): string {
  const [now, before] = [current, reference].map((counts) => {
    const { finite } = numericCounts(axis, counts);
    const rows = total(counts);
    return finite === rows ? String(rows) : `${finite} of ${rows}`;
  });
  return `${now ?? ''} rows have a value now and ${before ?? ''} in the reference`;
}

/** `of 1.9 to 2.6`, `of 2.2`, `of 5.1 or more`, `of 0.2 or less` */
function rangeInWords({ low, high }: Range): string {
  const [from, to] = [low, high].map((log) => String(Number(Math.exp(log).toPrecision(2))));
  if (high === Infinity) return `of ${from ?? ''} or more`;
  if (low === -Infinity) return `of ${to ?? ''} or less`;
  return from === to ? `of ${from ?? ''}` : `of ${from ?? ''} to ${to ?? ''}`;
}
