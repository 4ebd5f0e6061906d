import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Monitor } from '../../domain/monitor.js';
import { addCounts } from '../../domain/adding.js';
import { momentsOf } from '../../domain/judging/moments.js';
import { BIN, total } from '../../domain/profile.js';
import type { Axis } from '../../domain/profile.js';
import { perform } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { cellOf, numericAxis } from '../../lake/grid.js';
import { profileColumns } from '../../lake/profile-columns.js';
import type { Binning } from '../../lake/profile-columns.js';
import { keysOf } from '../../lake/profile-projections.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, sumsOf, withFolder, writeRows } from '../support/rows.js';

const sql = (value: number | null) =>
  value === null ? 'null' : `'${Object.is(value, -0) ? '0' : String(value)}'::double`;

async function table(db: Duck, values: readonly (number | null)[]): Promise<void> {
  await perform(db, 'drop table if exists t');
  await perform(db, `create table t as select unnest([${values.map(sql).join(', ')}]) as x`);
}

const axisOf = (changes: Partial<Axis>): Axis => ({
  kind: 'numeric',
  low: 0,
  inverseWidth: 40.96,
  atoms: [],
  edges: [0, 4096],
  known: [],
  min: 0,
  max: 99.9,
  type: 'DOUBLE',
  distinct: 1,
  ...changes,
});

const numbers = async (db: Duck, axis: Axis, binning: Binning = 'grid') => {
  const grid = { id: '', axes: { x: axis } };
  const found = await profileColumns(db, { view: 't', types: { x: 'DOUBLE' } }, { grid, binning });
  return found['x'] ?? { by: {}, sums: {} };
};

const categories = (db: Duck, axes: readonly (readonly [string, Axis])[]) => {
  const types = Object.fromEntries(axes.map(([column]) => [column, 'VARCHAR']));
  const grid = { id: '', axes: Object.fromEntries(axes) };
  return profileColumns(db, { view: 't', types }, { grid, binning: 'grid' });
};

test('numbers fall into cells, under, over, missing and not finite, each counted apart', async () => {
  await withFolder(async (db) => {
    const axis = axisOf({ low: -0.5, inverseWidth: 1, min: 0, max: 9 });
    await table(db, [
      0,
      3,
      3,
      9,
      12,
      -1,
      -1e300,
      1e300,
      5000,
      null,
      null,
      NaN,
      Infinity,
      -Infinity,
    ]);
    const counts = await numbers(db, axis);
    expect(cellsOf(counts)).toEqual({
      '0': 1,
      '3': 2,
      '9': 1,
      '12': 1,
      [BIN.under]: 2,
      [BIN.over]: 2,
      [BIN.missing]: 2,
      [BIN.notFinite]: 3,
    });
    expect(cellsOf(counts, 'beyond')).toMatchObject({ '12': 1, [BIN.under]: 2, [BIN.over]: 2 });
    expect(total(counts, 'beyond')).toBe(5);
    expect(cellsOf(counts, 'sum')).toMatchObject({ '3': 6, '9': 9, [BIN.notFinite]: 0 });
    // (3 + 0.5)² twice.
    expect(cellsOf(counts, 'squares')['3']).toBe(24.5);
    // -1 and -1e300, 5000 and 1e300: of what a double cannot hold the square is infinite.
    expect(cellsOf(counts, 'squares')[BIN.over]).toBe(Infinity);
  });
});

test('counts, sums and squares of cells are those of the values in them', async () => {
  await withFolder(async (db) => {
    const number = fc.double({ noNaN: true, min: -200, max: 300 });
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 60 }), async (values) => {
        const axis = axisOf({
          atoms: values
            .slice(0, 2)
            .filter((x) => x > 0 && x < 99)
            .sort((a, b) => a - b),
        });
        await table(db, values);
        const counts = await numbers(db, axis);
        const expected = new Map<number, number[]>();
        for (const value of values) {
          const atom = axis.atoms.indexOf(value);
          const bin = atom === -1 ? cellOf(axis, value) : BIN.atom0 - atom;
          expected.set(bin, [...(expected.get(bin) ?? []), value]);
        }
        const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
        for (const [bin, list] of expected) {
          expect(cellsOf(counts)[bin]).toBe(list.length);
          expect(cellsOf(counts, 'sum')[bin]).toBeCloseTo(sum(list), 9);
          expect(cellsOf(counts, 'squares')[bin]).toBeCloseTo(sum(list.map((x) => x * x)), 6);
        }
        expect(total(counts)).toBe(values.length);
        const outside = values.filter((x) => x < 0 || x > 99.9);
        // Where the reference ends in the middle of a cell, that cell counts as within.
        expect(Math.abs(total(counts, 'beyond') - outside.length)).toBeLessThanOrEqual(
          values.filter((x) => [cellOf(axis, 0), cellOf(axis, 99.9)].includes(cellOf(axis, x)))
            .length,
        );
      }),
      { numRuns: 40 },
    );
  });
});

