import { besideOf, figuresOf, isHeavy, sortValues } from '../domain/judging/exact.js';
import type { SortedValues } from '../domain/judging/exact.js';
import { BIN } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { askNumbers } from './ask.js';
import type { Duck } from './duck.js';
import { cellOf } from './grid.js';
import { add, addTo, noCells, slotOf, toCounts } from './profile-cells.js';
import type { Cells } from './profile-cells.js';
import { isBeyond } from './profile-numeric.js';

/** One column on both sides: their rows, and how many there are. */
export interface ColumnPair {
  column: string;
  axis: Axis;
  reference: { view: string; rows: number };
  current: { view: string; rows: number };
}

/**
 * Counts of a numeric column of many values by the cells of its axis, both sides with figures that
 * were computed value by value; the values themselves are gone afterwards, for those of all columns
 * would fill the memory. null: one value holds half of a side, then the values have to be counted.
 */
export async function profileSorted(
  db: Duck,
  { column, axis, reference, current }: ColumnPair,
): Promise<{ reference: Counts; current: Counts } | null> {
  const [before, now] = [
    await valuesOf(db, { rows: reference.view, column }),
    await valuesOf(db, { rows: current.view, column }),
  ];
  if (isHeavy(before.sorted) || isHeavy(now.sorted)) return null;
  const first: Counts = {
    ...cellsOf(axis, before, reference.rows),
    exact: figuresOf(before.sorted),
  };
  const beside = besideOf({ counts: first, sorted: before.sorted }, now.sorted);
  const exact = { ...figuresOf(now.sorted), beside };
  return { reference: first, current: { ...cellsOf(axis, now, current.rows), exact } };
}

interface Values {
  sorted: SortedValues;
  /** Rows that have a value, NaN and infinities among them. */
  present: number;
}

async function valuesOf(db: Duck, at: { rows: string; column: string }): Promise<Values> {
  const { value } = await askNumbers(db, 'profile/numbers', at);
  return { sorted: sortValues(value ?? new Float64Array()), present: value?.length ?? 0 };
}

function cellsOf(axis: Axis, { sorted, present }: Values, rows: number): Counts {
  const cells = noCells();
  let [row, atom] = [0, 0];
  while (row < sorted.length) {
    const first = sorted[row] ?? 0;
    while (atom < axis.atoms.length && (axis.atoms[atom] ?? 0) < first) atom++;
    const heavy = axis.atoms[atom] ?? Infinity;
    const bin = heavy === first ? BIN.atom0 - atom : cellOf(axis, first);
    // Ascending values of one cell come one after another, and a heavy value in one piece.
    const from = row;
    const isHere = (value: number) =>
      heavy === first ? value === heavy : value < heavy && cellOf(axis, value) === bin;
    while (row < sorted.length && isHere(sorted[row] ?? 0)) row++;
    addRows(cells, axis, { bin, values: sorted.subarray(from, row) });
  }
  addTo(cells.n, slotOf(BIN.missing), rows - present);
  addTo(cells.n, slotOf(BIN.notFinite), present - sorted.length);
  return toCounts(cells);
}

function addRows(
  cells: Cells,
  axis: Axis,
  { bin, values }: { bin: number; values: SortedValues },
): void {
  let [sum, squares, cubes, beyond] = [0, 0, 0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    sum += value;
    const above = value - axis.low;
    squares += above * above;
    cubes += above * above * above;
    if (isBeyond(axis, value)) beyond++;
  }
  add(cells, bin, { n: values.length, sum, squares, cubes });
  addTo(cells.beyond, slotOf(bin), beyond);
}
