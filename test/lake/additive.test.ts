import path from 'node:path';
import { expect, test } from 'vitest';
import { windowEndingAt, windowsWithin } from '../../calendar/windows.js';
import { poolProfiles } from '../../domain/adding.js';
import type { Monitor } from '../../domain/monitor.js';
import { CATEGORY, total } from '../../domain/profile.js';
import type { Grid, Profile } from '../../domain/profile.js';
import type { Window, WindowGrid } from '../../domain/window.js';
import type { Duck } from '../../lake/duck.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';
import { needsShared, sharedMissing } from '../support/shared-data.js';

const timezone = 'Europe/Berlin';
const everything = { span: null, timezone };
const gridOf = (size: WindowGrid['size']): WindowGrid => ({ size, timezone, align: 'monday' });
const parquet = (file: string) => ({ kind: 'parquet' as const, path: file, where: null });

/** Profiles windows of one file, each by a scan of its own. */
async function scanning(
  db: Duck,
  { folder, file, monitor, grid }: { folder: string; file: string; monitor: Monitor; grid: Grid },
) {
  const predictions = await locate(parquet(file), everything);
  return async (window: Window): Promise<Profile> => {
    const request = { monitor, grid, window, at: window.end, knownAt: window.end };
    const { profile } = await profileWindow(db, {
      ...{ ...request, predictions, labels: null, exact: 'grid', landDir: folder },
    });
    return profile;
  };
}

function added(profiles: readonly Profile[]): Profile {
  const pooled = poolProfiles(profiles);
  if (pooled === null) throw new RangeError('no profile to add up');
  return pooled;
}

/** Rows of every cell are equal; sums of doubles but for the order of their addition. */
function expectSame(sum: Profile, scan: Profile, except: readonly string[] = []): void {
  expect([sum.rows, sum.newest]).toEqual([scan.rows, scan.newest]);
  expect(Object.keys(sum.columns).sort()).toEqual(Object.keys(scan.columns).sort());
  for (const [column, counts] of Object.entries(scan.columns)) {
    if (except.includes(column)) continue;
    const got = sum.columns[column];
    for (const name of ['n', 'beyond']) {
      expect([column, cellsOf(got, name)]).toEqual([column, cellsOf(counts, name)]);
    }
    for (const name of Object.keys(counts.sums)) {
      const wanted = cellsOf(counts, name);
      for (const [cell, value] of Object.entries(cellsOf(got, name))) {
        expect(Math.abs(value - (wanted[cell] ?? NaN))).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(value)),
        );
      }
    }
  }
  expect(cellsOf(sum.outcomes)).toEqual(cellsOf(scan.outcomes));
  expect(total(sum.outcomes, 'scores')).toBeCloseTo(total(scan.outcomes, 'scores'), 6);
}

/** Rows of the known categories by name, and of all unknown ones together. */
function knownAndNot(grid: Grid, { columns }: Profile, column: string) {
  const cells = Object.entries(cellsOf(columns[column]));
  const names = new Set([...(grid.axes[column]?.known ?? []), CATEGORY.missing]);
  const known = Object.fromEntries(cells.filter(([name]) => names.has(name)));
  return { known, unknown: cells.reduce((sum, [name, n]) => sum + (names.has(name) ? 0 : n), 0) };
}

const random = (seed: number, from: number, seconds: number, rows: number) =>
  `select 'r' || i as id, epoch_ms(${from} + (hash(i, 'ts', ${seed}) % ${seconds})::bigint * 1000) as ts, ` +
  `case when i % 53 = 0 then null when i % 97 = 0 then 'inf'::double when i % 89 = 0 then 'nan'::double ` +
  `when i % 11 = 0 then 3.5 when i % 71 = 0 then 1e12 ` +
  `else ln(1 + (hash(i, 'x', ${seed}) % 1000000)::double) * 10 + ${seed} end as x, ` +
  `(hash(i, 'k', ${seed}) % 40)::int as k, i % 7 = 0 as flag, ` +
  `case when i % 31 = 0 then null else 'c' || (hash(i, 'c', ${seed}) % ${20 + seed}) end as c, ` +
  `'w' || (hash(i, 'w', ${seed}) % 600) as wide, 'f' || (hash(i, 'f') % ${80 * seed}) as fresh, ` +
  `'n' || i as name, ` +
  `(hash(i, 's', ${seed}) % 1000) / 1000.0 as s, 'v' || (hash(i, 'v') % 2) as version, ` +
  `(hash(i, 'y') % 3 = 0)::int as y from range(${rows}) g(i)`;

