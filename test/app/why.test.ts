import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CliRun } from '../support/cli.js';
import { runCli } from '../support/cli.js';
import { withFolder, writeRows } from '../support/rows.js';

/**
 * 3,000 rows of a day. The answer is wrong in a tenth of the rows; `worse`: in four tenths where
 * the city is rome. `moved`: large amounts become frequent, which changes no error.
 */
const day = (date: string, seed: number, { worse, moved }: { worse: boolean; moved: boolean }) => `
  with
  dice as (
    select
      i,
      (hash(i, ${seed}, 1) % 10000) / 10000.0 as u,
      (hash(i, ${seed}, 2) % 10000) / 10000.0 as v,
      (hash(i, ${seed}, 3) % 10000) / 10000.0 as w,
      (hash(i, ${seed}, 4) % 10000) / 10000.0 as e
    from range(3000) as t(i)
  ),
  rows as (
    select *, case when u < 0.25 then 'rome' when u < 0.6 then 'oslo' else 'lima' end as city
    from dice
  )
  select
    '${date}-' || i as id,
    timestamp '${date}' + to_seconds(i * 20) as at,
    city,
    ${moved ? 'sqrt(v)' : 'v'} * 100 as amount,
    w * 10 as age,
    (${moved ? 'sqrt(v)' : 'v'} * 3 + w) / 4 as score,
    'v1' as version,
    case
      when e < (case when ${String(worse)} and city = 'rome' then 0.4 else 0.1 end)
        then 1 - (${moved ? 'sqrt(v)' : 'v'} * 3 + w >= 2)::int
      else (${moved ? 'sqrt(v)' : 'v'} * 3 + w >= 2)::int
    end as bought
  from rows`;

const monitor = `version: 1
model: { id: shop, task: binary, owners: team:shop }
windows: { size: 1d, timezone: UTC }
predictions:
  from: { path: "day/{date}.parquet" }
columns:
  id: [id]
  timestamp: at
  version: version
  prediction: { score: score, kind: probability, threshold: 0.5 }
  features: { exclude: [], overrides: { amount: { source: till }, age: { source: till } } }
labels:
  - { name: sale, role: target, value: bought, positive: ["1"], mature_after: 0s }
reference:
  drift: { kind: training, path: reference.parquet }
`;

const teams = `people: { ana: { email: ana@example.org } }
teams: { shop: { members: [ana] } }
root: ana
`;

async function why(change: { worse: boolean; moved: boolean }, ...more: string[]): Promise<CliRun> {
  return withFolder(async (db, folder) => {
    const still = { worse: false, moved: false };
    const before = [1, 2, 3, 4].map((seed) => day(`2026-02-0${String(seed)}`, seed, still));
    await writeRows(
      db,
      path.join(folder, 'reference.parquet'),
      before.map((one) => `(${one})`).join(' union all '),
    );
    await mkdir(path.join(folder, 'day'));
    const file = path.join(folder, 'day/2026-03-01.parquet');
    await writeRows(db, file, day('2026-03-01', 9, change));
    await writeFile(path.join(folder, 'shop.yaml'), monitor);
    await writeFile(path.join(folder, 'teams.yaml'), teams);
    const env = { AFTERCARE_CONFIG_DIR: folder, AFTERCARE_LAKE: path.join(folder, 'lake') };
    return runCli(['check', 'shop', '--as-of', '2026-03-02', '--why', ...more], {
      env,
      cwd: folder,
    });
  });
}

interface Json {
  changed: unknown[];
  causes: {
    moved: { source: string | null; features: { name: string; bins: { label: string }[] }[] }[];
    importance: string;
    rows: { reference: number; current: number };
    loss: { cells: string; by: string[]; before: number; now: number };
    slices: { where: Record<string, string>; share: number }[];
    apart: { features: { name: string; part: number }[] };
    timeline: { stages: { stage: string; since: string }[] };
  };
}

test('the part of the rows that fares worse is named, in 30 lines of 80 letters', async () => {
  const { out, err } = await why({ worse: true, moved: false });
  expect(err).toBe('');
  expect(out).not.toContain('Inputs that are not');
  const lines = out.slice(out.indexOf('\nWhy\n')).trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(30);
  for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(80);
  const text = lines.join('\n').replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');
  expect(text).toContain('No feature moved away from the reference.');
  expect(text).toMatch(/same rows, other error \+ \d/);
  expect(text).toContain('within score bins');
  expect(text).toContain('worse in city = rome: ');
  expect(text).toContain('3 000 rows of the window and 12 000 of the reference');
});

test('rows that moved are told by source and bin, and no part of them is blamed', async () => {
  const { out } = await why({ worse: false, moved: true }, '--json');
  const { causes, changed } = JSON.parse(out) as Json;
  // no window was committed before, so nobody knows since when
  const known = { feature: 'amount', since: null, importance: null, source: 'till' };
  expect(changed).toMatchObject([{ ...known, by: [{ check: 'psi' }] }]);
  expect(causes.importance).toBe('answers');
  expect(causes.rows).toEqual({ reference: 12_000, current: 3000 });
  const [first] = causes.moved;
  expect(first?.source).toBe('till');
  expect(first?.features.map(({ name }) => name)).toEqual(['amount']);
  expect(causes.loss).toMatchObject({ cells: 'features', by: ['amount'] });
  expect(Math.abs(causes.loss.now - causes.loss.before)).toBeLessThan(0.03);
  expect(causes.slices).toEqual([]);
  expect(causes.apart.features[0]?.name).toBe('amount');
  expect(causes.timeline.stages.map(({ stage }) => stage)).toContain('feature drift');
});
