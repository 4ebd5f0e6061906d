import { cellOf, decimalsOf, numericCounts } from './numeric.js';
import { plainEdge } from './edges.js';
import { BIN, FINE_BINS } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import { categoryCounts, categoryLayout, withUnknown } from './categories.js';
import type { Bin, Layout } from './bins.js';
import { figure, spanInWords } from './figures.js';

export { categoryCounts };
export type { Bin, Layout };

/**
 * The coarse distribution of a column, for PSI: the axis' edges, one bin per heavy value, under,
 * over, missing and not finite; or categories, other known ones (in groups where they are many),
 * unseen ones and missing. Bins that are empty on both sides are left out: they say nothing, and
 * smoothing would fill them. Kept for as long as `current`.
 */
export function coarseBins(axis: Axis, current: Counts, reference: Counts): readonly Bin[] {
  const found = binned.get(current);
  if (found?.axis === axis && found.reference === reference) return found.bins;
  const bins = binsFrom(axis, current, reference);
  binned.set(current, { axis, reference, bins });
  return bins;
}

/** Ten checks ask for them, one after another. */
const binned = new WeakMap<Counts, { axis: Axis; reference: Counts; bins: readonly Bin[] }>();

function binsFrom(axis: Axis, current: Counts, reference: Counts): Bin[] {
  const layout = layoutOf(axis, reference);
  const now = layout.rows(current);
  const before = withUnknown(axis, reference, layout);
  return layout.bins
    .map(({ label, kind }, place) => {
      return { label, kind, reference: before[place] ?? 0, current: now[place] ?? 0 };
    })
    .filter((bin) => bin.reference + bin.current > 0);
}

/** The coarse bins of an axis; of categories, those that `reference` is made of. */
export function layoutOf(axis: Axis, reference: Counts): Layout {
  return axis.kind === 'numeric' ? numericLayout(axis) : categoryLayout(axis, reference);
}

/** Of the columns that are looked at: those of all columns of a wide table are 16 kB each. */
const laidOut = new Map<Axis, Layout>();
const MOST_KNOWN = 256;

function numericLayout(axis: Axis): Layout {
  const found = laidOut.get(axis);
  if (found !== undefined) return found;
  const edges = fullEdges(axis);
  const ranges = edges.slice(0, -1).map((from, index) => {
    const label = rangeLabel(axis, from, edges[index + 1] ?? FINE_BINS);
    return { place: from, key: from, label, kind: 'range' as const };
  });
  const atoms = axis.atoms.map((value, index) => {
    const place = cellOf(axis, value) - 0.5;
    return { place, key: BIN.atom0 - index, label: figure(value), kind: 'atom' as const };
  });
  const inLine = [...ranges, ...atoms].sort((a, b) => a.place - b.place);
  const [first, last] = [figure(plainEdge(axis, 0)), figure(plainEdge(axis, FINE_BINS))];
  const all = [
    { key: BIN.under, label: `below ${first}`, kind: 'under' as const },
    ...inLine,
    { key: BIN.over, label: `above ${last}`, kind: 'over' as const },
    { key: BIN.missing, label: 'missing or unreadable', kind: 'missing' as const },
    { key: BIN.notFinite, label: 'not finite', kind: 'notFinite' as const },
  ];
  const slots = new Map<number, number>(all.map(({ key }, slot) => [key, slot]));
  const homes = homesOf(edges, slots);
  const slotOf = (bin: number): number | undefined =>
    bin >= 0 && bin < FINE_BINS ? homes[bin] : slots.get(Math.min(bin, BIN.over));
  const bins = all.map(({ label, kind }) => ({ label, kind }));
  const layout = {
    bins,
    rows: (counts: Counts) => numericRows(axis, counts, { bins, slotOf }),
    slotOf: (key: number | string) => slotOf(Number(key)) ?? -1,
  };
  laidOut.set(axis, layout);
  const [oldest] = laidOut.keys();
  if (laidOut.size > MOST_KNOWN && oldest !== undefined) laidOut.delete(oldest);
  return layout;
}

/** Fine bin → slot of the range that it lies in. */
function homesOf(edges: readonly number[], slots: ReadonlyMap<number, number>): Int32Array {
  const homes = new Int32Array(FINE_BINS);
  edges.slice(0, -1).forEach((from, index) => {
    homes.fill(slots.get(from) ?? 0, from, edges[index + 1] ?? FINE_BINS);
  });
  return homes;
}

function numericRows(
  axis: Axis,
  counts: Counts,
  to: { bins: readonly unknown[]; slotOf(bin: number): number | undefined },
): Float64Array {
  const rows = new Float64Array(to.bins.length);
  const put = (bin: number, n: number): void => {
    const slot = to.slotOf(bin);
    if (slot !== undefined) rows[slot] = (rows[slot] ?? 0) + n;
  };
  const { bin } = counts.by;
  if (bin instanceof Int32Array) {
    bin.forEach((key, row) => {
      put(key, counts.sums['n']?.[row] ?? 0);
    });
    return rows;
  }
  const { fine, atoms, missing, notFinite } = numericCounts(axis, counts);
  fine.forEach((n, cell) => {
    if (n !== 0) put(cell - 1, n);
  });
  atoms.forEach((n, index) => {
    put(BIN.atom0 - index, n);
  });
  put(BIN.missing, missing);
  put(BIN.notFinite, notFinite);
  return rows;
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
  if (half > 0 && last <= start) return figure(start);
  const [first, second] = [figure(start), figure(last)];
  // Large numbers close to each other need more digits than others.
  return first === second ? spanInWords(start, last) : `${first} … ${second}`;
}
