import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli, type CliRun } from '../support/cli.js';
import { withFolder, writeRows } from '../support/rows.js';

/** Three days of 1,000 rows; on the third, amounts are 5 higher and rome is 60 % of the rows. */
const rows = `
  select
    i as id,
    timestamp '2026-01-01' + to_seconds(i * 86.4) as at,
    (hash(i) % 1000) / 50.0 + case when i // 1000 = 2 then 5 else 0 end as amount,
    case when hash(-i) % 10 < (case when i // 1000 = 2 then 6 else 3 end)
      then 'rome' else 'oslo' end as city
  from range(3000) t(i)`;

const monitor = (windows: string, columns: string) => `version: 1
model: { id: shop, owners: team:shop }
windows: ${windows}
predictions: { from: { path: rows.parquet } }
columns: ${columns}
reference: { drift: { kind: training, path: rows.parquet } }
segments: [{ name: city, by: city, min_rows: 100 }]
`;

const teams = `people: { ana: { email: ana@example.org } }
teams: { shop: { members: [ana] } }
root: ana
`;

interface Json {
  reference: { path: string; rows: number };
  current: { path: string; rows: number };
  columns: { column: string; verdict: string; scores: Record<string, number> }[];
  findings: { segment: Record<string, string> | null; target: string; verdict: string }[];
  exitCode: number;
}

async function withShop(
  run: (compare: (...args: string[]) => Promise<CliRun>) => Promise<void>,
  cut: 'days' | 'rows' | 'feeds' = 'days',
): Promise<void> {
  await withFolder(async (db, folder) => {
    await mkdir(path.join(folder, 'monitors'));
    await writeRows(db, path.join(folder, 'rows.parquet'), rows);
    const file =
      cut !== 'rows'
        ? monitor(
            '{ size: 1d, timezone: UTC }',
            `{ id: [id], timestamp: at${cut === 'feeds' ? ', row_source: city' : ''} }`,
          )
        : monitor('{ rows: 1000 }', '{ id: [id], features: { exclude: [at] } }');
    await writeFile(path.join(folder, 'monitors/shop.yaml'), file);
    await writeFile(path.join(folder, 'monitors/teams.yaml'), teams);
    const env = {
      AFTERCARE_CONFIG_DIR: path.join(folder, 'monitors'),
      AFTERCARE_LAKE: path.join(folder, 'lake'),
      AFTERCARE_STATE: path.join(folder, 'state'),
    };
    await run((...args) => runCli(['compare', ...args], { env, cwd: folder }));
  });
}

test('two windows of a model are compared on its grid, parts by its segments', async () => {
  await withShop(async (compare) => {
    const sides = ['shop@2026-01-02', 'shop@2026-01-04'];
    const run = await compare(...sides, '--segments', 'city', '--json');
    const json = JSON.parse(run.out) as Json;
    expect([run.code, json.exitCode]).toEqual([1, 1]);
    expect(json.reference).toMatchObject({ path: 'shop@2026-01-02', rows: 1000 });
    expect(json.current).toMatchObject({ path: 'shop@2026-01-04', rows: 1000 });
    const verdicts = json.columns.map(({ column, verdict }) => [column, verdict]);
    expect(verdicts).toEqual(expect.arrayContaining([['amount', 'alert']]));
    // 30 % rome against 60 %: total variation of about 0.3
    const city = json.columns.find(({ column }) => column === 'city');
    expect(city?.scores['total_variation']).toBeCloseTo(0.3, 1);
    const parts = json.findings.flatMap(({ segment }) => segment?.['city'] ?? []);
    expect([...new Set(parts)].sort()).toEqual(['oslo', 'rome']);
    const still = await compare('shop@2026-01-02', 'shop@2026-01-03');
    expect(still.code).toBe(0);
    expect(still.out).toMatch(/shop@2026-01-02 \(1.000 rows\) → shop@2026-01-03 \(1.000 rows\)/);
  });
});

test('sources of rows are compared without being asked for', async () => {
  await withShop(async (compare) => {
    const run = await compare('shop@2026-01-03', 'shop@2026-01-04', '--json');
    const { findings } = JSON.parse(run.out) as Json;
    const parts = findings.filter(
      ({ segment, target, verdict }) => segment && target === 'amount' && verdict !== 'ok',
    );
    const named = new Set(parts.map(({ segment }) => JSON.stringify(segment)));
    expect(named).toEqual(new Set(['{"row_source":"rome"}', '{"row_source":"oslo"}']));
  }, 'feeds');
});

test('windows of rows are named by their number', async () => {
  await withShop(async (compare) => {
    expect((await compare('shop@0', 'shop@1')).code).toBe(0);
    const moved = await compare('shop@0', 'shop@2', '--columns', 'amount', '--exact');
    expect(moved.code).toBe(1);
    expect(moved.out).not.toMatch(/^ city/m);
    expect((await compare('shop@0', 'shop@2026-01-04')).err).toContain('expected one as shop@0');
  }, 'rows');
});

test('says what is wrong of a window, a segment, a column, a model', async () => {
  await withShop(async (compare) => {
    const one = 'shop@2026-01-02';
    const faults: [string[], number, string][] = [
      [[one, 'shop@2026-01-02T06:00'], 2, 'no window ends there; the last one before it ends at'],
      [[one, 'shop@soon'], 2, 'expected an instant as 2026-11-22'],
      [[one, 'other@2026-01-03'], 2, 'expected two windows of one model'],
      [['other@2026-01-02', 'other@2026-01-03'], 2, 'other'],
      [[one, 'shop@2026-01-03', '--segments', 'country'], 2, 'no segment of the monitor; use city'],
      [[one, 'shop@2026-01-03', '--segments', 'city', '--exact'], 2, 'profiled in bins'],
      [[one, 'shop@2026-01-03', '--columns', 'id'], 2, 'the monitor watches'],
      [['shop@2025-01-02', one], 3, 'holds no row; expected some to compare with'],
      [[one, 'rows.parquet'], 2, 'two windows as churn@2026-11-22'],
    ];
    for (const [args, code, words] of faults) {
      const run = await compare(...args);
      expect([args, run.code, run.err]).toEqual([args, code, expect.stringContaining(words)]);
    }
  });
});
