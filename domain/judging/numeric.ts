import { ksBounds, ksStatistic } from '../../stats/ks.js';
import type { Binned } from '../../stats/ks.js';
import { BIN, CATEGORY, FINE_BINS, size } from '../profile.js';
import { exactPair } from './exact.js';
import type { Axis, Counts } from '../profile.js';

/** A numeric column on its axis: `fine[0]` is under, `fine[k + 1]` bin k, the last one over. */
export interface NumericCounts {
  fine: Float64Array;
  /** Rows on `axis.atoms[i]`, which are in no fine bin. */
  atoms: Float64Array;
  missing: number;
  /** NaN and the infinities. */
  notFinite: number;
  /** Rows with a finite value. */
  finite: number;
}

/**
 * Index into `fine` of a finite value: 0 under, 1 to FINE_BINS, FINE_BINS + 1 over. The bin whose
 * middle is nearest, a tie going to the even one, as the engine rounds.
 */
export function cellOf(axis: Axis, value: number): number {
  const place = (value - axis.low - 0.5 / axis.inverseWidth) * axis.inverseWidth;
  const below = Math.floor(place);
  const bin = place - below === 0.5 && below % 2 === 0 ? below : Math.round(place);
  return Math.min(FINE_BINS, Math.max(-1, Number.isNaN(bin) ? 0 : bin)) + 1;
}

/**
 * Fine bins per unit where every bin stands for one decimal number, its middle (1 = whole numbers,
 * 100 = two decimals); null where bins are ranges.
 */
export function decimalsOf({ low, inverseWidth }: Axis): number | null {
  const digits = Math.round(Math.log10(inverseWidth));
  if (digits < 0 || 10 ** digits !== inverseWidth) return null;
  const first = low * inverseWidth + 0.5;
  return Math.abs(first - Math.round(first)) < 1e-6 ? inverseWidth : null;
}

/** Distinct values, ascending, with their rows. */
export interface ValueCounts {
  values: number[];
  counts: number[];
}

const tallied = new WeakMap<Counts, ValueCounts>();

/**
 * The finite values of an exact column (by `value` as text) with their rows; null for a binned one.
 * Kept for as long as `counts`: read only.
 */
export function exactValues(counts: Counts): ValueCounts | null {
  const texts = counts.by['value'];
  if (texts === undefined || texts instanceof Int32Array) return null;
  const found = tallied.get(counts);
  if (found !== undefined) return found;
  const made = tallyOf(texts, counts);
  tallied.set(counts, made);
  return made;
}

function tallyOf(texts: readonly string[], counts: Counts): ValueCounts {
  const rows = new Map<number, number>();
  texts.forEach((text, row) => {
    const value = text === CATEGORY.missing ? NaN : toNumber(text);
    const n = counts.sums['n']?.[row] ?? 0;
    if (Number.isFinite(value)) rows.set(value, (rows.get(value) ?? 0) + n);
  });
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return { values: sorted.map(([value]) => value), counts: sorted.map(([, n]) => n) };
}

/** The checks of a column ask for the same counts again and again, one column after another. */
const known = new Map<Counts, { axis: Axis; counts: NumericCounts }>();
const MOST_KNOWN = 256; // of 33 kB each: those of a wide table are more than its profile

/**
 * Counts of a numeric column, binned or exact; an exact value is binned by the same rule. Kept for
 * a while: read only.
 */
export function numericCounts(axis: Axis, counts: Counts): NumericCounts {
  const found = known.get(counts);
  if (found?.axis === axis) return found.counts;
  const made = count(axis, counts);
  known.set(counts, { axis, counts: made });
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  return made;
}

function count(axis: Axis, counts: Counts): NumericCounts {
  const result: NumericCounts = {
    fine: new Float64Array(FINE_BINS + 2),
    atoms: new Float64Array(axis.atoms.length),
    missing: 0,
    notFinite: 0,
    finite: 0,
  };
  const bins = counts.by['bin'];
  const texts = counts.by['value'];
  for (let row = 0; row < size(counts); row++) {
    const n = counts.sums['n']?.[row] ?? 0;
    if (bins !== undefined) addBin(result, Number(bins[row] ?? BIN.missing), n);
    else addText(result, axis, { text: String(texts?.[row] ?? CATEGORY.missing), n });
  }
  return result;
}

