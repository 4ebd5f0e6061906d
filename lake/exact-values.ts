import {
  besideOf,
  cellSpan,
  figuresOf,
  isHeavy,
  roomFor,
  sortValues,
} from '../domain/judging/exact.js';
import type { Room, SortedValues } from '../domain/judging/exact.js';
import { BIN, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { askValues } from './ask-values.js';
import type { Duck } from './duck.js';
import { cellOf } from './grid.js';
import { add, addTo, moveAtom, noCells, slotOf, toCounts } from './profile-cells.js';
import type { Cells } from './profile-cells.js';
import { isBeyond } from './profile-numeric.js';

/** One column on both sides: their rows, and how many there are. */
export interface ColumnPair {
  column: string;
  axis: Axis;
  reference: { view: string; rows: number };
  current: { view: string; rows: number };
}

/** Memory for the values of both sides of a column, for one column after another. */
export interface Desk {
  values: Float64Array;
  reference: Room;
  current: Room;
}

/** A desk for so many rows on either side. */
export function deskFor({ reference, current }: { reference: number; current: number }): Desk {
  return {
    values: new Float64Array(Math.max(reference, current)),
    reference: roomFor(reference),
    current: roomFor(current),
  };
}

/**
 * Counts of a numeric column of many values by the cells of its axis, both sides with figures that
 * were computed value by value; the values themselves are gone afterwards, for those of all columns
 * would fill the memory. null: one value holds half of a side, then the values have to be counted.
 */
export async function exactOfValues(
  db: Duck,
  { column, axis, reference, current }: ColumnPair,
  desk: Desk,
): Promise<{ reference: Counts; current: Counts } | null> {
  const { values } = desk;
  const of = { axis, column, values };
  const before = await valuesOf(db, { ...of, view: reference.view, room: desk.reference });
  const now = await valuesOf(db, { ...of, view: current.view, room: desk.current });
  if (isHeavy(before.sorted) || isHeavy(now.sorted)) return null;
  const first: Counts = {
    ...cellsOf(axis, before, reference.rows),
    exact: figuresOf(before.sorted),
  };
  const beside = besideOf({ counts: first, sorted: before.sorted }, now.sorted);
  const exact = { ...figuresOf(now.sorted), beside };
  return { reference: first, current: { ...cellsOf(axis, now, current.rows), exact } };
}

/** Counts of a numeric column by the cells of its axis, from its values: best for few rows. */
export async function cellsFromValues(
  db: Duck,
  { axis, column, view, rows }: { axis: Axis; column: string; view: string; rows: number },
): Promise<Counts> {
  const room = { values: new Float64Array(rows), room: roomFor(rows) };
  return cellsOf(axis, await valuesOf(db, { axis, column, view, ...room }), rows);
}

interface Values {
  sorted: SortedValues;
  /** Rows that have a value, NaN and infinities among them. */
  present: number;
}

interface From {
  axis: Axis;
  view: string;
  column: string;
  values: Float64Array;
  room: Room;
}

async function valuesOf(db: Duck, from: From): Promise<Values> {
  const params = { rows: from.view, column: from.column };
  const values = await askValues(db, 'profile/numbers', { params, into: from.values });
  const { low, inverseWidth } = from.axis;
  const sorted = sortValues(values, { low, inverseWidth, count: FINE_BINS }, from.room);
  return { sorted, present: values.length };
}

function cellsOf(axis: Axis, { sorted, present }: Values, rows: number): Counts {
  const cells = noCells();
  const ends = [axis.min, axis.max].map((end) => (end === null ? null : cellOf(axis, end)));
  for (let cell = -1; cell <= FINE_BINS; cell++) {
    const [from, to] = cellSpan(sorted, cell);
    if (from === to) continue;
    const bin = cell < 0 ? BIN.under : cell;
    addRows(cells, axis, { bin, values: sorted.values.subarray(from, to) });
    const isInside = cell > (ends[0] ?? -Infinity) && cell < (ends[1] ?? Infinity);
    for (let row = from; !isInside && row < to; row++) {
      if (isBeyond(axis, sorted.values[row] ?? 0)) addTo(cells.beyond, slotOf(bin), 1);
    }
  }
  axis.atoms.forEach((atom, index) => {
    const [from, to] = cellSpan(sorted, cellOf(axis, atom));
    const n = sorted.values.subarray(from, to).filter((value) => value === atom).length;
    if (n > 0) moveAtom(cells, { axis, atom, bin: BIN.atom0 - index, n });
  });
  addTo(cells.n, slotOf(BIN.missing), rows - present);
  addTo(cells.n, slotOf(BIN.notFinite), present - sorted.values.length);
  return toCounts(cells);
}

function addRows(
  cells: Cells,
  axis: Axis,
  { bin, values }: { bin: number; values: Float64Array },
): void {
  let [sum, squares, cubes] = [0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    sum += value;
    const above = value - axis.low;
    squares += above * above;
    cubes += above * above * above;
  }
  add(cells, bin, { n: values.length, sum, squares, cubes });
}
