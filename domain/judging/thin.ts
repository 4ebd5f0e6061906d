import type { Bin } from './bins.js';
import { TAIL_GROUPS, tailGroup } from './tail.js';

/** A bin of which fewer rows are expected is thin. */
const THIN = 5;

/** A bin that comes out of joining, with the places of those that went in. */
export interface JoinedBin extends Bin {
  places: readonly number[];
}

/**
 * Joins thin bins: when fewer than 80 % of the bins that the reference fills expect 5 rows in the
 * current window, neighbouring ranges are joined, and rare categories with the other known ones.
 */
export function mergeThin(bins: readonly Bin[]): Bin[] {
  return joinThinBins(bins).map(({ label, kind, reference, current }) => {
    return { label, kind, reference, current };
  });
}

/** The same, saying which bins each one is made of. */
export function joinThinBins(given: readonly Bin[]): JoinedBin[] {
  const bins = given.map((bin, place) => ({ ...bin, places: [place] }));
  const total = { reference: sumOf(bins, 'reference'), current: sumOf(bins, 'current') };
  const expected = (bin: Bin): number => (bin.reference / total.reference) * total.current;
  const filled = bins.filter((bin) => bin.reference > 0);
  const thick = filled.filter((bin) => expected(bin) >= THIN);
  if (thick.length >= 0.8 * filled.length) return bins;
  return foldCategories(joinRanges(bins, expected), expected);
}

type Expected = (bin: Bin) => number;

function joinRanges(bins: readonly JoinedBin[], expected: Expected): JoinedBin[] {
  const inLine = (bin: Bin): boolean => bin.kind === 'range' || bin.kind === 'atom';
  const joined: JoinedBin[] = [];
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

function join(left: JoinedBin, right: JoinedBin): JoinedBin {
  const [from] = left.label.split(' … ');
  const to = right.label.split(' … ').at(-1);
  return {
    label: `${from ?? ''} … ${to ?? ''}`,
    kind: 'range',
    reference: left.reference + right.reference,
    current: left.current + right.current,
    places: [...left.places, ...right.places],
  };
}

/**
 * Rare categories go with the other known ones; so many that a group of them expects enough rows
 * are several groups, made by chance.
 */
function foldCategories(bins: readonly JoinedBin[], expected: Expected): JoinedBin[] {
  const isRare = (bin: Bin): boolean =>
    bin.kind === 'other' || (bin.kind === 'category' && expected(bin) < THIN);
  const rare = bins.filter(isRare);
  if (rare.length < 2) return [...bins];
  const rows = rare.reduce((sum, bin) => sum + expected(bin), 0);
  const groups = Math.min(TAIL_GROUPS, Math.max(1, Math.floor(rows / (2 * THIN))));
  const members = Array.from({ length: groups }, (): JoinedBin[] => []);
  for (const bin of rare) members[tailGroup(bin.label, groups)]?.push(bin);
  const folded = members.filter((some) => some.length > 0).map((some) => foldOf(some, groups));
  const kept = bins.filter((bin) => !isRare(bin));
  const place = kept.filter((bin) => bin.kind === 'category').length;
  return [...kept.slice(0, place), ...folded, ...kept.slice(place)];
}

function foldOf(bins: readonly JoinedBin[], groups: number): JoinedBin {
  const [first, ...rest] = bins;
  const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
  return {
    label: groups === 1 ? 'other known values' : `${first?.label ?? ''}${more}`,
    kind: groups === 1 ? 'other' : 'category',
    reference: sumOf(bins, 'reference'),
    current: sumOf(bins, 'current'),
    places: bins.flatMap(({ places }) => places),
  };
}

function sumOf(bins: readonly Bin[], side: 'reference' | 'current'): number {
  return bins.reduce((total, bin) => total + bin[side], 0);
}
