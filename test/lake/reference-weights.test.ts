import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { total } from '../../domain/profile.js';
import type { Counts, Profile } from '../../domain/profile.js';
import { buildReference, profileReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { homogeneity } from '../../stats/chi2.js';
import { chances, draw } from '../stats/chance.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { ownLabel, rowsOf } from '../support/outcomes.js';
import type { Table } from '../support/outcomes.js';
import { withFolder, writeRows } from '../support/rows.js';

const monitor = monitorOf({
  labels: ownLabel(['1']),
  columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
  segments: [{ name: 'part', by: 'part', top: 3, minRows: 1 }],
});

/** The reference on the grid of all rows: each by its weight `w`, or as often as it is there. */
const referenceOf = (rows: readonly Row[], weight: 'w' | null, given = rows) =>
  withFolder(async (db, folder) => {
    const at = async (name: string, of: readonly Row[]) => {
      const file = await writeRows(db, path.join(folder, name), rowsOf(tableOf(of)));
      return locate({ kind: 'parquet', path: file, where: null }, { span: null, timezone: 'UTC' });
    };
    const { grid } = await buildReference(db, { monitor, located: await at('all.parquet', given) });
    const located = await at('rows.parquet', rows);
    const asked = { monitor, located, grid, exact: 'grid' as const };
    return profileReference(db, { ...asked, ...(weight !== null && { weight }) });
  });

interface Row {
  x: number;
  part: string;
  s: number;
  y: number;
  w: number | null;
}

const tableOf = (rows: readonly Row[]): Table => ({
  x: rows.map(({ x }) => x),
  part: rows.map(({ part }) => part),
  s: rows.map(({ s }) => s),
  y: rows.map(({ y }) => y),
  w: rows.map(({ w }) => w),
});

const row = fc.record({
  x: fc.integer({ min: 0, max: 9 }),
  part: fc.constantFrom('a', 'b'),
  s: fc.constantFrom(0.1, 0.4, 0.6, 0.9),
  y: fc.constantFrom(0, 1),
  w: fc.integer({ min: 1, max: 4 }),
});

/** Cells by their keys, without those of nothing. */
function cells(counts: Counts, factor = 1): Record<string, number[]> {
  const keys = Object.keys(counts.by).sort();
  const names = Object.keys(counts.sums).sort();
  const all = [...(counts.sums['n'] ?? [])].map((_, at) => {
    const sums = names.map((name) => (counts.sums[name]?.[at] ?? NaN) * factor);
    return [JSON.stringify(keys.map((key) => counts.by[key]?.[at])), sums] as const;
  });
  return Object.fromEntries(all.filter(([, sums]) => sums.some((one) => one !== 0)));
}

/** All that is counted of a profile; `w` itself, which not all have as a feature, is left out. */
function counted({ rows, columns, outcomes }: Profile, factor = 1) {
  const all = Object.entries(columns).filter(([name]) => name !== 'w');
  return {
    rows: rows * factor,
    columns: Object.fromEntries(all.map(([name, one]) => [name, cells(one, factor)])),
    outcomes: outcomes === null ? null : cells(outcomes, factor),
  };
}

function expectAlike(found: unknown, wanted: unknown): void {
  if (typeof wanted === 'number') {
    expect(found).toBeCloseTo(wanted, 8);
    return;
  }
  if (wanted === null || typeof wanted !== 'object') {
    expect(found).toEqual(wanted);
    return;
  }
  expect(Object.keys(found as object).sort()).toEqual(Object.keys(wanted).sort());
  for (const [key, one] of Object.entries(wanted)) {
    expectAlike((found as Record<string, unknown>)[key], one);
  }
}

test('a row of weight 3 counts as three rows, scaled to as many as tell as much', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 40 }), async (rows) => {
      const weights = rows.map(({ w }) => w);
      const scale = weights.reduce((a, b) => a + b) / weights.reduce((a, b) => a + b * b, 0);
      const repeated = rows.flatMap((one) => Array.from({ length: one.w }, () => one));
      const weighed = await referenceOf(rows, 'w');
      const plain = await referenceOf(repeated, null, rows);
      expectAlike(counted(weighed.profile), counted(plain.profile, scale));
      expect(weighed.slices).toHaveLength(plain.slices.length);
      const sliceOf = (all: readonly Profile[], part: unknown) =>
        all.find(({ slice }) => slice['part'] === part);
      for (const slice of plain.slices) {
        const own = sliceOf(weighed.slices, slice.slice['part']);
        if (own === undefined) throw new Error(`no part ${slice.slice['part']}`);
        expectAlike(counted(own), counted(slice, scale));
      }
      expect(weighed.manifest.rows).toBe(rows.length);
    }),
    { numRuns: 8, seed: 3 },
  );
}, 60_000);

