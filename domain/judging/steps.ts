import { cellOf, numericCounts } from './numeric.js';
import { BIN, FINE_BINS, size } from '../profile.js';
import type { Axis, Counts } from '../profile.js';

/** The cells of a binned numeric column that hold rows, in the order of their values. */
export interface Steps {
  /** Rows with a finite value, also those that lie on no cell of the axis. */
  finite: number;
  /** Rows of each step, and of all steps up to and with it. */
  rows: Float64Array;
  through: Float64Array;
  /** As `cellOf`: 0 under, 1 to FINE_BINS, FINE_BINS + 1 over. */
  cells: Int32Array;
  /** Place in `axis.atoms`; -1: the loose values of the cell, which come before its atoms. */
  atoms: Int32Array;
}

/** A coarse window has fewer cells, a fine one more. */
const FEW = 256;

interface Known {
  axis: Axis;
  steps: Steps;
}

/** Quantiles of one column are asked for again and again, of a history for every later window. */
const few = new WeakMap<Counts, Known>();
const many = new Map<Counts, Known>();
const MOST_KNOWN = 64; // of 100 kB each

/** Kept for a while: read only. Without `bin` there are no steps. */
export function stepsOf(axis: Axis, counts: Counts): Steps {
  const isFew = size(counts) <= FEW;
  const found = (isFew ? few : many).get(counts);
  if (found?.axis === axis) return found.steps;
  const steps = isFew ? fromFew(axis, counts) : fromFine(axis, counts);
  (isFew ? few : many).set(counts, { axis, steps });
  const [oldest] = many.keys();
  if (many.size > MOST_KNOWN && oldest !== undefined) many.delete(oldest);
  return steps;
}

/** Of few cells without room for all: thousands of windows are looked at. */
function fromFew(axis: Axis, counts: Counts): Steps {
  const homes = axis.atoms.map((value) => cellOf(axis, value));
  const width = homes.length + 1;
  const [bins, n] = [counts.by['bin'] ?? [], counts.sums['n'] ?? []];
  const sums = new Map<number, number>();
  let finite = 0;
  for (let row = 0; row < size(counts); row++) {
    const bin = Number(bins[row] ?? BIN.missing);
    const rows = n[row] ?? 0;
    if (bin === BIN.missing || bin === BIN.notFinite) continue;
    finite += rows;
    const atom = bin > BIN.atom0 ? -1 : BIN.atom0 - bin;
    const cell = atom < 0 ? Math.min(FINE_BINS, Math.max(-1, bin)) + 1 : homes[atom];
    if (cell === undefined || rows <= 0) continue;
    const place = cell * width + atom + 1;
    sums.set(place, (sums.get(place) ?? 0) + rows);
  }
  const places = Float64Array.from(sums.keys()).sort();
  return accumulated(
    { places, rows: Float64Array.from(places, (place) => sums.get(place) ?? 0) },
    { finite, width },
  );
}

/** Of many by a walk over all that there are. */
function fromFine(axis: Axis, counts: Counts): Steps {
  const { fine, atoms, finite } = numericCounts(axis, counts);
  const width = axis.atoms.length + 1;
  const homes = new Map<number, number[]>();
  axis.atoms.forEach((value, index) => {
    const cell = cellOf(axis, value);
    homes.set(cell, [...(homes.get(cell) ?? []), index]);
  });
  const [places, rows]: [number[], number[]] = [[], []];
  const put = (place: number, count: number): void => {
    if (count <= 0) return;
    places.push(place);
    rows.push(count);
  };
  for (let cell = 0; cell < fine.length; cell++) {
    put(cell * width, fine[cell] ?? 0);
    for (const index of homes.get(cell) ?? []) put(cell * width + index + 1, atoms[index] ?? 0);
  }
  return accumulated(
    { places: Float64Array.from(places), rows: Float64Array.from(rows) },
    { finite, width },
  );
}

function accumulated(
  { places, rows }: { places: Float64Array; rows: Float64Array },
  { finite, width }: { finite: number; width: number },
): Steps {
  const through = new Float64Array(rows.length);
  const [cells, atoms] = [new Int32Array(rows.length), new Int32Array(rows.length)];
  let below = 0;
  for (let step = 0; step < rows.length; step++) {
    const place = places[step] ?? 0;
    through[step] = below += rows[step] ?? 0;
    cells[step] = Math.floor(place / width);
    atoms[step] = (place % width) - 1;
  }
  return { finite, rows, through, cells, atoms };
}

/** The first step that so many rows reach; -1: none does. */
export function stepAt({ through }: Steps, wanted: number): number {
  let [low, high] = [0, through.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((through[middle] ?? 0) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low < through.length ? low : -1;
}
