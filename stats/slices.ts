import { discoveries } from './multiple.js';
import { normalTail } from './normal.js';

/** Rows that agree in every feature's bin, counted on both sides, with their errors. */
export interface CellTable {
  /** One list per feature: the cell's bin, a whole number >= 0. */
  features: readonly ArrayLike<number>[];
  reference: { n: ArrayLike<number>; errors: ArrayLike<number> };
  current: { n: ArrayLike<number>; errors: ArrayLike<number> };
}

/** One bin of one feature. */
export interface Term {
  feature: number;
  code: number;
}

/** A part of the rows in which the error rate rose more than elsewhere. */
export interface GuiltySlice {
  terms: readonly Term[];
  /** (e' - e inside) - (e' - e outside), over its standard error, among the rows then left. */
  z: number;
  /** One-sided. */
  pValue: number;
  /** That difference of differences. */
  excess: number;
  /** excess × current rows of the slice, over the increase of errors of all rows. */
  share: number;
  /** Rows and error rates inside; the rate rose. */
  reference: { n: number; rate: number };
  current: { n: number; rate: number };
}

/** Defaults: no pairs, q 0.05, 30 rows, a tenth of the increase, 4 slices. */
export interface SliceOptions {
  /** Features of which pairs are looked at, too; none by default. */
  pairsOf?: readonly number[];
  /** False-discovery rate. */
  q?: number;
  /** Rows needed inside and outside, on both sides. */
  leastRows?: number;
  /** Least share of the total increase. */
  leastShare?: number;
  most?: number;
}

/**
 * Where did the errors go up? Every bin of every feature, and of pairs, against its complement by
 * difference in differences; the clearest one is reported, its rows are taken away, and the rest is
 * asked again, so that what merely overlaps with it is not blamed. Empty when errors did not rise.
 */
export function guiltySlices(table: CellTable, options: SliceOptions = {}): GuiltySlice[] {
  const { pairsOf = [], most = 4, leastShare = 0.1, q = 0.05, leastRows = 30 } = options;
  const left = new Set(Array.from(table.current.n, (_, cell) => cell));
  const all = sumOf(table, left);
  const increase = all.nNow * (all.errorsNow / all.nNow - all.errors / all.n);
  const found: GuiltySlice[] = [];
  if (!(increase > 0)) return found;
  while (found.length < most) {
    const whole = sumOf(table, left);
    const tested = candidates(table, left, pairsOf)
      .map((one) => differences(one, whole, leastRows))
      .filter((slice) => slice !== null);
    const pValues = tested.map(({ pValue }) => pValue);
    const real = discoveries(pValues, q);
    const best = tested
      .map((slice) => ({ ...slice, share: (slice.excess * slice.current.n) / increase }))
      .filter((slice, index) => real[index] === true && slice.share >= leastShare && rose(slice))
      .reduce<GuiltySlice | null>((top, one) => (top && top.z >= one.z ? top : one), null);
    if (best === null) break;
    found.push(best);
    for (const cell of left) if (holds(table, best.terms, cell)) left.delete(cell);
  }
  return found;
}

interface Sums {
  n: number;
  errors: number;
  nNow: number;
  errorsNow: number;
}

interface Candidate {
  terms: readonly Term[];
  sums: Sums;
}

/** All bins of all features that still have rows, then all pairs of bins of `pairsOf`. */
function candidates(
  table: CellTable,
  left: ReadonlySet<number>,
  pairsOf: readonly number[],
): Candidate[] {
  const cells = Int32Array.from(left);
  const singles = table.features.map((_, feature) => [feature]);
  const pairs = pairsOf.flatMap((feature, index) =>
    pairsOf.slice(index + 1).map((other) => [feature, other]),
  );
  return [...singles, ...pairs].flatMap((features) => binsOf(table, cells, features));
}

