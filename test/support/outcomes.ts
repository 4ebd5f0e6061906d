import path from 'node:path';
import { checkNamed } from '../../checks/index.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import type { Reading } from '../../domain/score.js';
import type { Duck } from '../../lake/duck.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { evidenceOf } from '../checks/evidence.js';
import { monitorOf } from './monitor-fixture.js';
import { once } from './once.js';
import { withFolder, writeRows } from './rows.js';

const start = Date.UTC(2026, 0, 2);
const day = 86_400_000;
const everything = { span: null, timezone: 'UTC' };

/** Columns by name, each as long as the others. */
export type Table = Readonly<Record<string, readonly (string | number | null)[]>>;

/** Scores with ties, and on the edges 0.25, 0.5 and 0.75 of the cells. */
export const TIED = [
  0.428, 0.248, 0.184, 0.404, 0.408, 0.743, 0.743, 0.595, 0.099, 0.332, 0.25, 0.75, 0.25, 0.75, 0.5,
  0.117, 0.776, 0.24, 0.119, 0.316, 0.62, 0.62, 0.62, 0.908, 0.042, 0.159, 0.239, 0.603, 0.144,
  0.76, 0.313, 0.404, 0.019, 0.525, 0.393, 0.097, 0.443, 0.436, 0.282, 0.794, 0.136, 0.309, 0.632,
  0.25, 0.296, 0.266, 0.13, 0.22, 0.328, 0.41, 0.933, 0.076, 0.375, 0.126, 0.415, 0.379, 0.144,
  0.712, 0.529, 0.965,
];
/** The label of each. */
export const LABELS = '110011111011110010011011000001100110001100000000011000101011'
  .split('')
  .map(Number);

/** SQL of the rows of a table, with their number as `id` and a time `ts`. */
export function rowsOf(table: Table): string {
  const names = Object.keys(table);
  const rows = (table[names[0] ?? ''] ?? []).map((_, row) => {
    const values = names.map((name) => {
      const value = table[name]?.[row] ?? null;
      return typeof value === 'string' ? `'${value}'` : value === null ? 'null' : String(value);
    });
    return `(${[row, ...values].join(', ')})`;
  });
  const columns = names.map((name) => `"${name}"`).join(', ');
  return `select *, timestamp '2026-01-02' as ts from (values ${rows.join(', ')}) t(id, ${columns})`;
}

/** A label that each prediction holds itself, in the column `y`. */
export const ownLabel = (positive: readonly string[]): Monitor['labels'] => ({
  ...{ name: 'y', from: null, on: {}, value: 'y', timestamp: null, matureAfter: 0 },
  positive,
});

interface Counted {
  monitor: Monitor;
  profile: Profile;
  slices: readonly Profile[];
  reference: Profile;
  /** What a check measures on the window, without a reference. */
  measure: (check: string, params?: Record<string, unknown>, on?: Profile) => Reading;
}

/** Counts the rows as the engine does, by cells or value by value. */
export async function counted(
  { db, folder }: { db: Duck; folder: string },
  rows: string,
  { exact, changes }: { exact: 'exact' | 'grid'; changes: Parameters<typeof monitorOf>[0] },
): Promise<Counted> {
  const monitor = monitorOf(changes);
  const file = await writeRows(db, path.join(folder, `rows-${exact}.parquet`), rows);
  const located = await locate({ kind: 'parquet', path: file, where: null }, everything);
  const { grid, profile: reference } = await buildReference(db, { monitor, located });
  const { profile, slices } = await profileWindow(db, {
    ...{ monitor, grid, exact, predictions: located, labels: null, landDir: folder },
    window: { start, end: start + day, weekday: 5 },
    ...{ at: start + day, knownAt: start + 9 * day },
    slices: Object.fromEntries(monitor.segments.map(({ name }) => [name, ['a', 'b']])),
  });
  const measure = (name: string, params: Record<string, unknown> = {}, on = profile): Reading => {
    const check = checkNamed(name);
    const { current, ...rest } = evidenceOf({ x: [1] }, { x: [1] });
    const evidence = { ...rest, grid, current: { ...current, ...on, window: current.window } };
    return check.measure({ ...evidence, reference: null }, name, {
      ...check.defaults,
      ...check.params.parse(params),
    });
  };
  return { monitor, profile, slices, reference, measure };
}

/** As `counted`, by cells and value by value, for several tests: they read it only. */
export function countedOnce(
  rows: string,
  changes: Parameters<typeof monitorOf>[0],
): () => Promise<Record<'exact' | 'grid', Counted>> {
  return once(() =>
    withFolder(async (db, folder) => ({
      exact: await counted({ db, folder }, rows, { exact: 'exact', changes }),
      grid: await counted({ db, folder }, rows, { exact: 'grid', changes }),
    })),
  );
}