function addBin(into: NumericCounts, bin: number, n: number): void {
  if (bin === BIN.missing) into.missing += n;
  else if (bin === BIN.notFinite) into.notFinite += n;
  else {
    into.finite += n;
    if (bin > BIN.atom0) {
      const cell = Math.min(FINE_BINS, Math.max(-1, bin)) + 1;
      into.fine[cell] = (into.fine[cell] ?? 0) + n;
    } else if (BIN.atom0 - bin < into.atoms.length) {
      into.atoms[BIN.atom0 - bin] = (into.atoms[BIN.atom0 - bin] ?? 0) + n;
    }
  }
}

function addText(into: NumericCounts, axis: Axis, cell: { text: string; n: number }): void {
  if (cell.text === CATEGORY.missing) {
    into.missing += cell.n;
    return;
  }
  const value = toNumber(cell.text);
  const atom = axis.atoms.indexOf(value);
  if (!Number.isFinite(value)) addBin(into, BIN.notFinite, cell.n);
  else addBin(into, atom >= 0 ? BIN.atom0 - atom : cellOf(axis, value) - 1, cell.n);
}

function toNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

/** Kolmogorov-Smirnov over the finite values: exact (`low` = `high`) where both sides are. */
export function ksOf(
  axis: Axis,
  current: Counts,
  reference: Counts,
): { low: number; high: number; at: number | null } {
  const pair = exactPair(current, reference);
  if (pair !== null) return { low: pair.ks, high: pair.ks, at: null };
  const [mine, other] = [exactValues(current), exactValues(reference)];
  if (mine !== null && other !== null) {
    const exact = ksStatistic(mine, other);
    return { low: exact, high: exact, at: null };
  }
  const sides = [numericCounts(axis, current), numericCounts(axis, reference)] as const;
  const points = [pointsOf(axis, current), pointsOf(axis, reference)] as const;
  const bounds = ksBounds(binnedPair(axis, sides, points));
  const inGrid = bounds.at > 0 && bounds.at <= FINE_BINS;
  return { ...bounds, at: inGrid ? edgeOf(axis, bounds.at) : null };
}

/** Cells that hold one decimal number only, its own, so that their rows are on a known value. */
export function pointsOf(axis: Axis, counts: Counts): Set<number> {
  const perUnit = decimalsOf(axis);
  const points = new Set<number>();
  const { n, sum, squares } = counts.sums;
  if (perUnit === null) return points;
  const least = 1e-6 / perUnit ** 2;
  counts.by['bin']?.forEach((bin, row) => {
    const middle = (Number(bin) + 0.5) / perUnit;
    const rows = n?.[row] ?? NaN;
    const mean = (sum?.[row] ?? NaN) / rows - axis.low;
    const spread = (squares?.[row] ?? NaN) / rows - mean * mean;
    if (Math.abs(mean - middle) < 1e-3 / perUnit && spread < least) points.add(Number(bin) + 1);
  });
  return points;
}

type Both<T> = readonly [T, T];

function binnedPair(axis: Axis, sides: Both<NumericCounts>, points: Both<Set<number>>): Binned {
  const atoms = new Map<number, [number, number][]>();
  const put = (cell: number, rows: [number, number]) =>
    atoms.set(cell, [...(atoms.get(cell) ?? []), rows]);
  axis.atoms.forEach((value, index) =>
    put(cellOf(axis, value), [sides[0].atoms[index] ?? 0, sides[1].atoms[index] ?? 0]),
  );
  const loose = [sides[0].fine.slice(), sides[1].fine.slice()] as const;
  for (const cell of new Set([...points[0], ...points[1]])) {
    const rows: [number, number] = [loose[0][cell] ?? 0, loose[1][cell] ?? 0];
    const isPoint = rows.every((n, side) => n === 0 || points[side]?.has(cell) === true);
    if (!isPoint || atoms.has(cell)) continue;
    put(cell, rows);
    loose[0][cell] = 0;
    loose[1][cell] = 0;
  }
  return { loose, atoms };
}

/** The value at which fine bin `bin` begins. */
export function edgeOf(axis: Axis, bin: number): number {
  return axis.low + bin / axis.inverseWidth;
}