test('the variance of rows beyond the axis is told, however far they lie', async () => {
  await withFolder(async (db) => {
    const axis = axisOf({ low: 0.75, inverseWidth: 53, min: 1, max: 78 });
    const spread = async (sql: string) => {
      await perform(db, 'drop table if exists t');
      await perform(db, `create table t as select (${sql})::double as x from range(200000) r(i)`);
      const counts = await numbers(db, axis);
      const [n = 0, sum = 0, squares = 0] = ['n', 'sum', 'squares'].map((s) => total(counts, s));
      return squares / n - (sum / n - axis.low) ** 2;
    };
    // One value: what rounding leaves is nothing beside the square of its distance.
    expect(Math.abs(await spread('-999999999.125'))).toBeLessThan(64 * 2 ** -52 * 1e18);
    expect(Math.abs(await spread('-7.3'))).toBeLessThan(1e-9);
    // 0 to 9 evenly: (10² - 1) / 12, near the axis and far from it.
    expect(await spread('100 + i % 10')).toBeCloseTo(8.25, 6);
    expect(await spread('1e6 + i % 10')).toBeCloseTo(8.25, 1);
    // Half of the rows on the axis: one value at 10, one at -990, so 500².
    expect(await spread('case when i % 2 = 0 then 10 else -990 end')).toBeCloseTo(250_000, 4);
  });
});

test('what is out of range is exact where an axis ends before the extremes of the reference', async () => {
  await withFolder(async (db) => {
    const axis = axisOf({ min: -1000, max: 5000 });
    await table(db, [-1001, -1000, -5, 50, 101, 5000, 5001, 1e12, null]);
    const counts = await numbers(db, axis);
    expect(cellsOf(counts)).toMatchObject({ [BIN.under]: 3, [BIN.over]: 4 });
    expect(cellsOf(counts, 'beyond')).toMatchObject({ [BIN.under]: 1, [BIN.over]: 2 });
  });
});

test('profiles of parts add up to the profile of the whole', async () => {
  await withFolder(async (db) => {
    const axis = numericAxis({
      type: 'DOUBLE',
      values: 3,
      distinct: 3,
      smallest: 0,
      largest: 1000,
      middle: [100, 900],
      most: [1, 999],
      decimals: [],
      atoms: [5.5],
    });
    const parts = [
      [1.25, 5.5, 5.5, null],
      [5.5, 999.1, 2000],
    ];
    const profiles = [];
    for (const part of [...parts, parts.flat()]) {
      await table(db, part);
      profiles.push(await numbers(db, axis));
    }
    const [a, b, whole] = profiles;
    if (a === undefined || b === undefined) throw new Error('two parts');
    const sum = addCounts([a, b]);
    for (const name of ['n', 'sum', 'squares', 'beyond']) {
      for (const [bin, value] of Object.entries(cellsOf(whole, name))) {
        expect(cellsOf(sum, name)[bin]).toBeCloseTo(value, 9);
      }
    }
  });
});

test('exact counts are by value, in the shortest text that reads back', async () => {
  await withFolder(async (db) => {
    await table(db, [0.1, 0.1, 0.30000000000000004, 1e21, -5, null, NaN]);
    const counts = await numbers(db, axisOf({}), 'exact');
    expect(cellsOf(counts)).toEqual({
      '0.1': 2,
      '0.30000000000000004': 1,
      '1e+21': 1,
      '-5': 1,
      NaN: 1,
      '\0missing': 1,
    });
    expect(total(counts, 'beyond')).toBe(2);
  });
});

