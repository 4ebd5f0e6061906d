import { cellOf, exactValues, numericCounts } from '../domain/judging/numeric.js';
import type { ValueCounts } from '../domain/judging/numeric.js';
import { BIN } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { ColumnPair } from './columns.js';

/**
 * Both sides as cells hold them, however they were counted. Whether a factor is common is decided
 * by margins, and near one a quantile that is right to a cell may fall on the other side than the
 * exact one: so that `--exact` says what a plain look says, both take the cells.
 */
export function inCells({ axis, current, reference }: ColumnPair): ColumnPair {
  return { axis, current: cellsOf(axis, current), reference: cellsOf(axis, reference) };
}

/** Two questions ask for them, one after another, and of them for much else. */
const known = new WeakMap<Counts, { axis: Axis; cells: Counts }>();

function cellsOf(axis: Axis, counts: Counts): Counts {
  const found = known.get(counts);
  if (found?.axis === axis) return found.cells;
  const exact = exactValues(counts);
  if (counts.exact === undefined && exact === null) return counts;
  const cells =
    exact === null ? { by: counts.by, sums: counts.sums } : inCellsOf(axis, counts, exact);
  known.set(counts, { axis, cells });
  return cells;
}

function inCellsOf(axis: Axis, counts: Counts, exact: ValueCounts): Counts {
  const { missing, notFinite } = numericCounts(axis, counts);
  const cells = new Map<number, { n: number; sum: number; squares: number }>([
    [BIN.missing, { n: missing, sum: 0, squares: 0 }],
    [BIN.notFinite, { n: notFinite, sum: 0, squares: 0 }],
  ]);
  exact.values.forEach((value, index) => {
    const n = exact.counts[index] ?? 0;
    const atom = axis.atoms.indexOf(value);
    const bin = atom >= 0 ? BIN.atom0 - atom : cellOf(axis, value) - 1;
    const cell = cells.get(bin) ?? { n: 0, sum: 0, squares: 0 };
    cell.n += n;
    cell.sum += n * value;
    cell.squares += n * (value - axis.low) ** 2;
    cells.set(bin, cell);
  });
  const told = [...cells.values()];
  const sumOf = (name: 'n' | 'sum' | 'squares') => Float64Array.from(told, (cell) => cell[name]);
  return {
    by: { bin: Int32Array.from(cells.keys()) },
    sums: { n: sumOf('n'), sum: sumOf('sum'), squares: sumOf('squares') },
  };
}