test('of more than 16 weights those alike count by their mean; in all it is Kish’s number', async () => {
  const rows = Array.from({ length: 400 }, (_, at): Row => {
    const w = Math.exp(((at * 37) % 400) / 100);
    return { x: at % 10, part: at % 3 === 0 ? 'a' : 'b', s: 0.1, y: at % 2, w };
  });
  const sumOf = (of: (one: Row) => number) => rows.reduce((all, one) => all + of(one), 0);
  const sum = sumOf(({ w }) => w ?? 0);
  const squares = sumOf(({ w }) => (w ?? 0) ** 2);
  const { profile } = await referenceOf(rows, 'w');
  expect(profile.rows).toBeCloseTo(sum ** 2 / squares, 6);
  expect(total(profile.columns['x'])).toBeCloseTo(sum ** 2 / squares, 6);
  const { value = [] } = profile.columns['part']?.by ?? {};
  const a = profile.columns['part']?.sums['n']?.[[...value].map(String).indexOf('a')] ?? NaN;
  const share = sumOf(({ w, part }) => (part === 'a' ? (w ?? 0) : 0)) / sum;
  expect(Math.abs(a / profile.rows / share - 1)).toBeLessThan(0.01);
});

test('a row without a weight that counts counts nothing, and is told', async () => {
  const one = { part: 'a', s: 0.9, y: 1 };
  const rows: Row[] = [
    { ...one, x: 1, w: 2 },
    { ...one, x: 1, w: 2 },
    ...[null, 0, -3, 1e200].map((w) => ({ ...one, x: 7, w })),
  ];
  const { profile, manifest } = await referenceOf(rows, 'w');
  expect(profile.rows).toBeCloseTo(2, 12);
  expect(profile.asked['weights']?.sums).toEqual({
    n: Float64Array.of(6),
    unweighed: Float64Array.of(4),
  });
  expect(manifest.rows).toBe(6);
});

test.each([
  ['holds no weight above 0', [null, 0]],
  ['is missing', null],
] as const)('a reference whose weight %s is an error that names it', async (why, weights) => {
  const rows = [0.1, 0.9].map((s, at) => ({ s, y: at, w: weights?.[at] ?? null }));
  const table = {
    ...{ s: rows.map(({ s }) => s), y: rows.map(({ y }) => y) },
    ...(weights === null ? {} : { w: weights }),
  };
  const found = withFolder(async (db, folder) => {
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select * ${weights === null ? '' : 'replace (w::double as w)'} from (${rowsOf(table)})`,
    );
    const source = { kind: 'parquet', path: file, where: null } as const;
    const located = await locate(source, { span: null, timezone: 'UTC' });
    return buildReference(db, { monitor, located, weight: 'w' });
  });
  await expect(found).rejects.toThrow(`rows.parquet: column "w" ${why} (reference.drift.weight)`);
});

test.each([
  { kept: 1000, weight: 9, share: 0.1 },
  { kept: 250, weight: 36, share: 0.1 },
  { kept: 1000, weight: 99, share: 0.01 },
])('$kept rows of weight $weight raise no more false alarms than tests say', (given) => {
  const { kept, weight, share } = given;
  const [times, live, next] = [400, 4000, chances(7)];
  const rare = [0.3, 0.3, 0.2, 0.1, 0.02, 0.02, 0.02, 0.02, 0.01, 0.01];
  const others = rare.toReversed();
  let rejected = 0;
  for (let time = 0; time < times; time++) {
    const [frauds, paid] = [draw(next, rare, 1000), draw(next, others, kept)];
    const before = frauds.map((n, bin) => n + weight * (paid[bin] ?? 0));
    const all = rare.map((one, bin) => share * one + (1 - share) * (others[bin] ?? 0));
    const now = draw(next, all, live);
    // c = Σ w / Σ w²
    const scale = (1000 + kept * weight) / (1000 + kept * weight ** 2);
    const { pValue } = homogeneity(
      before.map((one) => one * scale),
      now,
    );
    rejected += Number(pValue < 0.05);
  }
  expect(rejected / times).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / times));
});
