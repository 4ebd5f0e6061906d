import { cellOf, decimalsOf, numericCounts } from './numeric.js';
import { plainEdge } from './edges.js';
import type { NumericCounts } from './numeric.js';
import { CATEGORY, FINE_BINS, size } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import { figure } from './figures.js';

/** One bin of a coarse distribution, with the rows of both sides. */
export interface Bin {
  /** For people: `AA`, `12.5 … 17.0`, `missing`. */
  label: string;
  kind:
    'range' | 'atom' | 'under' | 'over' | 'category' | 'other' | 'unseen' | 'missing' | 'notFinite';
  reference: number;
  current: number;
}

/** Categories with a bin of their own: at least this share of the reference, at most so many. */
const LEAST_SHARE = 0.005;
export const MOST_CATEGORIES = 50;
/** A bin of which fewer rows are expected is thin. */
const THIN = 5;

/**
 * The coarse distribution of a column, for PSI: the axis' edges, one bin per heavy value, under,
 * over, missing and not finite; or categories, other known ones, unseen ones and missing. Bins that
 * are empty on both sides are left out: they say nothing, and smoothing would fill them.
 */
export function coarseBins(axis: Axis, current: Counts, reference: Counts): Bin[] {
  const bins =
    axis.kind === 'numeric'
      ? numericBins(axis, numericCounts(axis, current), numericCounts(axis, reference))
      : categoryBins(axis, current, reference);
  return bins.filter((bin) => bin.reference + bin.current > 0);
}

function numericBins(axis: Axis, current: NumericCounts, reference: NumericCounts): Bin[] {
  const placed: { place: number; bin: Bin }[] = [];
  const edges = fullEdges(axis);
  edges.slice(0, -1).forEach((from, index) => {
    const to = edges[index + 1] ?? FINE_BINS;
    const rows = (side: NumericCounts) => sum(side.fine.subarray(from + 1, to + 1));
    const bin = { reference: rows(reference), current: rows(current) };
    placed.push({ place: from, bin: { label: rangeLabel(axis, from, to), kind: 'range', ...bin } });
  });
  axis.atoms.forEach((value, index) => {
    const rows = {
      reference: reference.atoms[index] ?? 0,
      current: current.atoms[index] ?? 0,
    };
    const place = cellOf(axis, value) - 1 + 0.5;
    placed.push({ place, bin: { label: figure(value), kind: 'atom', ...rows } });
  });
  placed.sort((a, b) => a.place - b.place);
  const side = (label: string, kind: Bin['kind'], rows: (of: NumericCounts) => number): Bin => {
    return { label, kind, reference: rows(reference), current: rows(current) };
  };
  return [
    side(`below ${figure(plainEdge(axis, 0))}`, 'under', (of) => of.fine[0] ?? 0),
    ...placed.map(({ bin }) => bin),
    side(
      `above ${figure(plainEdge(axis, FINE_BINS))}`,
      'over',
      (of) => of.fine[FINE_BINS + 1] ?? 0,
    ),
    side('missing', 'missing', (of) => of.missing),
    side('not finite', 'notFinite', (of) => of.notFinite),
  ];
}

/** The edges from the first fine bin to the last, whether or not the axis lists its ends. */
function fullEdges(axis: Axis): number[] {
  const inner = axis.edges.filter((edge) => edge > 0 && edge < FINE_BINS);
  return [0, ...new Set(inner), FINE_BINS].sort((a, b) => a - b);
}

/** Bins of one decimal number each read as `3 … 5`, both ends included. */
function rangeLabel(axis: Axis, from: number, to: number): string {
  const half = decimalsOf(axis) === null ? 0 : 0.5;
  const start = plainEdge(axis, from + half);
  const end = plainEdge(axis, to - half);
  const last = Math.min(end, axis.max ?? end);
  return half > 0 && last <= start ? figure(start) : `${figure(start)} … ${figure(last)}`;
}

/** Category → rows. */
export function categoryCounts(counts: Counts): Map<string, number> {
  const rows = new Map<string, number>();
  const values = counts.by['value'];
  for (let row = 0; row < size(counts); row++) {
    const value = String(values?.[row] ?? CATEGORY.missing);
    rows.set(value, (rows.get(value) ?? 0) + (counts.sums['n']?.[row] ?? 0));
  }
  return rows;
}

