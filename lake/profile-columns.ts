import type { Monitor } from '../domain/monitor.js';
import type { Axis, Counts, Grid } from '../domain/profile.js';
import type { Duck } from './duck.js';
import { profileCategories, profileOpaque } from './profile-categories.js';
import { profileExact, profileNumeric } from './profile-numeric.js';
import { profileTexts } from './profile-texts.js';
import type { Want } from './window-casts.js';
import { isNumber } from './window-time.js';

/**
 * `grid`: numbers by the bins of the axis, texts that the reference does not know partly folded;
 * `exact`: both by their values.
 */
export type Binning = 'grid' | 'exact';

/** Counts of every column of the grid that the rows have, in a type that can be counted. */
export async function profileColumns(
  db: Duck,
  { view, types }: { view: string; types: Readonly<Record<string, string>> },
  { grid, binning }: { grid: Grid; binning: Binning },
): Promise<Record<string, Counts>> {
  const profiles: Record<string, Counts> = {};
  const categorical: (readonly [string, Axis])[] = [];
  const rest: (readonly [string, Axis])[] = [];
  for (const [column, axis] of Object.entries(grid.axes)) {
    const type = types[column];
    if (type === undefined || !(axis.kind === 'opaque' || isCountable(type))) continue;
    const together = axis.kind === 'categorical' && binning === 'grid';
    (together ? categorical : rest).push([column, axis]);
  }
  // Columns side by side: a query of one thread costs less than its half on two.
  const one = async ([column, axis]: readonly [string, Axis]): Promise<void> => {
    const at = { rows: view, column };
    if (axis.kind === 'opaque') profiles[column] = await profileOpaque(db, at);
    else if (axis.kind === 'categorical') profiles[column] = await profileTexts(db, at);
    else if (binning === 'exact') profiles[column] = await profileExact(db, at, axis);
    else profiles[column] = await profileNumeric(db, at, axis);
  };
  const several = async () =>
    Object.assign(profiles, await profileCategories(db, view, categorical));
  // All of them end before the rows close, whatever happens to one.
  const settled = await Promise.allSettled([several(), ...rest.map(one)]);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  const order = Object.keys(grid.axes).filter((column) => column in profiles);
  return Object.fromEntries(order.map((column) => [column, profiles[column] ?? NOTHING]));
}

const NOTHING: Counts = { by: {}, sums: { n: new Float64Array() } };

/** Numbers, texts and booleans; other types are listed and not monitored. */
export function isCountable(type: string): boolean {
  return isNumber(type) || ['VARCHAR', 'BOOLEAN'].includes(type) || type.startsWith('ENUM');
}

/** As what the columns of a monitor are needed, with a grid or before there is one. */
export function wantsOf(monitor: Monitor, grid: Grid | null): Record<string, Want> {
  const wants: Record<string, Want> = {};
  const { id, prediction, features } = monitor.columns;
  for (const [column, { type }] of Object.entries(features.overrides)) {
    if (type === 'categorical') wants[column] = { as: 'text', type: null };
    if (type === 'numeric') wants[column] = { as: 'number', type: null };
  }
  if (prediction !== null && prediction.kind !== 'label') {
    wants[prediction.column] = { as: 'number', type: null };
  }
  for (const [column, { kind, type }] of Object.entries(grid?.axes ?? {})) {
    if (kind !== 'opaque') wants[column] = { as: kind === 'numeric' ? 'number' : 'text', type };
  }
  for (const column of id) wants[column] = { as: 'text', type: null };
  return wants;
}
