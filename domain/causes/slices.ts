import { guiltySlices } from '../../stats/slices.js';
import type { GuiltySlice } from '../../stats/slices.js';
import { labelledRows } from './rows.js';
import type { Rows } from './rows.js';

/** A part of the rows in which errors rose more than in the others. */
export interface WorseSlice {
  /** Feature → bin. */
  where: Readonly<Record<string, string>>;
  /** Rows and error rates inside. */
  reference: { n: number; rate: number };
  current: { n: number; rate: number };
  /** By how much more the error rate rose inside than outside. */
  excess: number;
  /** Errors beyond what happened outside, over all additional errors. */
  share: number;
  pValue: number;
}

/** Pairs of so many features are looked at. */
const PAIRED = 5;

/**
 * Where errors rose: bins of all features, and pairs of the first five of `ranked`. At most four
 * parts that do not owe each other what they show. Errors count as 0 or 1: of a loss that is a
 * size, those larger than nine tenths of the reference's.
 */
export function worseSlices(all: Rows, ranked: readonly string[]): WorseSlice[] {
  const rows = labelledRows(all);
  const wrong = errorsOf(rows);
  const one = (side: number) => (row: number) => (rows.sides[row] === 1 ? 1 : 0) === side;
  const count = (isOn: (row: number) => boolean) => ({
    n: Uint8Array.from(wrong, (_, row) => (isOn(row) ? 1 : 0)),
    errors: Uint8Array.from(wrong, (error, row) => (isOn(row) ? error : 0)),
  });
  const pairsOf = ranked
    .slice(0, PAIRED)
    .map((name) => rows.features.findIndex((feature) => feature.name === name))
    .filter((place) => place >= 0);
  const features = rows.features.map(({ codes }) => codes);
  const table = { features, reference: count(one(0)), current: count(one(1)) };
  return guiltySlices(table, { pairsOf }).map((slice) => named(rows, slice));
}

function named({ features }: Rows, slice: GuiltySlice): WorseSlice {
  const { reference, current, excess, share, pValue } = slice;
  const where = slice.terms.map(({ feature, code }) => {
    const { name = '', bins = [] } = features[feature] ?? {};
    return [name, bins[code] ?? ''] as const;
  });
  return { where: Object.fromEntries(where), reference, current, excess, share, pValue };
}

/** Share of the reference's losses that are no error where losses are sizes. */
const USUAL = 0.9;

/** 1 for an error, as far as it can be told from the losses of all rows. */
function errorsOf({ losses, sides }: Rows): Uint8Array {
  const isClass = Array.from(losses).every((loss) => loss === 0 || loss === 1);
  const before = Array.from(losses).filter((_, row) => sides[row] !== 1);
  before.sort((a, b) => a - b);
  const limit = isClass ? 0.5 : (before[Math.floor(USUAL * before.length)] ?? 0);
  return Uint8Array.from(losses, (loss) => (loss > limit ? 1 : 0));
}
