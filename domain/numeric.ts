import { ksBounds, ksStatistic } from '../stats/ks.js';
import type { Cell } from '../stats/ks.js';
import { BIN, CATEGORY, FINE_BINS, size } from './profile.js';
import type { Axis, Counts } from './profile.js';

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

/** Index into `fine` of a finite value: 0 under, 1 to FINE_BINS, FINE_BINS + 1 over. */
export function cellOf(axis: Axis, value: number): number {
  const bin = Math.floor((value - axis.low) * axis.inverseWidth);
  return Math.min(FINE_BINS, Math.max(-1, Number.isNaN(bin) ? 0 : bin)) + 1;
}

/** Distinct values, ascending, with their rows. */
export interface ValueCounts {
  values: number[];
  counts: number[];
}

/**
 * The finite values of an exact column (by `value` as text) with their rows; null for a binned one.
 */
export function exactValues(counts: Counts): ValueCounts | null {
  const texts = counts.by['value'];
  if (texts === undefined || texts instanceof Int32Array) return null;
  const rows = new Map<number, number>();
  texts.forEach((text, row) => {
    const value = text === CATEGORY.missing ? NaN : toNumber(text);
    const n = counts.sums['n']?.[row] ?? 0;
    if (Number.isFinite(value)) rows.set(value, (rows.get(value) ?? 0) + n);
  });
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return { values: sorted.map(([value]) => value), counts: sorted.map(([, n]) => n) };
}

/** Counts of a numeric column, binned or exact; an exact value is binned by the same rule. */
export function numericCounts(axis: Axis, counts: Counts): NumericCounts {
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
  const [mine, other] = [exactValues(current), exactValues(reference)];
  if (mine !== null && other !== null) {
    const exact = ksStatistic(mine, other);
    return { low: exact, high: exact, at: null };
  }
  const a = numericCounts(axis, current);
  const b = numericCounts(axis, reference);
  const bounds = ksBounds(cells(axis, a, b));
  const inGrid = bounds.at > 0 && bounds.at <= FINE_BINS;
  return { ...bounds, at: inGrid ? edgeOf(axis, bounds.at) : null };
}

function cells(axis: Axis, a: NumericCounts, b: NumericCounts): Cell[] {
  const atomsOf = new Map<number, [number, number][]>();
  axis.atoms.forEach((value, index) => {
    const list = atomsOf.get(cellOf(axis, value)) ?? [];
    list.push([a.atoms[index] ?? 0, b.atoms[index] ?? 0]);
    atomsOf.set(cellOf(axis, value), list);
  });
  return Array.from(a.fine, (loose, cell) => ({
    loose: [loose, b.fine[cell] ?? 0] as const,
    atoms: atomsOf.get(cell) ?? [],
  }));
}

/** The value at which fine bin `bin` begins. */
export function edgeOf(axis: Axis, bin: number): number {
  return axis.low + bin / axis.inverseWidth;
}