test('the grouped counts of many categorical columns are those of each alone', async () => {
  await withFolder(async (db) => {
    const columns = Array.from({ length: 33 }, (_, i) => `c${i}`);
    const values = columns.map(
      (name, i) =>
        `case when r % ${i + 7} = 0 then null else 'v' || (r % ${i + 2}) end as "${name}"`,
    );
    await perform(db, `create table t as select ${values.join(', ')} from range(200) g(r)`);
    const axis = axisOf({ kind: 'categorical', known: ['v0'] });
    const found = await categories(
      db,
      columns.map((name) => [name, axis]),
    );
    expect(Object.keys(found).sort()).toEqual([...columns].sort());
    columns.forEach((name, i) => {
      const expected: Record<string, number> = {};
      for (let r = 0; r < 200; r++) {
        const value = r % (i + 7) === 0 ? '\0missing' : `v${r % (i + 2)}`;
        expected[value] = (expected[value] ?? 0) + 1;
      }
      expect(cellsOf(found[name])).toEqual(expected);
    });
  });
});

test('unseen categories keep their name up to fifty; the rest is one', async () => {
  await withFolder(async (db) => {
    // v0 once, v1 twice, … v99 a hundred times.
    await perform(
      db,
      `create table t as select 'v' || i as c, 'v' || i as d from range(100) a(i), range(100) b(j) where j <= i`,
    );
    const narrow = axisOf({ kind: 'categorical', known: ['v0', 'v1', 'gone'] });
    const wide = {
      ...narrow,
      known: [...narrow.known, ...Array.from({ length: 300 }, (_, i) => `w${i}`)],
    };
    const found = await categories(db, [
      ['c', narrow],
      ['d', wide],
    ]);
    const expected: Record<string, number> = { v0: 1, v1: 2 };
    for (let i = 50; i < 100; i++) expected[`v${i}`] = i + 1;
    // 3 + 4 + … + 50
    expected['\0other'] = 1272;
    expect(cellsOf(found['c'])).toEqual(expected);
    expect(cellsOf(found['d'])).toEqual(expected);
    const tail = await categories(db, [['c', { ...narrow, tail: true }]]);
    expect(cellsOf(tail['c'])).toEqual({ v0: 1, v1: 2, '\0other': 5047 });
  });
});

test('a column that grows from few categories to thousands is still counted whole', async () => {
  await withFolder(async (db) => {
    await perform(db, `create table t as select 'v' || (i % 5000) as c from range(10000) g(i)`);
    const axis = axisOf({ kind: 'categorical', known: ['v4999', 'v0'] });
    const found = await categories(db, [['c', axis]]);
    expect(total(found['c'])).toBe(10_000);
    expect(cellsOf(found['c'])).toMatchObject({ v4999: 2, v0: 2, '\0other': 2 * 4948 });
  });
});

test('whole numbers that are categories are counted by what they are written as', async () => {
  await withFolder(async (db) => {
    await perform(db, `create table t as select i % 500 as c, i % 500 as d from range(1000) g(i)`);
    const known = Array.from({ length: 300 }, (_, i) => String(i));
    const axis = axisOf({ kind: 'categorical', known, type: 'BIGINT' });
    const axes = { c: axis, d: { ...axis, known: ['7'], tail: true } };
    const found = await profileColumns(
      db,
      { view: 't', types: { c: 'BIGINT', d: 'BIGINT' } },
      { grid: { id: '', axes }, binning: 'grid' },
    );
    // 50 others keep their names, two rows each
    expect(cellsOf(found['c'])).toMatchObject({ '0': 2, '299': 2, '\0other': 2 * 150 });
    expect(cellsOf(found['d'])).toEqual({ '7': 2, '\0other': 998 });
  });
});

const start = Date.UTC(2026, 0, 2);
const day = 86_400_000;
const everything = { span: null, timezone: 'UTC' };

