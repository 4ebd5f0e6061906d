import { itemColumn } from '../domain/items.js';
import type { Monitor } from '../domain/monitor.js';
import { byColumn } from '../domain/profile.js';
import type { Axis, Counts, Grid } from '../domain/profile.js';
import type { Duck } from './duck.js';
import { isCounted, withMeasured } from './measured.js';
import { profileCategories, profileOpaque } from './profile-categories.js';
import { profileExact } from './profile-exact.js';
import { numericCells } from './profile-numeric.js';
import { addedCells, addedCounts, keysOf } from './profile-parts.js';
import type { PartedCounts } from './profile-parts.js';
import { profileByRow } from './profile-wide-rows.js';
import { profileTexts } from './profile-texts.js';
import { inGroups } from './profile-wide.js';
import type { Want } from './window-casts.js';
import type { Parts } from './window-parts.js';

/**
 * `grid`: numbers by the bins of the axis, texts that the reference does not know partly folded;
 * `exact`: both by their values.
 */
export type Binning = 'grid' | 'exact';

/** Rows to profile, by their columns; `parts`: and by what parts them. */
export interface Rows {
  view: string;
  types: Readonly<Record<string, string>>;
  parts?: Parts | null;
  /** How many rows there are, more or less; absent: few. */
  size?: number;
  /** How many columns are profiled in all, group by group; absent: those of the grid. */
  width?: number;
}

/** Counts of every column of the grid that the rows have, in a type that can be counted. */
export async function profileColumns(
  db: Duck,
  rows: Omit<Rows, 'parts'>,
  on: { grid: Grid; binning: Binning },
): Promise<Record<string, Counts>> {
  return (await profileParts(db, rows, on)).columns;
}

/** As `profileColumns`, and the coarse columns of every slice in the same pass. */
export async function profileParts(
  db: Duck,
  { view, types, parts: given = null, size = 0, width = 0 }: Rows,
  { grid, binning }: { grid: Grid; binning: Binning },
): Promise<{ columns: Record<string, Counts>; slices: Record<string, Counts>[] }> {
  const profiles = byColumn<PartedCounts>();
  const parts = binning === 'grid' ? given : null;
  const columns = Object.entries(grid.axes).filter(([column, axis]) => {
    const type = types[column];
    return type !== undefined && isCounted(axis, type);
  });
  const known = width > 0 ? { size } : {};
  const of = Object.fromEntries(columns.map(([column, axis]) => [column, axis.of]));
  await withMeasured(db, { rows: parts?.view ?? view, of }, (measured) =>
    inGroups(
      db,
      { rows: measured, keys: keysOf(parts), columns, width, ...known },
      {
        nameOf: ([column]) => column,
        use: async (rows, some, copied) => {
          const given = { rows, parts, binning, size, copied };
          Object.assign(profiles, await profileSome(db, given, some));
        },
      },
    ),
  );
  const order = Object.keys(grid.axes).flatMap((column) => {
    const counts = profiles[column];
    return counts === undefined ? [] : [[column, counts] as const];
  });
  return {
    columns: pick(order, ({ whole }) => whole),
    slices: (parts?.slices ?? []).map((_, index) => pick(order, ({ slices }) => slices[index])),
  };
}

interface Of {
  rows: string;
  parts: Parts | null;
  binning: Binning;
  size: number;
  copied: boolean;
}

