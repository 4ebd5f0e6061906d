import { BIN, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { cellOf } from './grid.js';

/** Cells of a column, dense: slots 0 … 4096 are the bins from 0 to over, then those below 0. */
export interface Cells {
  n: Float64Array;
  sum: Float64Array;
  squares: Float64Array;
  beyond: Float64Array;
  /** Of over and under only, in this order. */
  cubes: Float64Array;
}

/**
 * Hears of the cells of every part, one by one; of part 0 where nothing parts the rows. They are
 * its own until it returns.
 */
export type OnCells = (part: number, cells: Cells) => void;

/** Fine cells and over, under, missing, not finite, and the atoms: more than there can be. */
const SLOTS = FINE_BINS + 64;
/** Where a bin is kept. */
export const slotOf = (bin: number): number => (bin >= 0 ? bin : FINE_BINS - bin);
const binOf = (slot: number): number => (slot <= FINE_BINS ? slot : FINE_BINS - slot);

/** Cells without rows. */
export function noCells(): Cells {
  const zeros = () => new Float64Array(SLOTS);
  return {
    n: zeros(),
    sum: zeros(),
    squares: zeros(),
    beyond: zeros(),
    cubes: new Float64Array(2),
  };
}

/** Takes all rows out again. */
export function clearCells(cells: Cells): void {
  for (const sums of Object.values(cells) as Float64Array[]) sums.fill(0);
}

/** Shared by all columns without rows beyond their axis: read only. */
const NO_CUBES = new Float64Array(SLOTS);

/** The cells that hold rows, by ascending bin. */
export function toCounts(cells: Cells): Counts {
  const slots: number[] = [];
  for (let slot = SLOTS - 1; slot > FINE_BINS; slot--) if (cells.n[slot] !== 0) slots.push(slot);
  for (let slot = 0; slot <= FINE_BINS; slot++) if (cells.n[slot] !== 0) slots.push(slot);
  const pick = (from: Float64Array) => {
    // `Float64Array.from` asks an iterator for every cell.
    const picked = new Float64Array(slots.length);
    for (let i = 0; i < slots.length; i++) picked[i] = from[slots[i] ?? 0] ?? 0;
    return picked;
  };
  return {
    by: { bin: Int32Array.from(slots, binOf) },
    sums: {
      n: pick(cells.n),
      sum: pick(cells.sum),
      squares: pick(cells.squares),
      beyond: pick(cells.beyond),
      cubes: cells.cubes.some((sum) => sum !== 0)
        ? Float64Array.from(slots, (slot) => cells.cubes[slot - FINE_BINS] ?? 0)
        : NO_CUBES.subarray(0, slots.length),
    },
  };
}

/** Adds all cells of others that hold rows. */
export function addCells(cells: Cells, more: Cells): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    const n = more.n[slot] ?? 0;
    if (n === 0) continue;
    addTo(cells.n, slot, n);
    addTo(cells.sum, slot, more.sum[slot] ?? 0);
    addTo(cells.squares, slot, more.squares[slot] ?? 0);
    addTo(cells.beyond, slot, more.beyond[slot] ?? 0);
  }
  more.cubes.forEach((cubes, place) => addTo(cells.cubes, place, cubes));
}

/** Adds to one sum of a cell. */
export function addTo(values: Float64Array, slot: number, more: number): void {
  values[slot] = (values[slot] ?? 0) + more;
}

/** Adds rows to the cell of a bin. */
export function add(
  cells: Cells,
  bin: number,
  more: { n: number; sum: number; squares: number; cubes?: number },
): void {
  const slot = slotOf(bin);
  addTo(cells.n, slot, more.n);
  addTo(cells.sum, slot, more.sum);
  addTo(cells.squares, slot, more.squares);
  if (bin === BIN.under || bin === BIN.over) {
    addTo(cells.cubes, slot - FINE_BINS, more.cubes ?? 0);
  }
}

/** Takes a heavy value out of the cell that it lies in. */
export function moveAtom(
  cells: Cells,
  { axis, atom, bin, n }: { axis: Axis; atom: number; bin: number; n: number },
): void {
  const squares = n * (atom - axis.low) ** 2;
  const cell = cellOf(axis, atom);
  const slot = slotOf(cell);
  add(cells, bin, { n, sum: n * atom, squares });
  const cubes = squares * (atom - axis.low);
  add(cells, cell, { n: -n, sum: -n * atom, squares: -squares, cubes: -cubes });
  // What rounding leaves of an empty cell is nothing.
  if (cells.n[slot] === 0) {
    cells.sum[slot] = cells.squares[slot] = 0;
    if (slot >= FINE_BINS) cells.cubes[slot - FINE_BINS] = 0;
  }
  // Infinite numbers less infinite ones: infinite, as they were.
  if (Number.isNaN(cells.squares[slot])) cells.squares[slot] = Infinity;
  cells.squares[slot] = Math.max(0, cells.squares[slot] ?? 0);
}
