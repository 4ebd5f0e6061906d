import { categoryCounts, coarseBins } from '../domain/judging/distribution.js';
import { mergeThin } from '../domain/judging/thin.js';
import { decimalsOf, exactValues } from '../domain/judging/numeric.js';
import type { ValueCounts } from '../domain/judging/numeric.js';
import { CATEGORY } from '../domain/profile.js';
import type { Counts } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { homogeneity } from '../stats/chi2.js';
import type { CountTest } from '../stats/chi2.js';
import { PLAIN, shares } from '../stats/psi.js';
import { noReading } from './check.js';
import { columnPair, MERGED } from './columns.js';
import type { ColumnPair } from './columns.js';

/** The rows of both sides over the same bins, none of them empty on both. */
export interface Bins {
  labels: readonly string[];
  current: readonly number[];
  reference: readonly number[];
  nCurrent: number;
  nReference: number;
  /** Shares of the values of either side, as they are. */
  p: readonly number[];
  q: readonly number[];
  /** The bins whose share moved most, the largest move first. */
  top: readonly Move[];
  /** Pearson's chi-square of both sides. */
  test: CountTest;
  /** In exact evidence: why not every value has a bin, in words; absent where each has. */
  why?: string;
}

/** Bins named in a sentence. */
const NAMED = 3;

/**
 * The values of a column over bins, what is missing or not finite left out: the bins of PSI, thin
 * ones joined; in exact evidence one bin for every category, and for every number that may well
 * come again. Or the reading that says why there are none.
 */
export function binsOf(evidence: Evidence, target: string): Bins | Reading {
  const pair = columnPair(evidence, target);
  if ('reason' in pair) return pair;
  if (pair.axis.kind === 'opaque') {
    return noReading('not_applicable', 'the column holds ids or free text');
  }
  const isExact = evidence.binning === 'exact';
  const known = binned.get(pair.current);
  const isSame = known?.pair.reference === pair.reference && known.pair.axis === pair.axis;
  if (isSame && known.isExact === isExact) return known.bins;
  const every = isExact ? everyValue(pair) : null;
  const found = binsFrom(pair, every ?? coarse(pair));
  const isFew = isExact && every === null && !('reason' in found);
  const bins = isFew ? { ...found, why: FEW_AGAIN } : found;
  binned.set(pair.current, { pair, isExact, bins });
  return bins;
}

const FEW_AGAIN = 'in the bins of psi, for few of its values come again';

/** Eight checks ask for the same bins of a column, of which there may be 100,000. */
const binned = new WeakMap<Counts, { pair: ColumnPair; isExact: boolean; bins: Bins | Reading }>();

/** Rows of both sides bin by bin. */
type Over = { labels: string[] } & Record<'current' | 'reference', number[]>;

function binsFrom({ axis }: ColumnPair, over: Over): Bins | Reading {
  const nCurrent = sum(over.current);
  const nReference = sum(over.reference);
  const rows = { nCurrent, nReference };
  if (nReference === 0) return noReading('no_reference', 'the reference has no values', rows);
  if (over.reference.filter((n) => n > 0).length < 2) {
    const many = axis.known.length > 1;
    const one = axis.merged === true ? MERGED : 'the reference has one value only';
    const why = many ? 'no category is frequent enough for a bin' : one;
    return noReading('not_applicable', why, rows);
  }
  if (nCurrent === 0) return noReading('insufficient_data', 'there are no values', rows);
  const counted = { ...over, ...rows };
  const [p, q] = [shares(over.current, PLAIN), shares(over.reference, PLAIN)];
  const test = homogeneity(over.current, over.reference);
  return { ...counted, p, q, top: topMoves({ labels: over.labels, p, q }), test };
}

function coarse({ axis, current, reference }: ColumnPair): Over {
  const all = coarseBins(axis, current, reference);
  const there = all.filter(({ kind }) => kind !== 'missing' && kind !== 'notFinite');
  const bins = there.some((bin) => bin.reference > 0) ? mergeThin(there) : there;
  return {
    labels: bins.map((bin) => bin.label),
    current: bins.map((bin) => bin.current),
    reference: bins.map((bin) => bin.reference),
  };
}

/** A larger share of different values, and hardly one comes again. */
const MOST_DISTINCT = 0.5;
/** Digits behind the point that numbers were rounded to, and not what is left of a division. */
const FEW_DECIMALS = 100;

/** Numbers that were counted, priced or rounded, so that both sides have values in common. */
function comeAgain({ axis }: ColumnPair, sides: readonly ValueCounts[]): boolean {
  if (decimalsOf(axis) !== null) return true;
  if (axis.distinct > MOST_DISTINCT) return false;
  if (/INT|^DECIMAL/.test(axis.type)) return true;
  return sides.every(({ values }) =>
    values.every((value) => value === Math.round(value * FEW_DECIMALS) / FEW_DECIMALS),
  );
}

/** Every value a bin; null where the values of a column hardly repeat. */
function everyValue({ axis, current, reference }: ColumnPair): Over | null {
  if (axis.kind === 'categorical') {
    return together(categoryCounts(current), categoryCounts(reference), (value) => value);
  }
  const [now, before] = [exactValues(current), exactValues(reference)];
  if (now === null || before === null) return null;
  if (!comeAgain({ axis, current, reference }, [before, now])) return null;
  const rows = ({ values, counts }: typeof now) =>
    new Map(values.map((value, index) => [value, counts[index] ?? 0]));
  return together(rows(now), rows(before), String);
}

/** The values of the reference first, then those that only the other side has. */
function together<K extends string | number>(
  now: ReadonlyMap<K, number>,
  before: ReadonlyMap<K, number>,
  nameOf: (value: K) => string,
): Over {
  // One list each and no object a value: there may be 100,000 of them.
  const over: Over = { labels: [], current: [], reference: [] };
  const put = (value: K, rows: { current: number; reference: number }): void => {
    if (value === CATEGORY.missing || rows.current + rows.reference === 0) return;
    over.labels.push(nameOf(value));
    over.current.push(rows.current);
    over.reference.push(rows.reference);
  };
  let common = 0;
  for (const [value, n] of before) {
    const current = now.get(value);
    if (current !== undefined) common++;
    put(value, { current: current ?? 0, reference: n });
  }
  if (common === now.size) return over;
  for (const [value, n] of now) if (!before.has(value)) put(value, { current: n, reference: 0 });
  return over;
}

/** A bin's share of the values of either side, 0 to 1. */
export interface Move {
  label: string;
  reference: number;
  current: number;
}

function topMoves({ labels, p, q }: Pick<Bins, 'labels' | 'p' | 'q'>): Move[] {
  const size = (move: Omit<Move, 'label'>): number => Math.abs(move.current - move.reference);
  const top: Move[] = [];
  // Not all of them sorted: there may be 100,000.
  labels.forEach((label, index) => {
    const move = { label, reference: q[index] ?? 0, current: p[index] ?? 0 };
    const least = top[NAMED - 1];
    if (size(move) === 0 || (least !== undefined && size(move) <= size(least))) return;
    const place = top.findIndex((one) => size(one) < size(move));
    top.splice(place === -1 ? top.length : place, 0, move);
    top.length = Math.min(top.length, NAMED);
  });
  return top;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