/** The bins, or the pairs of bins, that these cells fill. */
function binsOf(
  { features, reference, current }: CellTable,
  cells: Int32Array,
  asked: readonly number[],
): Candidate[] {
  const [first = [], second = null] = asked.map((feature) => features[feature] ?? []);
  const levels = second === null ? 1 : levelsOf(second, cells);
  const sums = Array.from({ length: levelsOf(first, cells) * levels }, nothing);
  for (const cell of cells) {
    const bin = sums[(first[cell] ?? 0) * levels + (second?.[cell] ?? 0)];
    if (bin === undefined) continue;
    bin.n += reference.n[cell] ?? 0;
    bin.errors += reference.errors[cell] ?? 0;
    bin.nNow += current.n[cell] ?? 0;
    bin.errorsNow += current.errors[cell] ?? 0;
  }
  return sums
    .map((sum, bin) => {
      const codes = second === null ? [bin] : [Math.floor(bin / levels), bin % levels];
      return { terms: termsOf(asked, codes), sums: sum };
    })
    .filter(({ sums: { n, nNow } }) => n + nNow > 0);
}

function levelsOf(codes: ArrayLike<number>, cells: Int32Array): number {
  let most = 0;
  for (const cell of cells) most = Math.max(most, codes[cell] ?? 0);
  return most + 1;
}

function termsOf(features: readonly number[], codes: readonly number[]): Term[] {
  return features.map((feature, index) => ({ feature, code: codes[index] ?? -1 }));
}

const nothing = (): Sums => ({ n: 0, errors: 0, nNow: 0, errorsNow: 0 });

function sumOf(table: CellTable, cells: ReadonlySet<number>): Sums {
  const whole = { ...table, features: [Int32Array.from(table.current.n, () => 0)] };
  return binsOf(whole, Int32Array.from(cells), [0])[0]?.sums ?? nothing();
}

function holds({ features }: CellTable, terms: readonly Term[], cell: number): boolean {
  return terms.every(({ feature, code }) => features[feature]?.[cell] === code);
}

/**
 * Null when one of the four groups is too small. The variance is the mean of two: that of the rates
 * as they are, and that of rates that rose alike inside and outside. The first alone misses
 * slices whose error is large because their rate rose; the second takes a skewed tail for a
 * normal one.
 */
function differences(
  { terms, sums }: Candidate,
  whole: Sums,
  leastRows: number,
): Omit<GuiltySlice, 'share'> | null {
  const outside = {
    n: whole.n - sums.n,
    errors: whole.errors - sums.errors,
    nNow: whole.nNow - sums.nNow,
    errorsNow: whole.errorsNow - sums.errorsNow,
  };
  if (Math.min(sums.n, sums.nNow, outside.n, outside.nNow) < leastRows) return null;
  const elsewhere = outside.errorsNow / outside.nNow - outside.errors / outside.n;
  const excess = sums.errorsNow / sums.nNow - sums.errors / sums.n - elsewhere;
  // the rate inside that both sides would share, but for the rise that is everywhere
  const both = { n: sums.n + sums.nNow, errors: sums.errors + sums.errorsNow };
  const alike = rateOf({ ...both, errors: both.errors - sums.nNow * elsewhere });
  const asSeen = spread(rateOf(sums), sums.n) + spread(rateOf(now(sums)), sums.nNow);
  const asAlike = spread(alike, sums.n) + spread(alike + elsewhere, sums.nNow);
  const rest = spread(rateOf(outside), outside.n) + spread(rateOf(now(outside)), outside.nNow);
  const z = excess / Math.sqrt((asSeen + asAlike) / 2 + rest);
  return {
    terms,
    z,
    pValue: normalTail(z),
    excess,
    reference: { n: sums.n, rate: sums.errors / sums.n },
    current: { n: sums.nNow, rate: sums.errorsNow / sums.nNow },
  };
}

/** Where errors fell less than elsewhere they did not go up. */
const rose = ({ reference, current }: Pick<GuiltySlice, 'reference' | 'current'>): boolean =>
  current.rate > reference.rate;

const now = ({ nNow, errorsNow }: Sums) => ({ n: nNow, errors: errorsNow });

/** With half an error and half a success more: a group without errors is not without doubt. */
const rateOf = ({ n, errors }: Pick<Sums, 'n' | 'errors'>): number => (errors + 0.5) / (n + 1);

/** Variance of a rate, which a rise may have pushed out of 0 to 1. */
function spread(rate: number, n: number): number {
  const inside = Math.min(Math.max(rate, 0.5 / (n + 1)), 1 - 0.5 / (n + 1));
  return (inside * (1 - inside)) / n;
}
