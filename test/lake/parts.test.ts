import { rm } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Monitor, Segment } from '../../domain/monitor.js';
import { coarseColumns } from '../../domain/judging/coarsen.js';
import { addCounts } from '../../domain/adding.js';
import { size, total, valuesOf } from '../../domain/profile.js';
import type { Counts, Profile } from '../../domain/profile.js';
import { SourceError } from '../../domain/source.js';
import { perform } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const day = 86_400_000;
const start = Date.UTC(2026, 0, 2);
const window = { start, end: start + day, weekday: 5 };
const everything = { span: null, timezone: 'UTC' };

const country: Segment = { name: 'country', by: 'country', top: 2, minRows: 1 };
const size100: Segment = {
  name: 'size',
  by: "case when x > 50 then 'big' end",
  top: 5,
  minRows: 1,
};

const monitorWith = (segments: readonly Segment[], rowSource: string | null = null): Monitor =>
  monitorOf({
    segments,
    columns: {
      rowSource,
      prediction: { kind: 'probability', column: 's', threshold: 0.5 },
      features: { include: ['x', 'k', 'c', 'name'], exclude: [], overrides: {} },
    },
    labels: {
      ...{ name: 'l', from: null, on: {}, value: 'y', positive: ['1'], timestamp: null },
      matureAfter: 0,
    },
  });

/** 5,000 rows: x skewed with nulls and infinities, k whole numbers, c few texts, name an id. */
const rows = (seed: number, from = start) =>
  `select 'r' || i as id, epoch_ms(${from} + (i * 7919) % ${day}) as ts, ` +
  `case when i % 53 = 0 then null when i % 97 = 0 then 'inf'::double when i % 11 = 0 then 3.5 ` +
  `else ln(1 + hash(i + ${seed}) % 1000000) * 10 end as x, (hash(i * 3 + ${seed}) % 40)::int as k, ` +
  `'c' || (hash(i * 5 + ${seed}) % 90) as c, 'n' || i as name, ` +
  `['FR', 'US', 'DE', 'IT', null][1 + (hash(i * 7 + ${seed}) % 5)::int] as country, ` +
  `['a', 'b'][1 + i % 2] as feed, (hash(i * 13) % 1000) / 1000.0 as s, (i % 3 = 0)::int as y ` +
  `from range(5000) g(i)`;

async function profiled(db: Duck, folder: string, monitor: Monitor) {
  const file = path.join(folder, 'rows.parquet');
  await writeRows(db, file, rows(7));
  const training = path.join(folder, 'training.parquet');
  await writeRows(db, training, rows(1, start - day));
  const at = (one: string) => locate({ kind: 'parquet', path: one, where: null }, everything);
  const plain = monitorWith([]);
  const { grid } = await buildReference(db, { monitor: plain, located: await at(training) });
  const request = {
    ...{ grid, window, at: window.end, knownAt: window.end, landDir: folder },
    ...{ predictions: await at(file), labels: null, exact: 'grid' as const },
  };
  const whole = await profileWindow(db, { ...request, monitor: plain });
  return { grid, request, whole, parted: await profileWindow(db, { ...request, monitor }) };
}

/** Rows of every cell; sums of doubles may differ in their last digit. */
const countsOf = (columns: Readonly<Record<string, Counts>>, sum = 'n') =>
  Object.fromEntries(Object.entries(columns).map(([name, one]) => [name, cellsOf(one, sum)]));

