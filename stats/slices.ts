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
  /** Rows and error rates inside. */
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
    const real = discoveries(
      tested.map(({ pValue }) => pValue),
      q,
    );
    const best = tested
      .map((slice) => ({ ...slice, share: (slice.excess * slice.current.n) / increase }))
      .filter((slice, index) => real[index] === true && slice.share >= leastShare)
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
  const singles = table.features.map((_, feature) => [feature]);
  const pairs = pairsOf.flatMap((feature, index) =>
    pairsOf.slice(index + 1).map((other) => [feature, other]),
  );
  return [...singles, ...pairs].flatMap((features) => {
    const bins = new Map<number, Candidate>();
    for (const cell of left) {
      const codes = features.map((feature) => table.features[feature]?.[cell] ?? -1);
      const key = codes.reduce((sum, code) => sum * 0x100000 + code, 0);
      const bin = bins.get(key) ?? { terms: termsOf(features, codes), sums: nothing() };
      add(bin.sums, table, cell);
      bins.set(key, bin);
    }
    return [...bins.values()];
  });
}

function termsOf(features: readonly number[], codes: readonly number[]): Term[] {
  return features.map((feature, index) => ({ feature, code: codes[index] ?? -1 }));
}

function nothing(): Sums {
  return { n: 0, errors: 0, nNow: 0, errorsNow: 0 };
}

function sumOf(table: CellTable, cells: ReadonlySet<number>): Sums {
  const sums = nothing();
  for (const cell of cells) add(sums, table, cell);
  return sums;
}

function add(sums: Sums, { reference, current }: CellTable, cell: number): void {
  sums.n += reference.n[cell] ?? 0;
  sums.errors += reference.errors[cell] ?? 0;
  sums.nNow += current.n[cell] ?? 0;
  sums.errorsNow += current.errors[cell] ?? 0;
}

function holds({ features }: CellTable, terms: readonly Term[], cell: number): boolean {
  return terms.every(({ feature, code }) => features[feature]?.[cell] === code);
}

/** Null when one of the four groups is too small. */
function differences(
  { terms, sums }: Candidate,
  whole: Sums,
  leastRows: number,
): Omit<GuiltySlice, 'share'> | null {
  const groups = [
    { n: sums.nNow, errors: sums.errorsNow, sign: 1 },
    { n: sums.n, errors: sums.errors, sign: -1 },
    { n: whole.nNow - sums.nNow, errors: whole.errorsNow - sums.errorsNow, sign: -1 },
    { n: whole.n - sums.n, errors: whole.errors - sums.errors, sign: 1 },
  ];
  if (groups.some(({ n }) => n < leastRows)) return null;
  let [excess, variance] = [0, 0];
  for (const { n, errors, sign } of groups) {
    excess += (sign * errors) / n;
    // with half an error and half a success more: a group without errors is not without doubt
    const rate = (errors + 0.5) / (n + 1);
    variance += (rate * (1 - rate)) / n;
  }
  const z = excess / Math.sqrt(variance);
  return {
    terms,
    z,
    pValue: normalTail(z),
    excess,
    reference: { n: sums.n, rate: sums.errors / sums.n },
    current: { n: sums.nNow, rate: sums.errorsNow / sums.nNow },
  };
}
