import { cellOf } from './numeric.js';
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

/** Quantiles of one column are asked for again and again. */
const known = new WeakMap<Counts, { axis: Axis; steps: Steps }>();

/** Kept for as long as `counts`: read only. Without `bin` there are no steps. */
export function stepsOf(axis: Axis, counts: Counts): Steps {
  const found = known.get(counts);
  if (found?.axis === axis) return found.steps;
  const steps = inOrder(axis, counts);
  known.set(counts, { axis, steps });
  return steps;
}

/** Of few cells without room for all: thousands of windows are looked at. */
function inOrder(axis: Axis, counts: Counts): Steps {
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
  return accumulated(sums, { finite, width });
}

function accumulated(
  sums: ReadonlyMap<number, number>,
  { finite, width }: { finite: number; width: number },
): Steps {
  const places = Float64Array.from(sums.keys()).sort();
  const rows = Float64Array.from(places, (place) => sums.get(place) ?? 0);
  const through = new Float64Array(rows.length);
  let below = 0;
  rows.forEach((count, step) => (through[step] = below += count));
  return {
    ...{ finite, rows, through },
    cells: Int32Array.from(places, (place) => Math.floor(place / width)),
    atoms: Int32Array.from(places, (place) => (place % width) - 1),
  };
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