async function profileSome(
  db: Duck,
  { rows, parts, binning, size, copied }: Of,
  columns: readonly (readonly [string, Axis])[],
): Promise<Record<string, PartedCounts>> {
  const profiles = byColumn<PartedCounts>();
  const isTogether = ([, axis]: readonly [string, Axis]) =>
    axis.kind === 'categorical' && binning === 'grid';
  const categorical = columns.filter(isTogether);
  const isByRow = ([, axis]: readonly [string, Axis]) =>
    copied && parts === null && axis.kind === 'numeric' && binning === 'grid';
  const byRow = columns.filter(isByRow);
  const rest = columns.filter((column) => !isTogether(column) && !isByRow(column));
  // Columns side by side: a query of one thread costs less than its half on two.
  const one = async ([column, axis]: readonly [string, Axis]): Promise<void> => {
    const at = { rows, column };
    if (axis.kind === 'opaque') {
      const found = await profileOpaque(db, { ...at, parts });
      profiles[column] = addedCounts(axis, found, parts);
    } else if (axis.kind === 'categorical') profiles[column] = plain(await profileTexts(db, at));
    else if (binning === 'exact') profiles[column] = plain(await profileExact(db, at, axis));
    else {
      const { use, end } = addedCells(axis, parts);
      await numericCells(db, { ...at, parts }, { axis, use, size });
      profiles[column] = end();
    }
  };
  const several = async () => {
    const found = await profileCategories(db, { rows, parts }, categorical);
    for (const [column, axis] of categorical) {
      profiles[column] = addedCounts(axis, found.get(column) ?? new Map<number, Counts>(), parts);
    }
  };
  const values = async () => {
    const found = byRow.length > 0 ? await profileByRow(db, rows, byRow) : [];
    for (const [column, counts] of found) profiles[column] = plain(counts);
  };
  // All of them end before the rows close, whatever happens to one.
  const settled = await Promise.allSettled([several(), values(), ...rest.map(one)]);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return profiles;
}

function pick(
  profiles: readonly (readonly [string, PartedCounts])[],
  of: (counts: PartedCounts) => Counts | null | undefined,
): Record<string, Counts> {
  const picked = byColumn<Counts>();
  for (const [column, all] of profiles) {
    const counts = of(all);
    if (counts != null) picked[column] = counts;
  }
  return picked;
}

const plain = (whole: Counts): PartedCounts => ({ whole, slices: [] });

const AS = { numeric: 'number', categorical: 'text', text: 'text', vector: 'vector' } as const;

/** null: as it comes. */
function neededAs({ kind, of, type }: Axis): Want['as'] | null {
  if (of !== undefined) return of === 'norm' ? 'vector' : 'text';
  if (kind === 'numeric') return 'number';
  // What an opaque text can be read as is not asked: it has been a text all along.
  return kind === 'categorical' || type === 'VARCHAR' ? 'text' : null;
}

/** As what the columns of a monitor are needed, with a grid or before there is one. */
export function wantsOf(monitor: Monitor, grid: Grid | null): Record<string, Want> {
  const wants = byColumn<Want>();
  const { id, entity = [], prediction, features, action, weight } = monitor.columns;
  for (const [column, { type }] of Object.entries(features.overrides)) {
    if (type !== null) wants[column] = { as: AS[type], type: null };
  }
  if (prediction !== null && prediction.kind !== 'label') {
    wants[prediction.column] = { as: 'number', type: null };
  }
  for (const column of Object.values(prediction?.probabilities ?? {})) {
    wants[column] = { as: 'number', type: null };
  }
  if (typeof prediction?.threshold === 'string') {
    wants[prediction.threshold] = { as: 'number', type: null };
  }
  if (weight !== undefined) wants[weight] = { as: 'number', type: null };
  if (action?.propensity !== undefined) wants[action.propensity] = { as: 'number', type: null };
  for (const name of [itemColumn(monitor.columns), monitor.columns.group]) {
    if (name != null) wants[name] = { as: 'text', type: null };
  }
  for (const [column, axis] of Object.entries(grid?.axes ?? {})) {
    const as = neededAs(axis);
    if (as !== null) wants[column] = { as, type: axis.type };
  }
  const { labels } = monitor;
  if (labels?.from === null) {
    wants[labels.value] = { as: 'label', type: null };
    for (const column of [labels.timestamp, labels.labelSource?.column]) {
      if (column != null) wants[column] = { as: 'text', type: null };
    }
  }
  for (const column of [...id, ...entity]) wants[column] = { as: 'text', type: null };
  return wants;
}
