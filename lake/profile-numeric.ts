import { BIN, CATEGORY, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import { ask, askColumns, askNumbers } from './ask.js';
import type { Duck } from './duck.js';
import { cellOf, centre, isDiscrete } from './grid.js';

/** One column of the rows in a view. */
export interface ColumnOf {
  rows: string;
  column: string;
}

interface Cell {
  n: number;
  sum: number;
  squares: number;
}

/** `bin` of the rows that numeric.sql could give no cell. */
const NO_CELL = 99_999;

/** Counts of a numeric column by `bin` of its axis: sums n, sum, squares, beyond. */
export async function profileNumeric(db: Duck, at: ColumnOf, axis: Axis): Promise<Counts> {
  const few = isDiscrete(axis) ? await fewValues(db, at) : null;
  if (few !== null) return cellsOfValues(few, axis);
  const cells = await fineCells(db, at, axis);
  const beyond = await outOfRange(db, at, { axis, cells });
  if (axis.atoms.length > 0) {
    const found = await askNumbers(db, 'profile/atoms', { ...at, atoms: axis.atoms });
    axis.atoms.forEach((atom, index) => {
      const n = found['n']?.[found['atom']?.indexOf(atom) ?? -1] ?? 0;
      if (n > 0) moveAtom(cells, { axis, atom, bin: BIN.atom0 - index, n });
    });
  }
  return toCounts(cells, beyond);
}

function toCounts(cells: ReadonlyMap<number, Cell>, beyond: ReadonlyMap<number, number>): Counts {
  const bins = [...cells.keys()].sort((a, b) => a - b);
  const sums = (of: (cell: Cell) => number) =>
    Float64Array.from(bins, (bin) => of(cells.get(bin) ?? { n: 0, sum: 0, squares: 0 }));
  return {
    by: { bin: Int32Array.from(bins) },
    sums: {
      n: sums(({ n }) => n),
      sum: sums(({ sum }) => sum),
      squares: sums(({ squares }) => squares),
      beyond: Float64Array.from(bins, (bin) => beyond.get(bin) ?? 0),
    },
  };
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
function cellsOfValues(values: readonly [number | null, number][], axis: Axis): Counts {
  const cells = new Map<number, Cell>();
  const beyond = new Map<number, number>();
  for (const [value, n] of values) {
    if (value === null || !Number.isFinite(value)) {
      add(cells, value === null ? BIN.missing : BIN.notFinite, { n, sum: 0, squares: 0 });
      continue;
    }
    const bin = cellOf(axis, value);
    const within = bin !== BIN.under && bin !== BIN.over;
    add(cells, bin, { n, sum: n * value, squares: within ? n * (value - axis.low) ** 2 : 0 });
    if (isBeyond(axis, value)) beyond.set(bin, (beyond.get(bin) ?? 0) + n);
  }
  return toCounts(cells, beyond);
}

/** Outside of what the reference has seen; false where it has seen nothing. */
function isBeyond({ min, max }: Axis, value: number): boolean {
  return min !== null && max !== null && (value < min || value > max);
}

async function fineCells(db: Duck, at: ColumnOf, axis: Axis): Promise<Map<number, Cell>> {
  const middle = centre(axis);
  const scale = { centre: middle, inverse_width: axis.inverseWidth };
  const found = await askNumbers(db, 'profile/numeric', { ...at, ...scale });
  const bins = found['bin'] ?? new Float64Array();
  const cells = new Map<number, Cell>();
  let far = 0;
  for (let i = 0; i < bins.length; i++) {
    const bin = bins[i] ?? 0;
    const n = found['n']?.[i] ?? 0;
    if (bin === NO_CELL) {
      far = found['present']?.[i] ?? 0;
      if (n > far) add(cells, BIN.missing, { n: n - far, sum: 0, squares: 0 });
      continue;
    }
    const sum = found['sum']?.[i] ?? 0;
    const shifted = { n, sum: sum + n * middle };
    if (bin < 0) add(cells, BIN.under, { ...shifted, squares: 0 });
    else if (bin >= FINE_BINS) add(cells, BIN.over, { ...shifted, squares: 0 });
    else {
      // Σ(x − low)² from the sums around the middle of cell 0.
      const half = 0.5 / axis.inverseWidth;
      const squares = (found['squares']?.[i] ?? 0) + 2 * half * sum + n * half * half;
      add(cells, bin, { ...shifted, squares });
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

function add(cells: Map<number, Cell>, bin: number, more: Cell): void {
  const { n, sum, squares } = cells.get(bin) ?? { n: 0, sum: 0, squares: 0 };
  cells.set(bin, { n: n + more.n, sum: sum + more.sum, squares: squares + more.squares });
}

/** Takes a heavy value out of the cell that it lies in. */
function moveAtom(
  cells: Map<number, Cell>,
  { axis, atom, bin, n }: { axis: Axis; atom: number; bin: number; n: number },
): void {
  const squares = n * (atom - axis.low) ** 2;
  const cell = cellOf(axis, atom);
  const left = cells.get(cell);
  if (left !== undefined && left.n > n) {
    const rest = cell === BIN.under || cell === BIN.over ? 0 : left.squares - squares;
    cells.set(cell, { n: left.n - n, sum: left.sum - n * atom, squares: Math.max(0, rest) });
  } else cells.delete(cell);
  cells.set(bin, { n, sum: n * atom, squares });
}

/** Bin → rows beyond what the reference has seen. */
async function outOfRange(
  db: Duck,
  at: ColumnOf,
  { axis, cells }: { axis: Axis; cells: ReadonlyMap<number, Cell> },
): Promise<Map<number, number>> {
  const beyond = new Map<number, number>();
  const { min, max } = axis;
  if (min === null || max === null) return beyond;
  const [first, last] = [cellOf(axis, min), cellOf(axis, max)];
  const under = cells.get(BIN.under)?.n ?? 0;
  const over = cells.get(BIN.over)?.n ?? 0;
  for (const [bin, { n }] of cells) {
    if (bin < 0 || bin === BIN.over) continue;
    if ((first >= 0 && bin < first) || (last !== BIN.over && bin > last)) beyond.set(bin, n);
  }
  const cut = (first === BIN.under && under > 0) || (last === BIN.over && over > 0);
  const counted = cut ? await askNumbers(db, 'profile/beyond', { ...at, min, max }) : {};
  beyond.set(BIN.under, first === BIN.under ? (counted['below']?.[0] ?? 0) : under);
  beyond.set(BIN.over, last === BIN.over ? (counted['above']?.[0] ?? 0) : over);
  return beyond;
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
