import { decimalsOf, numericCounts } from '../domain/judging/numeric.js';
import { BIN, byColumn, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts, Grid, Profile } from '../domain/profile.js';
import type { Duck } from './duck.js';
import { deskFor, exactOfValues } from './exact-values.js';
import type { Desk } from './exact-values.js';
import { emptyProfile } from './profile-source.js';
import { profileColumns } from './profile-columns.js';
import { profileExact } from './profile-exact.js';
import type { Relation } from './profile-projections.js';
import { withEdges } from './reference.js';
import { isNumber } from './window-time.js';

/** Of so many rows, and so often different ones, values are put in order and not counted. */
const MANY = { rows: 20_000, distinct: 0.5 };

type Sides<T> = readonly [reference: T, current: T];
type Axes = Readonly<Record<string, Axis>>;

interface Of {
  axes: Axes;
  sides: Sides<Relation & { rows: number }>;
  width: number;
  /** Memory for the values of a column, made when one needs it first; large enough for all. */
  desks: Desk[];
}

/** Both sides value by value: columns of few values counted, those of many side by side. */
export async function profileBothExactly(
  db: Duck,
  { axes, sides, width, desks }: Of,
): Promise<Sides<Profile>> {
  const before = { relation: sides[0], rows: sides[0].rows };
  const now = { relation: sides[1], rows: sides[1].rows };
  const isLarge = before.rows >= MANY.rows && now.rows >= MANY.rows;
  const isOrdered = ([column, axis]: readonly [string, Axis]) =>
    isLarge && isMany(axis) && sides.every(({ types }) => isNumber(types[column] ?? ''));
  const list = Object.entries(axes);
  const found: Found = await inOrder(db, {
    sides: [before, now],
    list: list.filter(isOrdered),
    desks,
  });
  // Texts come last: every look for garbage would walk over all of them.
  const rest = list.filter((one) => !isOrdered(one));
  const isNumeric = ([, { kind }]: readonly [string, Axis]) => kind === 'numeric';
  for (const some of [rest.filter(isNumeric), rest.filter((one) => !isNumeric(one))]) {
    const grid = { id: '', axes: byColumn(some) };
    for (const [side, { relation, rows }] of [before, now].entries()) {
      const { view, types } = relation;
      const counting = { view, types, size: rows, width };
      const counted = await profileColumns(db, counting, { grid, binning: 'exact' });
      Object.assign(found[side] ?? {}, counted);
    }
  }
  return [profileOf(axes, before, found[0]), profileOf(axes, now, found[1])];
}

/** Values of which most are different, where cells are ranges: no check asks for their bins. */
const isMany = (axis: Axis): boolean =>
  axis.kind === 'numeric' && axis.distinct > MANY.distinct && decimalsOf(axis) === null;

interface Side {
  relation: Relation;
  rows: number;
}

type Found = Sides<Record<string, Counts>>;

interface InOrder {
  sides: Sides<Side>;
  list: readonly (readonly [string, Axis])[];
  desks: Desk[];
}

/** Columns of many values; those with one value on half of the rows are counted after all. */
async function inOrder(db: Duck, { sides, list, desks }: InOrder): Promise<Found> {
  const found: Found = [byColumn<Counts>(), byColumn<Counts>()];
  const [reference, current] = [sideOf(sides[0]), sideOf(sides[1])];
  // Columns that need it may come no more, and what others need is as large.
  if (list.length === 0) desks.length = 0;
  for (const [column, axis] of list) {
    const desk = desks.at(0) ?? deskFor({ reference: reference.rows, current: current.rows });
    desks[0] = desk;
    const both = await exactOfValues(db, { column, axis, reference, current }, desk);
    const counted = (rows: string) => profileExact(db, { rows, column }, axis);
    found[0][column] = both?.reference ?? (await counted(reference.view));
    found[1][column] = both?.current ?? (await counted(current.view));
  }
  return found;
}

const sideOf = ({ relation, rows }: Side) => ({ view: relation.view, rows });

function profileOf(axes: Axes, { relation, rows }: Side, found: Record<string, Counts>): Profile {
  const columns = Object.keys(axes).flatMap((column) => {
    const counts = found[column];
    return counts === undefined ? [] : [[column, counts] as const];
  });
  const window = { start: 0, end: 0, weekday: 4 };
  const empty = emptyProfile({ grid: { id: '', axes }, window });
  return { ...empty, rows, types: relation.types, columns: byColumn(columns) };
}

/** The grid of axes, its coarse edges from columns that were counted by cells or by values. */
export function gridOf(axes: Axes, { columns }: Pick<Profile, 'columns'>): Grid {
  const binned = Object.entries(axes).flatMap(([column, axis]) => {
    const counts = columns[column];
    return counts === undefined || axis.kind !== 'numeric'
      ? []
      : [[column, inCells(axis, counts)] as const];
  });
  return withEdges(axes, byColumn(binned));
}

function inCells(axis: Axis, counts: Counts): Counts {
  if (counts.by['bin'] !== undefined) return counts;
  const { fine } = numericCounts(axis, counts);
  const bins = Array.from({ length: FINE_BINS }, (_, bin) => bin);
  const there = bins.filter((bin) => (fine[bin - BIN.under] ?? 0) > 0);
  const n = Float64Array.from(there, (bin) => fine[bin - BIN.under] ?? 0);
  return { by: { bin: Int32Array.from(there) }, sums: { n } };
}