test('parted rows give the same counts as one scan, in every cell of every column', async () => {
  await withFolder(async (db, folder) => {
    const monitor = monitorWith([country, size100], 'feed');
    const { grid, whole, parted } = await profiled(db, folder, monitor);
    const [one, all] = [whole.profile, parted.profile];
    expect(countsOf(all.columns)).toEqual(countsOf(one.columns));
    expect(countsOf(all.columns, 'beyond')).toEqual(countsOf(one.columns, 'beyond'));
    expect(cellsOf(all.outcomes)).toEqual(cellsOf(one.outcomes));
    expect([all.rows, all.newest, all.types]).toEqual([one.rows, one.newest, one.types]);
    expect(all.asked).toEqual(one.asked);
    for (const [name, counts] of Object.entries(one.columns)) {
      for (const sum of Object.keys(counts.sums)) {
        const [wanted, got] = [total(counts, sum), total(all.columns[name], sum)];
        expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
      }
    }
    // The sources of rows are disjoint and complete: their coarse counts are those of the whole.
    const feeds = parted.slices.filter(({ slice }) => 'row_source' in slice);
    expect(feeds.map(({ slice }) => slice['row_source'])).toEqual(['a', 'b']);
    const coarse = coarseColumns(grid, one.columns);
    for (const [name, counts] of Object.entries(coarse)) {
      const sum = addCounts(feeds.map(({ columns }) => columns[name] ?? { by: {}, sums: {} }));
      expect(cellsOf(sum)).toEqual(cellsOf(counts));
      expect(size(counts)).toBeLessThanOrEqual(60);
    }
    expect(feeds.reduce((n, { rows: own }) => n + own, 0)).toBe(5000);
  });
});

test('rows that are landed, as those of text files, are parted as those of Parquet', async () => {
  await withFolder(async (db, folder) => {
    const monitor = monitorWith([country, size100], 'feed');
    const { request, parted } = await profiled(db, folder, monitor);
    const file = path.join(folder, 'rows.csv');
    await perform(db, `copy (${rows(7)}) to '${file}' (header, nullstr '')`);
    const predictions = await locate({ kind: 'csv', path: file, where: null }, everything);
    const texts = await profileWindow(db, { ...request, predictions, monitor });
    expect(texts.landedFile).not.toBeNull();
    const said = ({ slices }: typeof texts) =>
      slices.map(({ slice, rows: n, columns }) => [slice, n, countsOf(columns)]);
    expect(said(texts)).toEqual(said(parted));
  });
});

test('a slice has the counts of its own rows: largest values by name, the rest is other', async () => {
  await withFolder(async (db, folder) => {
    const { grid, request, parted } = await profiled(db, folder, monitorWith([country]));
    const names = parted.slices.map(({ slice }) => slice['country']);
    expect(names).toHaveLength(3);
    expect(names[2]).toBe('other');
    for (const { slice, rows: n, columns, outcomes } of parted.slices) {
      const value = slice['country'] ?? '';
      const is = value === 'other' ? `not in ('${names[0]}', '${names[1]}')` : `= '${value}'`;
      const file = path.join(folder, 'alone.parquet');
      await writeRows(db, file, `select * from (${rows(7)}) where country ${is}`);
      const predictions = await locate({ kind: 'parquet', path: file, where: null }, everything);
      const alone = await profileWindow(db, { ...request, monitor: monitorWith([]), predictions });
      expect(n).toBe(alone.profile.rows);
      const wanted = countsOf(coarseColumns(grid, alone.profile.columns));
      expect(countsOf(columns)).toEqual(wanted);
      expect(total(outcomes)).toBe(n);
      expect(total(outcomes, 'scores')).toBeCloseTo(total(alone.profile.outcomes, 'scores'), 6);
    }
    // Label-only revisions count the outcomes of the same slices.
    const met = await profileOutcomes(db, { ...request, monitor: monitorWith([country]) });
    const sums = (all: readonly Pick<Profile, 'slice' | 'outcomes'>[]) =>
      all.map(({ slice, outcomes }) => [slice, cellsOf(outcomes)]);
    expect(sums(met.slices)).toEqual(sums(parted.slices));
  });
});

test('the values of the reference name the slices, and small slices are left out', async () => {
  await withFolder(async (db, folder) => {
    const monitor = monitorWith([{ ...country, minRows: 1500 }]);
    const { request } = await profiled(db, folder, monitor);
    const slices = { country: ['IT', 'DE', 'gone'] };
    const all = await profileWindow(db, { ...request, monitor: monitorWith([country]), slices });
    expect(valuesOf(all.slices.map(({ slice }) => slice))).toEqual({
      country: ['IT', 'DE', 'other'],
    });
    const some = await profileWindow(db, { ...request, monitor, slices });
    expect(valuesOf(some.slices.map(({ slice }) => slice))).toEqual({ country: ['other'] });
  });
});

