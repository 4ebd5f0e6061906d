import { BIN, FINE_BINS } from '../domain/profile.js';
import type { Axis } from '../domain/profile.js';
import { ask, askColumns, askNumbers } from './ask.js';
import type { Row } from './ask.js';
import type { Duck } from './duck.js';
import { cellOf, centre, isDiscrete } from './grid.js';
import { aroundLow, cubesOf } from './profile-powers.js';
import { add, addTo, clearCells, moveAtom, noCells, slotOf } from './profile-cells.js';
import type { Cells, OnCells } from './profile-cells.js';
import { keysOf, partOf, rowsByPart } from './profile-parts.js';
import type { Parts } from './window-parts.js';

/** One column of the rows in a view. */
export interface ColumnOf {
  rows: string;
  column: string;
}

/** Of fewer rows, clearing an array of cells costs more than hashing them. */
const MANY = 500_000;
/** `bin` of the rows that numeric.sql could give no cell. */
const NO_CELL = 99_999;

/** Cells of a numeric column on its axis: sums n, sum, squares, beyond; `size`: rows, about. */
export async function numericCells(
  db: Duck,
  at: ColumnOf & { parts: Parts | null },
  { axis, use, size }: { axis: Axis; use: OnCells; size: number },
): Promise<void> {
  const { rows, column, parts } = at;
  const of = { rows, column, keys: keysOf(parts) };
  const few = isDiscrete(axis) ? await fewValues(db, of, parts?.count ?? 1) : null;
  if (few !== null) {
    for (const [part, values] of few) use(part, cellsOfValues(values, axis));
    return;
  }
  await fineCells(db, of, { axis, use, size });
}

type Of = ColumnOf & { keys: readonly string[] };

/** Values of a column and their rows; null: more than can be a column of few values. */
async function fewValues(
  db: Duck,
  of: Of,
  parts: number,
): Promise<Map<number, [number | null, number][]> | null> {
  const most = 2 * FINE_BINS * Math.min(parts, MOST_FEW);
  const found = await askColumns(db, 'profile/values', { ...of, most: most + 1 });
  const values = found['value'] ?? [];
  if (values.length > most) return null;
  const told = (row: number): [number | null, number] => {
    const value = values[row] ?? null;
    return [value === null ? null : Number(value), Number(found['n']?.[row])];
  };
  const groups = rowsByPart(found, of.keys);
  return new Map([...groups].map(([part, rows]) => [part, rows.map(told)]));
}

/** In more parts than this, not every value of a column with few occurs. */
const MOST_FEW = 64;

/** One for all parts of all columns: new ones would be the most of what is thrown away. */
const scratch = noCells();
function emptied(): Cells {
  clearCells(scratch);
  return scratch;
}

/** Grouping a column by few values costs a third of grouping it by cells. */
function cellsOfValues(values: readonly [number | null, number][], axis: Axis): Cells {
  const cells = emptied();
  for (const [value, n] of values) {
    if (value === null || !Number.isFinite(value)) {
      add(cells, value === null ? BIN.missing : BIN.notFinite, { n, sum: 0, squares: 0 });
      continue;
    }
    const bin = cellOf(axis, value);
    const above = value - axis.low;
    add(cells, bin, { n, sum: n * value, squares: n * above ** 2, cubes: n * above ** 3 });
    if (isBeyond(axis, value)) addTo(cells.beyond, slotOf(bin), n);
  }
  return cells;
}

/** Outside of what the reference has seen; false where it has seen nothing. */
export function isBeyond({ min, max }: Axis, value: number): boolean {
  return min !== null && max !== null && (value < min || value > max);
}

async function fineCells(
  db: Duck,
  of: Of,
  { axis, use, size }: { axis: Axis; use: OnCells; size: number },
): Promise<void> {
  const scale = { centre: centre(axis), inverse_width: axis.inverseWidth };
  const cell = size >= MANY ? 'smallint' : 'integer';
  const found = await askNumbers(db, 'profile/numeric', { ...of, ...scale, cell });
  const heavy =
    axis.atoms.length > 0
      ? await askNumbers(db, 'profile/atoms', { ...of, atoms: axis.atoms })
      : {};
  const bins = found['bin'] ?? NONE;
  const isFar = bins.some((bin, row) => bin === NO_CELL && (found['present']?.[row] ?? 0) > 0);
  const far = isFar ? await ask(db, 'profile/far', { ...of, ...scale }) : [];
  const bounds = boundsOf(axis);
  const cut = (bounds.cutBelow || bounds.cutAbove) && axis.min !== null && axis.max !== null;
  const outside =
    cut && (isFar || bins.some((bin) => bin < 0 || (bin >= FINE_BINS && bin !== NO_CELL)))
      ? await askNumbers(db, 'profile/beyond', { ...of, min: axis.min, max: axis.max })
      : {};
  const heavyOf = rowsByPart(heavy, of.keys);
  const outsideOf = rowsByPart(outside, of.keys);
  for (const [part, rows] of rowsByPart(found, of.keys)) {
    const cells = cellsOfBins(found, { rows, axis });
    for (const row of far) if (partOf(row, of.keys) === part) addFar(cells, row, axis);
    markBeyond(cells, axis, { found: outside, row: outsideOf.get(part)?.[0] ?? -1 });
    for (const row of heavyOf.get(part) ?? []) {
      const [atom, n] = [heavy['atom']?.[row] ?? 0, heavy['n']?.[row] ?? 0];
      moveAtom(cells, { axis, atom, bin: BIN.atom0 - axis.atoms.indexOf(atom), n });
    }
    use(part, cells);
  }
}

