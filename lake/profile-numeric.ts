import { BIN, CATEGORY, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { ask, askColumns, askNumbers } from './ask.js';
import type { Duck } from './duck.js';
import { cellOf, centre, isDiscrete } from './grid.js';
import { add, addTo, moveAtom, noCells, slotOf, toCounts } from './profile-cells.js';
import type { Cells } from './profile-cells.js';

/** One column of the rows in a view. */
export interface ColumnOf {
  rows: string;
  column: string;
}

/** `bin` of the rows that numeric.sql could give no cell. */
const NO_CELL = 99_999;

/** Counts of a numeric column by `bin` of its axis: sums n, sum, squares, beyond. */
export async function profileNumeric(db: Duck, at: ColumnOf, axis: Axis): Promise<Counts> {
  const few = isDiscrete(axis) ? await fewValues(db, at) : null;
  if (few !== null) return toCounts(cellsOfValues(few, axis));
  const cells = await fineCells(db, at, axis);
  await markBeyond(db, at, { axis, cells });
  if (axis.atoms.length > 0) {
    const found = await askNumbers(db, 'profile/atoms', { ...at, atoms: axis.atoms });
    axis.atoms.forEach((atom, index) => {
      const n = found['n']?.[found['atom']?.indexOf(atom) ?? -1] ?? 0;
      if (n > 0) moveAtom(cells, { axis, atom, bin: BIN.atom0 - index, n });
    });
  }
  return toCounts(cells);
}

/** Values of a column and their rows; null: more than can be a column of few values. */
async function fewValues(db: Duck, at: ColumnOf): Promise<[number | null, number][] | null> {
  const most = 2 * FINE_BINS;
  const found = await askColumns(db, 'profile/values', { ...at, most: most + 1 });
  const values = found['value'] ?? [];
  if (values.length > most) return null;
  return values.map((value, i) => [value === null ? null : Number(value), Number(found['n']?.[i])]);
}

/** Grouping a column by few values costs a third of grouping it by cells. */
function cellsOfValues(values: readonly [number | null, number][], axis: Axis): Cells {
  const cells = noCells();
  for (const [value, n] of values) {
    if (value === null || !Number.isFinite(value)) {
      add(cells, value === null ? BIN.missing : BIN.notFinite, { n, sum: 0, squares: 0 });
      continue;
    }
    const bin = cellOf(axis, value);
    const within = bin !== BIN.under && bin !== BIN.over;
    add(cells, bin, { n, sum: n * value, squares: within ? n * (value - axis.low) ** 2 : 0 });
    if (isBeyond(axis, value)) addTo(cells.beyond, slotOf(bin), n);
  }
  return cells;
}

/** Outside of what the reference has seen; false where it has seen nothing. */
function isBeyond({ min, max }: Axis, value: number): boolean {
  return min !== null && max !== null && (value < min || value > max);
}

async function fineCells(db: Duck, at: ColumnOf, axis: Axis): Promise<Cells> {
  const middle = centre(axis);
  const scale = { centre: middle, inverse_width: axis.inverseWidth };
  const found = await askNumbers(db, 'profile/numeric', { ...at, ...scale });
  const { bin: bins = NONE, n: counts = NONE, sum: sums = NONE, squares = NONE } = found;
  const cells = noCells();
  // Σ(x − low)² from the sums around the middle of cell 0.
  const half = 0.5 / axis.inverseWidth;
  let far = 0;
  for (let i = 0; i < bins.length; i++) {
    const bin = bins[i] ?? 0;
    const n = counts[i] ?? 0;
    const sum = sums[i] ?? 0;
    if (bin === NO_CELL) {
      far = found['present']?.[i] ?? 0;
      add(cells, BIN.missing, { n: n - far, sum: 0, squares: 0 });
    } else {
      const within = bin >= 0 && bin < FINE_BINS;
      const square = within ? (squares[i] ?? 0) + 2 * half * sum + n * half * half : 0;
      const place = within ? bin : bin < 0 ? BIN.under : BIN.over;
      add(cells, place, { n, sum: sum + n * middle, squares: square });
    }
  }
  if (far > 0) {
    for (const row of await ask(db, 'profile/far', { ...at, ...scale })) {
      const kind = String(row['kind']);
      const bin = kind === 'under' ? BIN.under : kind === 'over' ? BIN.over : BIN.notFinite;
      const n = Number(row['n']);
      const sum = bin === BIN.notFinite ? 0 : Number(row['sum']) + n * middle;
      add(cells, bin, { n, sum, squares: 0 });
    }
  }
  return cells;
}

const NONE = new Float64Array();

/** Counts the rows beyond what the reference has seen, cell by cell. */
async function markBeyond(
  db: Duck,
  at: ColumnOf,
  { axis, cells }: { axis: Axis; cells: Cells },
): Promise<void> {
  const { min, max } = axis;
  if (min === null || max === null) return;
  const [first, last] = [cellOf(axis, min), cellOf(axis, max)];
  const [under, over] = [slotOf(BIN.under), slotOf(BIN.over)];
  const copy = (slot: number) => (cells.beyond[slot] = cells.n[slot] ?? 0);
  for (let cell = 0; cell < first; cell++) copy(cell);
  for (let cell = last === BIN.under ? 0 : last + 1; cell < FINE_BINS; cell++) copy(cell);
  copy(under);
  copy(over);
  // Where the axis ends before the reference does, not all that is over is out of range.
  const cutBelow = first === BIN.under && copy(under) > 0;
  const cutAbove = last === BIN.over && copy(over) > 0;
  if (!cutBelow && !cutAbove) return;
  const counted = await askNumbers(db, 'profile/beyond', { ...at, min, max });
  if (cutBelow) cells.beyond[under] = counted['below']?.[0] ?? 0;
  if (cutAbove) cells.beyond[over] = counted['above']?.[0] ?? 0;
}

/** Counts of a numeric column by `value`, every value a bin: the grid of exact statistics. */
export async function profileExact(db: Duck, at: ColumnOf, axis: Axis): Promise<Counts> {
  const every = { most: Number.MAX_SAFE_INTEGER };
  const found = await askColumns(db, 'profile/values', { ...at, ...every });
  const values = (found['value'] ?? []).map((value) => (value === null ? null : Number(value)));
  const counts = Float64Array.from(found['n'] ?? [], Number);
  const sums = (of: (value: number, n: number) => number) =>
    Float64Array.from(values, (value, i) => {
      const n = counts[i] ?? 0;
      return value === null || !Number.isFinite(value) ? 0 : of(value, n);
    });
  return {
    by: { value: values.map((value) => (value === null ? CATEGORY.missing : String(value))) },
    sums: {
      n: counts,
      sum: sums((value, n) => value * n),
      squares: sums((value, n) => n * (value - axis.low) ** 2),
      beyond: sums((value, n) => (isBeyond(axis, value) ? n : 0)),
    },
  };
}