test('additivity holds for any small table, whatever parts its rows', async () => {
  await withFolder(async (db, folder) => {
    const value = fc.option(fc.double({ min: -5, max: 120, noNaN: true }));
    const text = fc.option(fc.constantFrom('', 'a', 'b', "it's", 'other', '\u00e9'));
    const table = fc.array(fc.record({ x: value, c: text, by: text }), {
      minLength: 1,
      maxLength: 30,
    });
    const { request } = await profiled(db, folder, monitorWith([]));
    const quote = (one: string | null) =>
      one === null ? 'null' : `'${one.replaceAll("'", "''")}'`;
    await fc.assert(
      fc.asyncProperty(table, async (list) => {
        const cells = list.map(
          ({ x, c, by }, i) => `('${i}', ${x ?? 'null'}::double, ${quote(c)}, ${quote(by)})`,
        );
        const file = path.join(folder, 'any.parquet');
        const made = `select epoch_ms(${start}) as ts, * from (values ${cells.join()}) t(id, x, c, g)`;
        await writeRows(db, file, made);
        const predictions = await locate({ kind: 'parquet', path: file, where: null }, everything);
        const segments = [{ name: 'g', by: 'g', top: 2, minRows: 1 }];
        const now = { ...request, predictions };
        const whole = await profileWindow(db, { ...now, monitor: monitorWith([]) });
        const parted = await profileWindow(db, { ...now, monitor: monitorWith(segments) });
        expect(countsOf(parted.profile.columns)).toEqual(countsOf(whole.profile.columns));
        const known = list.filter(({ by }) => by !== null).length;
        expect(parted.slices.reduce((n, { rows: own }) => n + own, 0)).toBe(known);
      }),
      { numRuns: 15 },
    );
  });
});

test('an expression that reads another file, or is two, is refused with its name', async () => {
  await withFolder(async (db, folder) => {
    const { request } = await profiled(db, folder, monitorWith([]));
    const secret = `/tmp/aftercare-secret-${process.pid}.parquet`;
    await perform(db, `copy (select 'x' as hidden) to '${secret}' (format parquet)`);
    const by = (sql: string) => monitorWith([{ name: 'sly', by: sql, top: 5, minRows: 1 }]);
    const run = (sql: string) => profileWindow(db, { ...request, monitor: by(sql) });
    const sly = run(`(select max(hidden) from '${secret}')`);
    await expect(sly).rejects.toThrow(/: it may read no other file$/);
    await rm(secret);
    for (const sql of [
      'country), (select 1',
      'country) from t; drop table t --',
      'nothing here(',
    ]) {
      await expect(run(sql)).rejects.toThrow(SourceError);
      await expect(run(sql)).rejects.toThrow('segments.sly.by');
    }
    const gone = await run('no_such_column');
    expect(gone.slices).toEqual([]);
    expect(gone.profile.rows).toBe(5000);
  });
});

test('rows of text files are parted as well, by columns and by expressions', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv');
    await perform(db, `copy (${rows(7)}) to '${file}' (format csv)`);
    const monitor = monitorWith([country, size100], 'feed');
    const located = await locate({ kind: 'csv', path: file, where: null }, everything);
    const { grid } = await buildReference(db, { monitor, located });
    const { slices } = await profileWindow(db, {
      ...{ monitor, grid, exact: 'grid', predictions: located, labels: null, landDir: folder },
      ...{ window, at: window.end, knownAt: window.end },
    });
    const named = slices.map(({ slice, rows: n }) => [JSON.stringify(slice), n]);
    expect(Object.fromEntries(named)).toMatchObject({
      '{"row_source":"a"}': 2500,
      '{"row_source":"b"}': 2500,
    });
    expect(slices.some(({ slice }) => 'country' in slice)).toBe(true);
    expect(slices.some(({ slice }) => 'size' in slice)).toBe(true);
  });
});