/** The cells of some rows of an answer. */
function cellsOfBins(
  found: Readonly<Record<string, Float64Array>>,
  { rows, axis }: { rows: readonly number[]; axis: Axis },
): Cells {
  const { bin: bins = NONE, n: counts = NONE, sum: sums = NONE, squares = NONE } = found;
  const cells = emptied();
  const middle = centre(axis);
  // As aroundLow has it: this runs for every cell of every column.
  const half = 0.5 / axis.inverseWidth;
  for (const i of rows) {
    const bin = bins[i] ?? 0;
    const n = counts[i] ?? 0;
    const sum = sums[i] ?? 0;
    if (bin === NO_CELL) {
      // With those that are far or not finite, which addFar takes out.
      add(cells, BIN.missing, { n, sum: 0, squares: 0 });
    } else {
      const within = bin >= 0 && bin < FINE_BINS;
      const place = within ? bin : bin < 0 ? BIN.under : BIN.over;
      const square = squares[i] ?? 0;
      const slot = slotOf(place);
      addTo(cells.n, slot, n);
      addTo(cells.sum, slot, sum + n * middle);
      addTo(cells.squares, slot, square + 2 * half * sum + n * half * half);
      if (within) continue;
      const cubes = cubesOf(bin / axis.inverseWidth, { n, sum, squares: square });
      const around = aroundLow(axis, { n, sum, squares: square, cubes });
      addTo(cells.cubes, slot - FINE_BINS, around.cubes);
    }
  }
  return cells;
}

function addFar(cells: Cells, row: Row, axis: Axis): void {
  const kind = String(row['kind']);
  const bin = kind === 'under' ? BIN.under : kind === 'over' ? BIN.over : BIN.notFinite;
  const n = Number(row['n']);
  const [sum = 0, squares = 0, cubes = 0] = ['sum', 'squares', 'cubes'].map((s) => Number(row[s]));
  if (bin === BIN.notFinite) add(cells, bin, { n, sum: 0, squares: 0 });
  else {
    const powers = aroundLow(axis, { n, sum, squares, cubes });
    add(cells, bin, { ...powers, n, sum: sum + n * centre(axis) });
  }
  add(cells, BIN.missing, { n: -n, sum: 0, squares: 0 });
}

const NONE = new Float64Array();

/** The cells where the reference begins and ends; `cut…`: its axis ends before it does. */
function boundsOf(axis: Axis) {
  const first = axis.min === null ? BIN.under : cellOf(axis, axis.min);
  const last = axis.max === null ? BIN.over : cellOf(axis, axis.max);
  return { first, last, cutBelow: first === BIN.under, cutAbove: last === BIN.over };
}

/** Counts the rows beyond what the reference has seen, cell by cell. */
function markBeyond(
  cells: Cells,
  axis: Axis,
  { found, row }: { found: Readonly<Record<string, Float64Array>>; row: number },
): void {
  if (axis.min === null || axis.max === null) return;
  const { first, last, cutBelow, cutAbove } = boundsOf(axis);
  const copy = (slot: number) => (cells.beyond[slot] = cells.n[slot] ?? 0);
  for (let cell = 0; cell < first; cell++) copy(cell);
  for (let cell = last === BIN.under ? 0 : last + 1; cell < FINE_BINS; cell++) copy(cell);
  const [under, over] = [slotOf(BIN.under), slotOf(BIN.over)];
  // Where the axis ends before the reference does, not all that is over is out of range.
  if (copy(under) > 0 && cutBelow) cells.beyond[under] = found['below']?.[row] ?? 0;
  if (copy(over) > 0 && cutAbove) cells.beyond[over] = found['above']?.[row] ?? 0;
}
