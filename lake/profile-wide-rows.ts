import { BIN } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { ask, askNumbers } from './ask.js';
import type { Duck } from './duck.js';
import { cellOf } from './grid.js';
import { add, addTo, clearCells, noCells, slotOf, toCounts } from './profile-cells.js';
import { isBeyond } from './profile-numeric.js';

/** Values that are held at a time. */
const MOST_VALUES = 500_000;
/** Columns in one question. */
const TOGETHER = 250;

/**
 * Counts of many numeric columns of few rows: one question for all their values, and no more than
 * so many of them in memory. Asked one by one, a column costs more than its rows.
 */
export async function profileByRow(
  db: Duck,
  rows: string,
  columns: readonly (readonly [string, Axis])[],
): Promise<Map<string, Counts>> {
  const [counted] = await ask(db, 'profile/count', { rows });
  const n = Number(counted?.['rows'] ?? 0);
  const together = Math.max(1, Math.min(TOGETHER, Math.floor(MOST_VALUES / Math.max(1, n))));
  const profiles = new Map<string, Counts>();
  for (let i = 0; i < columns.length; i += together) {
    const some = columns.slice(i, i + together);
    const names = some.map(([column]) => column);
    const params = { rows, columns: names, many: some.length };
    const found = await askNumbers(db, 'profile/rows', params);
    const values = byPlace(found, some.length);
    some.forEach(([column, axis], place) => {
      const own = values[place] ?? new Float64Array();
      const sorted = own.filter((one) => Number.isFinite(one)).sort();
      profiles.set(column, countsOf(axis, { sorted, present: own.length }, n));
    });
  }
  return profiles;
}

function byPlace(found: Readonly<Record<string, Float64Array>>, many: number): Float64Array[] {
  const { place = new Float64Array(), value = new Float64Array() } = found;
  const sizes = new Uint32Array(many);
  for (const at of place) sizes[at] = (sizes[at] ?? 0) + 1;
  const lists = Array.from(sizes, (size) => new Float64Array(size));
  const filled = new Uint32Array(many);
  for (let row = 0; row < place.length; row++) {
    const at = place[row] ?? 0;
    const next = filled[at] ?? 0;
    const list = lists[at];
    if (list !== undefined) list[next] = value[row] ?? NaN;
    filled[at] = next + 1;
  }
  return lists;
}

/** Used again for every column: new ones would be the most of what is thrown away. */
const cells = noCells();

/** The rows without a value are missing. */
function countsOf(
  axis: Axis,
  { sorted, present }: { sorted: Float64Array; present: number },
  rows: number,
): Counts {
  clearCells(cells);
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
    addRows(axis, { bin, values: sorted.subarray(from, row) });
  }
  addTo(cells.n, slotOf(BIN.missing), rows - present);
  addTo(cells.n, slotOf(BIN.notFinite), present - sorted.length);
  return toCounts(cells);
}

function addRows(axis: Axis, { bin, values }: { bin: number; values: Float64Array }): void {
  let [sum, squares, cubes, beyond] = [0, 0, 0, 0];
  let [sumLost, squaresLost] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    const above = value - axis.low;
    // What a step rounds off is taken along: far from the axis it is more than values differ.
    const [one, square] = [value - sumLost, above * above - squaresLost];
    const [nextSum, nextSquares] = [sum + one, squares + square];
    sumLost = nextSum - sum - one || 0;
    squaresLost = nextSquares - squares - square || 0;
    [sum, squares] = [nextSum, nextSquares];
    cubes += above * above * above;
    if (isBeyond(axis, value)) beyond++;
  }
  add(cells, bin, { n: values.length, sum, squares, cubes });
  addTo(cells.beyond, slotOf(bin), beyond);
}
