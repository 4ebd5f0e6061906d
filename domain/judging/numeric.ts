import { BIN, CATEGORY, FINE_BINS, size } from '../profile.js';
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
const MOST_KNOWN = 64; // of 33 kB each: those of a wide table are more than its profile

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

/** The value at which fine bin `bin` begins. */
export function edgeOf(axis: Axis, bin: number): number {
  return axis.low + bin / axis.inverseWidth;
}
