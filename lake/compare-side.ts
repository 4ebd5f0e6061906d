import { byColumn } from '../domain/profile.js';
import type { Axis, Counts, Grid, Profile } from '../domain/profile.js';
import type { Duck } from './duck.js';
import { cellsFromValues } from './exact-values.js';
import { emptyProfile } from './profile-source.js';
import { isCountable } from './measured.js';
import { profileColumns } from './profile-columns.js';
import type { Relation } from './profile-projections.js';

/** Of fewer rows and columns, reading the values costs less than grouping them. */
const FEW = { rows: 100_000, columns: 250 };

/** One side by the cells of some columns; `width`: columns that are compared in all. */
export async function profileByCells(
  db: Duck,
  side: Relation & { rows: number },
  { axes, width }: { axes: Grid['axes']; width: number },
): Promise<Profile> {
  const { view, types, rows } = side;
  const all = Object.entries(axes);
  const isFew = rows <= FEW.rows && width <= FEW.columns;
  const isOwn = ([column, { kind, of }]: readonly [string, Axis]) =>
    isFew && kind === 'numeric' && of === undefined && isCountable(types[column] ?? '');
  const rest = { id: '', axes: byColumn(all.filter((one) => !isOwn(one))) };
  const found = byColumn<Counts>();
  // Both end before the rows close, whatever happens to one.
  const settled = await Promise.allSettled([
    profileColumns(db, { view, types, size: rows, width }, { grid: rest, binning: 'grid' }),
    ...all.filter(isOwn).map(async ([column, axis]) => {
      found[column] = await cellsFromValues(db, { axis, column, view, rows });
    }),
  ]);
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  Object.assign(found, settled[0].status === 'fulfilled' ? settled[0].value : {});
  const window = { start: 0, end: 0, weekday: 4 };
  const columns = Object.keys(axes).flatMap((column) => {
    const counts = found[column];
    return counts === undefined ? [] : [[column, counts] as const];
  });
  const grid = { id: '', axes };
  return { ...emptyProfile({ grid, window }), rows, types, columns: byColumn(columns) };
}