function categoryBins(axis: Axis, currentCounts: Counts, referenceCounts: Counts): Bin[] {
  const current = categoryCounts(currentCounts);
  const reference = categoryCounts(referenceCounts);
  const known = new Set(axis.known);
  const total = sum([...reference.values()]);
  const own = axis.known
    .slice(0, MOST_CATEGORIES)
    .filter((value) => (reference.get(value) ?? 0) >= LEAST_SHARE * total);
  const named = new Set(own);
  const bins = own.map((value) => bin(value, 'category', [value]));
  const others = [...known].filter((value) => !named.has(value));
  const seen = new Set([...current.keys(), ...reference.keys()]);
  const special = new Set<string>(Object.values(CATEGORY));
  const unseen = [...seen].filter((value) => !known.has(value) && !special.has(value));
  others.push(CATEGORY.known);
  unseen.push(CATEGORY.unseen);
  // a folded rest is the reference's own tail where there is one, and unseen values elsewhere
  const folded = axis.tail === true ? others : unseen;
  folded.push(CATEGORY.other);
  return [
    ...bins,
    bin('other known values', 'other', others),
    bin('unseen values', 'unseen', unseen),
    bin('missing', 'missing', [CATEGORY.missing]),
  ];

  function bin(label: string, kind: Bin['kind'], values: readonly string[]): Bin {
    const rows = (side: Map<string, number>) => sum(values.map((value) => side.get(value) ?? 0));
    return { label, kind, reference: rows(reference), current: rows(current) };
  }
}

/**
 * Joins thin bins: when fewer than 80 % of the bins that the reference fills expect 5 rows in the
 * current window, neighbouring ranges are joined, and rare categories with the other known ones.
 */
export function mergeThin(bins: readonly Bin[]): Bin[] {
  const total = { reference: sumOf(bins, 'reference'), current: sumOf(bins, 'current') };
  const expected = (bin: Bin): number => (bin.reference / total.reference) * total.current;
  const filled = bins.filter((bin) => bin.reference > 0);
  const thick = filled.filter((bin) => expected(bin) >= THIN);
  if (thick.length >= 0.8 * filled.length) return [...bins];
  return foldCategories(joinRanges(bins, expected), expected);
}

type Expected = (bin: Bin) => number;

function joinRanges(bins: readonly Bin[], expected: Expected): Bin[] {
  const inLine = (bin: Bin): boolean => bin.kind === 'range' || bin.kind === 'atom';
  const joined: Bin[] = [];
  for (const bin of bins) {
    const before = joined.at(-1);
    const isThin = before !== undefined && expected(before) < THIN;
    if (before !== undefined && inLine(bin) && inLine(before) && isThin) {
      joined[joined.length - 1] = join(before, bin);
    } else joined.push(bin);
  }
  // the last of the line may be thin still: it goes to its left neighbour
  const last = joined.findLastIndex(inLine);
  const [left, right] = [joined[last - 1], joined[last]];
  if (left && right && inLine(left) && expected(right) < THIN) {
    joined.splice(last - 1, 2, join(left, right));
  }
  return joined;
}

function join(left: Bin, right: Bin): Bin {
  const [from] = left.label.split(' … ');
  const to = right.label.split(' … ').at(-1);
  return {
    label: `${from ?? ''} … ${to ?? ''}`,
    kind: 'range',
    reference: left.reference + right.reference,
    current: left.current + right.current,
  };
}

function foldCategories(bins: readonly Bin[], expected: Expected): Bin[] {
  const isRare = (bin: Bin): boolean =>
    bin.kind === 'other' || (bin.kind === 'category' && expected(bin) < THIN);
  const rare = bins.filter(isRare);
  if (rare.length < 2) return [...bins];
  const other: Bin = {
    label: 'other known values',
    kind: 'other',
    reference: sumOf(rare, 'reference'),
    current: sumOf(rare, 'current'),
  };
  const kept = bins.filter((bin) => !isRare(bin));
  const place = kept.filter((bin) => bin.kind === 'category').length;
  return [...kept.slice(0, place), other, ...kept.slice(place)];
}

function sumOf(bins: readonly Bin[], side: 'reference' | 'current'): number {
  return bins.reduce((total, bin) => total + bin[side], 0);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
