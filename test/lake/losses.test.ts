import path from 'node:path';
import { expect, test } from 'vitest';
import type { CheckSpec, LabelSource, Monitor } from '../../domain/monitor.js';
import type { Counts, Grid } from '../../domain/profile.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

const all = { span: null, timezone: 'UTC' };
const start = Date.UTC(2026, 0, 1);
const window = { start, end: start + 86_400_000, weekday: 4 };
const source = (file: string) => ({ kind: 'parquet' as const, path: file, where: null });

/** A name and a value that end a quoted text. */
const HOSTILE = `how "far"; it's`;
const KIND = `o'kay`;

/**
 * 1,000 rows: `how far …` 0 … 99 in turn, a kind that goes on each hundred, errors 1 + far of the
 * one kind and 1 + far / 4 of the other, above and below by turns; answers 0 … 9 that tell nothing.
 */
const rowsOf = (more = '') => `
  select 'k' || i as id, timestamp '2026-01-01' + to_seconds(i) as ts,
    i % 100 as "${HOSTILE.replaceAll('"', '""')}",
    case when i // 100 % 2 = 0 then 'o''kay' else 'b' end as kind,
    (i * 7 % 1000) / 100.0 as answer, (i * 13 % 50) as idle,
    answer + (case when i % 2 = 0 then 1 else -1 end)
      * (1 + (i % 100) / (case when kind = 'b' then 1 else 4 end)) as truth
    ${more}
  from range(1000) as t(i)`;

const labels = (file: string | null): LabelSource => ({
  ...{ name: 'truth', value: 'truth', positive: [], matureAfter: 0, timestamp: null },
  ...(file === null ? { from: null, on: {} } : { from: source(file), on: { id: 'id' } }),
});

function regression(file: string, own: LabelSource, checks: Monitor['checks']): Monitor {
  const base = monitorOf({
    predictions: source(file),
    labels: own,
    checks,
    columns: {
      prediction: { kind: 'value', column: 'answer', threshold: 0.5 },
    },
  });
  return { ...base, model: { ...base.model, task: 'regression' } };
}

const asking = [{ check: 'estimated_performance' }] as unknown as readonly CheckSpec[];

async function world(db: Duck, folder: string, checks = asking) {
  const file = await writeRows(db, path.join(folder, 'reference.parquet'), rowsOf());
  const monitor = regression(file, labels(null), checks);
  return {
    monitor,
    ...(await buildReference(db, { monitor, located: await locate(source(file), all) })),
  };
}