test('hours add up to days and days to the week, in every count of a single scan', async () => {
  await withFolder(async (db, folder) => {
    const monitor = monitorOf({
      labels: {
        ...{ name: 'l', from: null, on: {}, value: 'y', positive: ['1'], timestamp: null },
        matureAfter: 0,
      },
      columns: {
        prediction: { kind: 'probability', column: 's', threshold: 0.5 },
        version: 'version',
      },
    });
    const week = windowEndingAt(gridOf('1w'), Date.parse('2026-03-30T00:00:00+02:00'));
    const days = windowsWithin(gridOf('1d'), week.start, week.end);
    const short = days.find(({ end, start }) => end - start < 86_400_000);
    if (short === undefined) throw new Error('the last day of it has 23 hours');
    const hours = windowsWithin(gridOf('1h'), short.start, short.end);
    expect([days.length, hours.length]).toEqual([7, 23]);

    const training = path.join(folder, 'training.parquet');
    await writeRows(db, training, random(1, week.start - 86_400_000, 86_400, 4_000));
    const located = await locate(parquet(training), everything);
    const { grid } = await buildReference(db, { monitor, located });
    const seconds = (week.end - week.start) / 1000;
    const file = path.join(folder, 'rows.parquet');
    await writeRows(db, file, random(2, week.start, seconds, 3_000));
    const scan = await scanning(db, { folder, file, monitor, grid });

    const parts = new Map<Window, Profile>();
    for (const day of days) parts.set(day, await scan(day));
    const whole = parts.get(short);
    const byHour: Profile[] = [];
    for (const hour of hours) byHour.push(await scan(hour));
    if (whole === undefined) throw new Error('the short day has a profile');
    expect(whole.rows).toBeGreaterThan(200);
    expectSame(added(byHour), whole, ['fresh']);

    parts.set(short, added(byHour));
    const sum = added([...parts.values()]);
    const once = await scan(week);
    expect(once.rows).toBe(3_000);
    expectSame(sum, once, ['fresh']);
    // Fifty unknown categories keep their names in a window: which ones, its own rows decide.
    for (const [some, scanned] of [
      [added(byHour), whole],
      [sum, once],
    ] as const) {
      const [got, wanted] = [some, scanned].map((one) => knownAndNot(grid, one, 'fresh'));
      expect(got).toEqual(wanted);
      expect(got?.unknown).toBeGreaterThan(0.3 * scanned.rows);
    }
  });
}, 60_000);

const flights = needsShared('a day of 50,008 flights is the sum of its hours, in every count');

test.skipIf(sharedMissing !== null)(
  flights,
  async () => {
    await withFolder(async (db, folder) => {
      const features = [
        'CANCELLED',
        'AIRLINE',
        'DEPARTURE_DELAY',
        'TAXI_OUT',
        'AIR_TIME',
        'DISTANCE',
      ];
      const monitor = monitorOf({
        columns: { features: { include: features, exclude: [], overrides: {} } },
      });
      const read = (name: string) =>
        `from read_csv('../shared/data/popmon-flight-delays/${name}.csv.gz', names = ` +
        `['id', ${features.map((one) => `'${one}'`).join(', ')}, 'DATE'], header = true)`;
      const training = path.join(folder, 'training.parquet');
      await writeRows(
        db,
        training,
        `select *, "DATE"::timestamp as ts ${read('flight_delays_reference')}`,
      );
      const located = await locate(parquet(training), everything);
      const { grid } = await buildReference(db, { monitor, located });
      // The flights have dates only: their numbers spread them over one day.
      const start = Date.parse('2015-07-02T00:00:00+02:00');
      const file = path.join(folder, 'rows.parquet');
      const time = `epoch_ms(${start} + (id % 86400) * 1000)`;
      await writeRows(db, file, `select *, ${time} as ts ${read('flight_delays')}`);
      const scan = await scanning(db, { folder, file, monitor, grid });
      const whole = await scan(windowEndingAt(gridOf('1d'), start + 86_400_000));
      const hours: Profile[] = [];
      for (const hour of windowsWithin(gridOf('1h'), start, start + 86_400_000)) {
        hours.push(await scan(hour));
      }
      expect([hours.length, whole.rows]).toEqual([24, 50_008]);
      expect(Math.min(...hours.map(({ rows }) => rows))).toBeGreaterThan(1500);
      expect(Object.keys(whole.columns)).toEqual(features);
      expectSame(added(hours), whole);
      // With sums and squares they say the same mean of every column.
      const mean = (profile: Profile) => total(profile.columns['DISTANCE'], 'sum') / 50_008;
      expect(mean(added(hours))).toBeCloseTo(mean(whole), 9);
    });
  },
  60_000,
);