/** A window of a binary model: ten predictions, scores i / 10, positive when i is odd. */
async function judged(
  db: Duck,
  folder: string,
  {
    labels,
    monitor,
    knownAt,
    only,
  }: { labels: string | null; monitor?: Partial<Monitor>; knownAt?: number; only?: true },
) {
  const rows = `select i as id, timestamp '2026-01-02' as ts, i / 10 as s, 'v1' as version,
    case when i % 2 = 1 then 'yes' else 'no' end as y from range(10) t(i)`;
  const parquet = (file: string) => ({ kind: 'parquet' as const, path: file, where: null });
  const file = parquet(await writeRows(db, path.join(folder, 'rows.parquet'), rows));
  const own =
    labels === null
      ? null
      : parquet(await writeRows(db, path.join(folder, 'labels.parquet'), labels));
  const full = monitorOf({
    labels: {
      name: 'truth',
      from: own,
      on: { id: 'key' },
      value: own === null ? 'y' : 'value',
      positive: ['yes'],
      timestamp: own === null ? null : 'known',
      matureAfter: 0,
    },
    ...monitor,
    columns: {
      version: 'version',
      prediction: { kind: 'probability', column: 's', threshold: 0.5 },
      ...monitor?.columns,
    },
  });
  const { grid } = await buildReference(db, {
    monitor: full,
    located: await locate(file, everything),
  });
  const request = {
    monitor: full,
    grid,
    window: { start, end: start + day, weekday: 5 },
    at: start + day,
    knownAt: knownAt ?? start + 9 * day,
    predictions: await locate(file, everything),
    labels: own === null ? null : await locate(own, everything),
    exact: 'exact' as const,
    landDir: folder,
  };
  if (only === true) return profileOutcomes(db, request);
  const { profile, labels: manifest } = await profileWindow(db, request);
  return {
    outcomes: profile.outcomes,
    asked: profile.asked,
    labelManifest: manifest,
  };
}

test('labels join their predictions by key once they are known; faults are counted', async () => {
  await withFolder(async (db, folder) => {
    const labels = `select * from (values
      (1, 'yes', timestamp '2026-01-03'), (2, 'no', timestamp '2026-01-03'),
      (3, 'no', timestamp '2026-01-05'), (3, 'yes', timestamp '2026-01-04'),
      (4, 'no', timestamp '2026-01-03'), (4, 'no', timestamp '2026-01-03'),
      (5, 'yes', timestamp '2026-02-01'), (6, null, timestamp '2026-01-03'),
      (77, 'yes', timestamp '2026-01-03')) t(key, value, known)`;
    for (const only of [undefined, true] as const) {
      const found = await judged(db, folder, { labels, ...(only && { only }) });
      expect(cellsOf(found.outcomes)).toEqual({
        '0 0  v1': 1,
        '0.1 0 1 v1': 1,
        '0.2 0 0 v1': 1,
        '0.3 0 1 v1': 1,
        '0.4 0 0 v1': 1,
        '0.5 1  v1': 1,
        '0.6 1  v1': 1,
        '0.7 1  v1': 1,
        '0.8 1  v1': 1,
        '0.9 1  v1': 1,
      });
      expect(sumsOf(found.asked['labels'])).toEqual({
        n: 1,
        joined: 4,
        orphans: 1,
        duplicates: 2,
        conflicting: 1,
        labels: 9,
        keyless: 0,
        met: 7,
        unread: 0,
        untimed: 0,
        later: 1,
      });
      expect(found.labelManifest?.rows).toBe(4);
    }
  });
});

test.each([
  ['whole numbers of one type', 'key::bigint', 2],
  ['whole numbers of two types', 'key::smallint', 2],
  ['texts of the same digits', 'key::varchar', 2],
  ['texts that only count the same', "'0' || key", 0],
  ['texts that are no numbers', "'k' || key", 0],
])('a key is found among %s', async (_, key, joined) => {
  await withFolder(async (db, folder) => {
    const labels = `select ${key} as key, 'yes' as value, timestamp '2026-01-03' as known
      from (values (2), (5), (77)) t(key)`;
    const { asked } = await judged(db, folder, { labels });
    expect(sumsOf(asked['labels'])).toMatchObject({ joined, orphans: 3 - joined });
  });
});

test('only whole numbers of one type are compared as such: other texts may count the same', () => {
  const of = (here: string, there: string, names: readonly string[] = ['id']) =>
    keysOf(
      {
        ...{ view: 'labels', value: 'y', text: null, time: null },
        types: { key: there, second: there },
        keys: { predictions: names, labels: ['key', 'second'].slice(0, names.length) },
      },
      { view: 'rows', types: { id: here, other: here } },
    );
  const texts = { predictions: '"id"::varchar', labels: '"key"::varchar' };
  expect(of('BIGINT', 'BIGINT')).toEqual({ predictions: '"id"', labels: '"key"' });
  for (const [here, there] of [
    ['VARCHAR', 'BIGINT'],
    ['BIGINT', 'INTEGER'],
    ['DOUBLE', 'DOUBLE'],
    ['DATE', 'DATE'],
  ] as const) {
    expect(of(here, there)).toEqual(texts);
  }
  expect(of('BIGINT', 'BIGINT', ['id', 'other'])).toEqual({
    predictions:
      'case when "id" is not null and "other" is not null ' +
      'then ["id"::varchar, "other"::varchar] end',
    labels:
      'case when "key" is not null and "second" is not null ' +
      'then ["key"::varchar, "second"::varchar] end',
  });
});