/** Rows of a window by the cells of its own columns, by the plainest means. */
function counted(losses: Counts | undefined, keys: readonly string[]) {
  const cells = new Map<string, { n: number; errors: number }>();
  (losses?.sums['n'] ?? []).forEach((n, row) => {
    const at = keys.map((key) => losses?.by[key]?.[row]).join(' ');
    const cell = cells.get(at) ?? { n: 0, errors: 0 };
    cells.set(at, { n: cell.n + n, errors: cell.errors + (losses?.sums['errors']?.[row] ?? 0) });
  });
  return Object.fromEntries([...cells].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The cell of a distance by the cuts of the grid; those have a test of their own. */
function farCell({ losses }: Grid, far: number): number {
  const cells = losses?.[2]?.cells;
  return cells?.kind === 'numeric' ? 1 + cells.cuts.filter((cut) => far >= cut).length : NaN;
}

test('a reference names the features that tell its errors, and has them by their cells', async () => {
  await withFolder(async (db, folder) => {
    const { grid, profile } = await world(db, folder);
    expect(grid.losses?.map(({ column }) => column)).toEqual(['answer', 'kind', HOSTILE]);
    const b = grid.axes['kind']?.known[0] === 'b' ? 1 : 2;
    const wanted = new Map<string, { n: number; errors: number }>();
    for (let i = 0; i < 1000; i++) {
      const isB = Math.floor(i / 100) % 2 === 1;
      const at = `${isB ? b : 3 - b} ${farCell(grid, i % 100)} known`;
      const { n, errors } = wanted.get(at) ?? { n: 0, errors: 0 };
      wanted.set(at, { n: n + 1, errors: errors + 1 + (i % 100) / (isB ? 1 : 4) });
    }
    const found = counted(profile.asked['losses'], ['first', 'second', 'label']);
    expect(Object.keys(found).sort()).toEqual([...wanted.keys()].sort());
    expect(wanted.size).toBe(10);
    for (const [at, { n, errors }] of wanted) {
      expect(found[at]?.n).toBe(n);
      expect(found[at]?.errors).toBeCloseTo(errors, 6);
    }
  });
});

test('a grid of the same axes with another choice is another grid', async () => {
  await withFolder(async (db, folder) => {
    const { grid, monitor } = await world(db, folder);
    const relabelled = `select * replace (answer + idle as truth) from (${rowsOf()})`;
    const file = await writeRows(db, path.join(folder, 'relabelled.parquet'), relabelled);
    const other = await buildReference(db, { monitor, located: await locate(source(file), all) });
    expect(other.grid.axes).toEqual(grid.axes);
    expect(other.grid.losses?.map(({ column }) => column)).toEqual(['answer', 'idle']);
    expect(other.grid.id).not.toBe(grid.id);
    expect(other.profile.grid).toBe(other.grid.id);
  });
});

test('a window is counted on these cells, with labels and before they come', async () => {
  await withFolder(async (db, folder) => {
    const { grid } = await world(db, folder);
    const b = grid.axes['kind']?.known[0] === 'b' ? 1 : 2;
    // of 1,000 rows 100 are of a kind that is new, 10 farther than ever, 10 at no known distance
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select * exclude (truth) replace (
          case when "${HOSTILE.replaceAll('"', '""')}" = 99 then 1000
               when "${HOSTILE.replaceAll('"', '""')}" = 98 then null
               else "${HOSTILE.replaceAll('"', '""')}" end as "${HOSTILE.replaceAll('"', '""')}",
          case when id like 'k9__' then 'new' else kind end as kind)
        from (${rowsOf()})`,
    );
    const late = path.join(folder, 'late.parquet');
    await writeRows(db, late, `select id, truth from (${rowsOf()}) where id <> 'k0'`);
    const monitor = regression(file, labels(late), asking);
    const predictions = await locate(monitor.predictions, all);
    const request = {
      ...{ monitor, grid, window, at: window.end, knownAt: window.end, predictions },
      ...{ exact: 'grid' as const, landDir: folder },
    };
    const early = await profileWindow(db, { ...request, labels: null });
    const first = counted(early.profile.asked['losses'], ['second', 'label']);
    expect(Object.entries(first).map(([at, { n, errors }]) => [at, n, errors])).toEqual([
      ['-1 ', 10, 0],
      ['0 ', 10, 0],
      ...[1, 2, 3, 4, 5].map((cell) => {
        const own = Array.from({ length: 98 }, (_, far) => farCell(grid, far));
        return [`${cell} `, 10 * own.filter((one) => one === cell).length, 0];
      }),
    ]);
    const met = await profileOutcomes(db, { ...request, labels: await locate(source(late), all) });
    const second = counted(met.asked['losses'], ['first', 'label']);
    // the hundreds 1, 3, 5, 7 are b, 9 would have been
    expect(second[`${b} known`]?.n).toBe(400);
    expect(second[`${3 - b} known`]?.n).toBe(499);
    expect(second[`${3 - b} `]?.n).toBe(1);
    expect(second['-1 known']?.n).toBe(100);
    // with its files the whole window has the same
    const whole = await profileWindow(db, { ...request, labels: await locate(source(late), all) });
    expect(whole.profile.asked['losses']).toEqual(met.asked['losses']);
  });
});

test('a feature that is gone puts every row beyond; nobody asks: nothing is counted', async () => {
  await withFolder(async (db, folder) => {
    const { grid, monitor } = await world(db, folder);
    const file = path.join(folder, 'rows.parquet');
    await writeRows(db, file, `select * exclude (kind) from (${rowsOf()})`);
    const predictions = await locate(source(file), all);
    const request = {
      ...{ monitor, grid, window, at: window.end, knownAt: window.end, predictions },
      ...{ labels: null, exact: 'grid' as const, landDir: folder },
    };
    const { profile } = await profileWindow(db, request);
    expect(counted(profile.asked['losses'], ['first'])).toMatchObject({ '-1': { n: 1000 } });
    const silent = await profileWindow(db, { ...request, monitor: { ...monitor, checks: [] } });
    expect(silent.profile.asked).not.toHaveProperty('losses');
    const values = await profileWindow(db, { ...request, exact: 'exact' });
    expect(values.profile.asked).not.toHaveProperty('losses');
  });
});

test('the hostile value is a category like another', async () => {
  await withFolder(async (db, folder) => {
    const { grid } = await world(db, folder);
    expect(new Set(grid.axes['kind']?.known)).toEqual(new Set([KIND, 'b']));
  });
});