test('a label in the predictions needs no join; without a time it is known once mature', async () => {
  await withFolder(async (db, folder) => {
    const labels = {
      from: null,
      value: 'y',
      positive: ['yes'],
      timestamp: null,
      on: {},
      name: 'y',
      matureAfter: 2 * day,
    };
    const early = await judged(db, folder, {
      labels: null,
      monitor: { labels },
      knownAt: start + 2 * day,
    });
    expect(sumsOf(early.asked['labels'])['joined']).toBe(0);
    const late = await judged(db, folder, {
      labels: null,
      monitor: { labels },
      knownAt: start + 3 * day,
    });
    expect(sumsOf(late.asked['labels'])['joined']).toBe(10);
    expect(cellsOf(late.outcomes)).toMatchObject({ '0.1 0 1 v1': 1, '0.8 1 0 v1': 1 });
  });
});

test('keys of different types meet, and of several columns', async () => {
  await withFolder(async (db, folder) => {
    const labels = `select i::varchar as key, 'v1' as version, 'yes' as value,
      timestamp '2026-01-03' as known from range(5) t(i)`;
    const on = { id: 'key', version: 'version' };
    const first = await judged(db, folder, { labels });
    expect(sumsOf(first.asked['labels'])['joined']).toBe(5);
    const file = {
      kind: 'parquet' as const,
      path: path.join(folder, 'labels.parquet'),
      where: null,
    };
    const spec = {
      from: file,
      on,
      value: 'value',
      positive: ['yes'],
      timestamp: 'known',
      name: 'y',
      matureAfter: 0,
    };
    const second = await judged(db, folder, { labels, monitor: { labels: spec } });
    expect(sumsOf(second.asked['labels'])['joined']).toBe(5);
  });
});

test('a label file without a column of the join is named with it', async () => {
  await withFolder(async (db, folder) => {
    const labels = `select 1 as id, 'yes' as value, timestamp '2026-01-03' as known`;
    await expect(judged(db, folder, { labels })).rejects.toThrow(
      /labels\.parquet: column "key" is missing.*there are id, value, known/,
    );
  });
});

test('of a regression the sums of errors and labels are kept, over labelled rows', async () => {
  await withFolder(async (db, folder) => {
    const labels = `select i as key, i / 10 + (case when i = 3 then 0.5 else -0.25 end) as value,
      timestamp '2026-01-03' as known from range(2, 5) t(i)`;
    const monitor = {
      model: { ...monitorOf({}).model, task: 'regression' as const },
      columns: {
        ...monitorOf({}).columns,
        prediction: { kind: 'value' as const, column: 's', threshold: 0 },
      },
    };
    const { outcomes } = await judged(db, folder, { labels, monitor });
    expect(cellsOf(outcomes)['0.3  known']).toBe(1);
    expect(cellsOf(outcomes)['0.5  ']).toBe(1);
    expect(total(outcomes, 'errors')).toBeCloseTo(0.5 + 2 * 0.25, 12);
    expect(total(outcomes, 'squaredErrors')).toBeCloseTo(0.25 + 2 * 0.0625, 12);
    // 0.2 − 0.25, 0.3 + 0.5, 0.4 − 0.25
    expect(total(outcomes, 'labels')).toBeCloseTo(-0.05 + 0.8 + 0.15, 12);
    expect(total(outcomes, 'squaredLabels')).toBeCloseTo(0.0025 + 0.64 + 0.0225, 12);
  });
});

test('the spread of a column is that of all its values, however far beyond the axis', async () => {
  await withFolder(async (db) => {
    const values = [1, 2.5, 70, 99, -250, 130, 1e7, -3e9];
    await table(db, [...values, null, Infinity]);
    const mean = values.reduce((sum, x) => sum + x, 0) / 8;
    const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 7);
    const axis = axisOf({});
    const found = momentsOf(axis, await numbers(db, axis));
    expect(found?.n).toBe(8);
    expect(Math.abs((found?.sd ?? NaN) / sd - 1)).toBeLessThan(1e-12);
  });
});
