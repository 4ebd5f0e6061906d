import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { parse, stringify } from 'yaml';
import { expect, test, vi } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import { evaluate } from '../../activities/evaluate.js';
import { modelHead } from '../../activities/deps.js';
import { withScratch } from '../../activities/scratch.js';
import { measuringOf, openApp } from '../../app/app.js';
import type { App } from '../../app/app.js';
import { backtestModel } from '../../app/backtest.js';
import { unjudgedOf, whyUnjudged } from '../../app/backtest-replayed.js';
import { loadModel } from '../../app/load.js';
import { windowsWithin } from '../../calendar/windows.js';
import { readSettings } from '../../config/settings.js';
import type { Finding } from '../../domain/finding.js';
import type { ModelHead } from '../../domain/model.js';
import { someTeams } from '../support/config.js';
import { withPlace } from '../support/e2e.js';
import type { Place } from '../support/e2e.js';
import { once } from '../support/once.js';
import { withFolder, writeRows } from '../support/rows.js';

// dozens of evaluations: slow on a busy machine
vi.setConfig({ testTimeout: 300_000 });

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 0, 1);
const DAYS = 8;
/** From here on `amount` is 15 higher. */
const CHANGE = 4;

/** Some days of 300 rows; the time of row i is day i / 300. */
const rows = (days: number) => `select i as id, timestamp '2026-01-01' + to_seconds(i * 288) as ts,
    (100 + 20 * (hash(i) % 1000 / 1000.0 + hash(i + 1) % 1000 / 1000.0)
      + case when i // 300 >= ${days - DAYS + CHANGE} then 15 else 0 end)::double as amount,
    case when hash(i * 7) % 3 = 0 then 'FR' else 'DE' end as country
  from range(${days * 300}) rows(i)`;
const training = `select i as id, timestamp '2020-01-01' as ts,
    (100 + 20 * (hash(-i) % 1000 / 1000.0 + hash(1 - i) % 1000 / 1000.0))::double as amount,
    case when hash(-i * 7) % 3 = 0 then 'FR' else 'DE' end as country
  from range(1, 6000) rows(i)`;

interface Shop extends Place {
  app: App;
}

/** A model with its rows, by the command line and by its parts. */
async function withShop<T>(
  run: (shop: Shop) => Promise<T>,
  days = DAYS,
  more: object = {},
): Promise<T> {
  const now = FROM + days * DAY;
  const env = { AFTERCARE_NOW: new Date(now).toISOString() };
  return withFolder((db) =>
    withPlace({ env }, async (place) => {
      const data = join(place.folder, 'data');
      const monitors = join(place.folder, 'monitors');
      await mkdir(data);
      await mkdir(monitors);
      await writeRows(db, join(data, 'rows.parquet'), rows(days));
      await writeRows(db, join(data, 'training.parquet'), training);
      const monitor = {
        version: 1,
        model: { id: 'shop', owners: 'team:growth-ml' },
        schedule: { lag: '0s' },
        windows: { size: '1d', timezone: 'UTC' },
        predictions: { from: { path: join(data, 'rows.parquet') } },
        columns: { id: ['id'], timestamp: 'ts' },
        reference: { drift: { kind: 'training', path: join(data, 'training.parquet') } },
        ...more,
      };
      await writeFile(join(monitors, 'shop.yaml'), stringify(monitor));
      await writeFile(join(monitors, 'teams.yaml'), someTeams);
      const settings = {
        ...readSettings(),
        ...{ configDir: monitors, now, lake: join(place.folder, 'lake') },
        state: join(place.folder, 'state'),
      };
      return run({ ...place, app: openApp(settings, pino({ level: 'silent' })) });
    }),
  );
}

/** Commits every day, as the workers do. */
async function commitAll({ app }: Shop): Promise<void> {
  const { published } = await loadModel(app, 'shop');
  const { monitor } = published;
  const deps = await measuringOf(app);
  let head: Pick<ModelHead, 'reference'> | null = null;
  await withScratch(deps, async (db, landDir) => {
    for (const window of windowsWithin(monitor.windows, FROM, FROM + DAYS * DAY)) {
      const known = { at: window.end, knownAt: app.clock() };
      const made = await evaluate(deps, db, {
        ...{ monitor, fingerprint: 'monitor', head, exact: 'grid', landDir },
        due: { window, revision: 1, ...known },
      });
      head ??= { reference: made.pin };
      const { evaluation, profileFile } = made;
      await commitEvaluation(deps, db, {
        ...{ evaluation, profileFile, mature: false, notEvaluated: null, attempt: 'a1' },
      });
    }
  });
  const end = FROM + DAYS * DAY;
  await app.lake.updateHead<ModelHead>(modelHead('shop'), () => ({
    ...{ model: 'shop', monitor: 'monitor', since: FROM, appliedAt: FROM, watermark: end },
    ...{ matureWatermark: null, failed: [], windows: [], advice: null, lastRunAt: null },
    ...{ paused: null, notEvaluated: 0, rings: '', retiredAt: null },
    reference:
      head?.reference === null || head === null ? null : { ...head.reference, since: FROM },
  }));
}

interface Report {
  windows: { count: number; left: number; source: string };
  rules: { rule: string; limit: number | null; bad: number; alerts: number; episodes: number }[];
  baselines: Report['rules'];
  notReplayed: { rule: string; why: string }[];
  calibration: {
    check: string;
    floor?: number;
    of?: string;
    needs?: number;
    tried?: { episodes: number }[];
  }[];
}

const rule = (report: Report, name: string, limit: number | null = null) =>
  [...report.rules, ...report.baselines].find((one) => one.rule === name && one.limit === limit);

test('committed windows say the same as their rows, when the rows are gone', async () => {
  await withShop(async (shop) => {
    const command = ['backtest', 'shop', '--last', '8d', '--grid', 'psi=0.1,5'];
    const counted = (await shop.json(command)) as Report;
    expect(counted.windows).toMatchObject({ count: DAYS, left: 0, source: 'files' });
    await commitAll(shop);
    await rm(join(shop.folder, 'data'), { recursive: true });
    const stored = (await shop.json(command)) as Report;
    expect(stored.windows).toMatchObject({ count: DAYS, left: 0, source: 'lake' });
    expect(rule(stored, 'psi')).toEqual(rule(counted, 'psi'));
    expect(rule(stored, 'psi', 0.1)).toEqual(rule(counted, 'psi', 0.1));

    // the change is one alert of one column, and no higher floor makes it go before it is absurd
    expect(rule(stored, 'psi')).toMatchObject({ alerts: 1, episodes: 1 });
    expect(rule(stored, 'psi', 0.1)).toMatchObject({ bad: DAYS - CHANGE, alerts: 1, episodes: 1 });
    expect(rule(stored, 'psi', 5)).toMatchObject({ bad: 0, alerts: 0, episodes: 0 });
    expect(rule(stored, 'missing')).toMatchObject({ bad: 0, alerts: 0, episodes: 0 });
    expect(rule(stored, 'never fires')).toMatchObject({ bad: 0, alerts: 0, episodes: 0 });
    expect(rule(stored, 'always fires')).toMatchObject({ bad: DAYS });
  });
});

test('rows of files are read once, whatever limits are tried, and again when a file changes', async () => {
  await withShop(async (shop) => {
    const command = ['backtest', 'shop', '--last', '8d', '--grid', 'psi=0.1'];
    const file = join(shop.folder, 'data', 'rows.parquet');
    const written = new Date('2026-09-09T12:00:00Z'); // no parts of a millisecond, which a Date rounds
    await utimes(file, written, written);
    const first = (await shop.json(command)) as Report;
    const bytes = await readFile(file);
    // whoever reads it fails: its size, its time and its footer are as they were
    await writeFile(file, Buffer.from(bytes).fill(0, 4, bytes.length / 2));
    await utimes(file, written, written);
    const again = (await shop.json([...command.slice(0, -1), 'psi=0.1,0.3'])) as Report;
    expect(again.windows).toMatchObject({ count: DAYS, left: 0, source: 'files' });
    for (const name of ['psi', 'schema', 'missing', 'out_of_range', 'volume']) {
      expect(rule(again, name)).toEqual(rule(first, name));
    }
    expect(rule(again, 'psi', 0.1)).toEqual(rule(first, 'psi', 0.1));
    await utimes(file, written, new Date(written.getTime() + 5000));
    const changed = (await shop.json(command)) as Report;
    expect(changed.windows.count).toBe(0);
  });
});

test('what the fine counts of committed windows said stands, though only coarse ones are read', async () => {
  await withShop(async (shop) => {
    const change = (from: string, amount: string) =>
      `select * replace (${amount} as amount) from (${from})`;
    const scaled = `amount * case when id // 300 >= ${CHANGE} then 1.3 else 1 end`;
    // a few values far out, so that what is 1.3 times as large is still on the axis
    const wide = 'case when id % 100 = 0 then 250.0 else amount end';
    await withFolder(async (db) => {
      const path = (name: string): string => join(shop.folder, 'data', `${name}.parquet`);
      await writeRows(db, path('rows'), change(`${rows(99)} where i < ${DAYS * 300}`, scaled));
      await writeRows(db, path('training'), change(training, wide));
    });
    const command = ['backtest', 'shop', '--last', '8d'];
    const counted = (await shop.json(command)) as Report;
    await commitAll(shop);
    const stored = (await shop.json(command)) as Report;
    expect(stored.windows).toMatchObject({ count: DAYS, source: 'lake' });
    // Coarse counts tell factors between well-known units only.
    expect(rule(counted, 'scale_change')?.bad).toBeGreaterThan(0);
    expect(rule(stored, 'scale_change')).toEqual(rule(counted, 'scale_change'));
  });
});

const QUIET = { AFTERCARE_NOW: '2026-01-30' };

/** 28 quiet days, calibrated as they are, every week alone, and with too few rows for a check. */
const calibratedOnce = once(async () => {
  const checks = [
    { check: 'psi' },
    { check: 'psi', name: 'weekly', every: '7d' },
    { check: 'psi', name: 'thin', min_rows: 10_000 },
  ];
  const command = ['backtest', 'shop', '--last', '28d', '--calibrate'];
  return withShop(
    async (shop) => {
      const done = (await shop.json(command, QUIET)) as Report;
      const { out, err } = await shop.cli(command, QUIET);
      return { done, words: out.replace(/\s+/g, ' '), err };
    },
    33,
    { checks },
  );
});

test('calibration takes the smallest floor that was quiet, and says when there is too little', async () => {
  const { done, err } = await calibratedOnce();
  expect(done.calibration[0]).toMatchObject({ check: 'psi', of: 'live', floor: 0.02 });
  // one line at first, then one for each tenth
  expect(err.match(/ of 28 windows/g)).toHaveLength(10);
  await withShop(async (shop) => {
    const few = (await shop.json(['backtest', 'shop', '--last', '2d', '--calibrate'])) as Report;
    expect(few.calibration).toEqual([{ check: 'psi', needs: 28, there: 2 }]);
  });
});

test('a check that few of the quiet windows could be judged by is not calibrated', async () => {
  const { done, words } = await calibratedOnce();
  // two multiples of a week lie in the later fourteen days
  const why = 'the check is not due in the others';
  expect(done.calibration[1]).toEqual({ check: 'weekly', needs: 14, there: 2, why });
  expect(words).toContain(
    `weekly cannot be calibrated: calibration takes 14 judged windows in the later half; there are 2: ${why}.`,
  );
  expect(done.calibration[2]).toMatchObject({ check: 'thin', needs: 14, there: 0 });
  expect(words).toMatch(/there are 0: thin of country: 300 rows now and 4200 in the reference, /);
  expect(done.calibration).toHaveLength(3);
});

test('what most windows say is why none of them could be judged', () => {
  const finding = (reason: Finding['reason'], sentence: string, part: Finding['slice'] = {}) =>
    ({ check: 'accuracy', verdict: 'unknown', reason, sentence, slice: part }) as Finding;
  const early = [1, 2, 3].map((day) => finding('no_reference', `accuracy is 0.${day}; no first.`));
  const late = finding('immature', 'accuracy: its labels are not mature yet.');
  const windows = [...early, late].map((one) => [one]);
  const why = 'no window could be judged: accuracy is 0.3; no first';
  expect(unjudgedOf(windows)).toEqual([{ rule: 'accuracy', why }]);
  expect(whyUnjudged([{ ...late, verdict: 'ok' }])).toBeNull();
  // of parts there are more, of which all rows are not one
  const parts = [1, 2].map(() => finding('immature', 'of a part', { country: 'FR' }));
  expect(whyUnjudged([early[0] ?? late, ...parts])).toBe('accuracy is 0.1; no first');
});

test('a floor is quiet in the parts of the rows, too', async () => {
  const more = { segments: [{ name: 'country', by: 'country', min_rows: 50 }] };
  await withShop(
    async (shop) => {
      // from day 20 on the third of the rows that is FR is the one with the largest amounts
      const amount = '100 + 20 * (hash(i) % 1000 / 1000.0 + hash(i + 1) % 1000 / 1000.0)';
      const isFr = `case when i // 300 < 20 then hash(i * 7) % 3 = 0 else ${amount} > 123.67 end`;
      const query = `select i as id, ts, (${amount})::double as amount,
        if(${isFr}, 'FR', 'DE') as country from (select id as i, ts from (${rows(28)}))`;
      await withFolder((db) => writeRows(db, join(shop.folder, 'data', 'rows.parquet'), query));
      const command = ['backtest', 'shop', '--last', '28d', '--calibrate'];
      const env = { AFTERCARE_NOW: '2026-01-29' };
      const parted = (await shop.json(command, env)) as Report;
      // one episode of FR and one of DE, under any floor
      expect(parted.calibration).toMatchObject([{ check: 'psi', of: 'live', floor: 0.2 }]);
      expect(parted.calibration[0]?.tried?.map(({ episodes }) => episodes)).toEqual([2, 2, 2, 2]);
      const file = join(shop.folder, 'monitors', 'shop.yaml');
      const whole = parse(await readFile(file, 'utf8')) as object;
      await writeFile(file, stringify({ ...whole, segments: [] }));
      const all = (await shop.json(command, env)) as Report;
      expect(all.calibration).toMatchObject([
        { floor: 0.02, tried: [{ episodes: 0 }, {}, {}, {}] },
      ]);
    },
    28,
    more,
  );
});

test('the table keeps to 80 columns and says what it rests on; wrong flags say what is right', async () => {
  await withShop(async (shop) => {
    const { code, out } = await shop.cli(['backtest', 'shop', '--last', '6d', '--grid', 'psi=0.1']);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain('6 windows · counted from');
    expect(out).toMatch(/ psi, as it is +\d+ of 6/);
    expect(out).toMatch(/ psi, warn 0\.1 +4 of 6/);
    expect(out).toContain('EPISODES  IN 90 DAYS\n');
    const early = { AFTERCARE_NOW: '2026-01-04' };
    const some = await shop.cli(['backtest', 'shop', '--last', '5d'], early);
    expect(some.out.replaceAll(/\s+/g, ' ')).toContain(
      '3 windows · counted from the source · 2 windows left out: before the first row',
    );
    const none = await shop.cli(['backtest', 'shop', '--last', '1h'], early);
    expect(none).toMatchObject({ code: 4 });
    expect(none.out).toBe(
      'shop: no window to replay: none lies in the last 1h. Try a longer --last.\n',
    );

    const unknown = await shop.cli(['backtest', 'shop', '--grid', 'ks=0.1']);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('--grid ks: the monitor does not judge by it; expected one of');
    const below = await shop.cli(['backtest', 'shop', '--grid', 'psi=-1']);
    expect(below.code).toBe(2);
    expect(below.err).toContain('--grid psi=-1: expected limits of at least 0.');
    const garbled = await shop.cli(['backtest', 'shop', '--grid', 'psi=high']);
    expect(garbled.code).toBe(2);
    expect(garbled.err).toContain('as psi=0.1,0.2; got "psi=high"');
  });
});

test('parts of the rows are replayed from stored counts, judged together with all rows', async () => {
  const more = { segments: [{ name: 'country', by: 'country', min_rows: 50 }] };
  await withShop(
    async (shop) => {
      // country is by hash: amount moves in FR alone, from the fifth day on
      const moved = rows(DAYS).replace(
        'then 15 else 0',
        `then 15 * (hash(i * 7) % 3 = 0)::int else 0`,
      );
      await withFolder((db) => writeRows(db, join(shop.folder, 'data', 'rows.parquet'), moved));
      const command = ['backtest', 'shop', '--last', '8d', '--grid', 'psi=0.1'];
      const counted = (await shop.json(command)) as Report;
      await commitAll(shop);
      await rm(join(shop.folder, 'data'), { recursive: true });
      const stored = (await shop.json(command)) as Report;
      expect(stored.windows.source).toBe('lake');
      for (const report of [counted, stored]) {
        // one episode of all rows, one of FR, none of DE; one alert gathers them
        expect(rule(report, 'psi')).toMatchObject({ alerts: 1, episodes: 2 });
        expect(rule(report, 'psi', 0.1)).toMatchObject({
          bad: DAYS - CHANGE,
          alerts: 1,
          episodes: 2,
        });
        expect(report.notReplayed).toEqual([]);
      }

      // window by window and part by part, what the live evaluations said
      const model = await loadModel(shop.app, 'shop');
      const input = { model, last: '8d', thresholds: [], progress: () => undefined };
      const { findings } = await backtestModel(shop.app, { ...input, calibration: 'none' });
      const commits = await shop.app.lake.commitsOf('shop', {});
      const files = commits.map(({ file }) => file);
      const said = [...(await shop.app.lake.findingsBy(files, ['psi', 'missing'])).values()];
      const marks = (lists: readonly (readonly Finding[])[]) =>
        lists.map((list) =>
          list
            .filter(({ check }) => check === 'psi' || check === 'missing')
            .map(({ target, slice, value, verdict }) => [target, slice, value, verdict]),
        );
      expect(marks(findings)).toEqual(marks(said));
      expect(JSON.stringify(marks(findings))).toContain('"country":"FR"');
    },
    DAYS,
    more,
  );
});

test('a segment that no stored window was counted by is named, not left out in silence', async () => {
  await withShop(async (shop) => {
    await commitAll(shop);
    const file = join(shop.folder, 'monitors', 'shop.yaml');
    const given = parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, stringify({ ...given, segments: [{ name: 'country', by: 'country' }] }));
    const done = (await shop.json(['backtest', 'shop', '--last', '8d'])) as Report;
    expect(done.windows).toMatchObject({ count: DAYS, source: 'lake' });
    const why = 'no window was counted by it, or none had enough rows in any part';
    expect(done.notReplayed).toEqual([{ rule: 'in segments of country', why }]);
  });
});

test('of rules against other references there is no number and no floor', async () => {
  const others = { yesterday: { kind: 'previous' } };
  const more = {
    checks: [
      { check: 'psi', name: 'psi_sudden', against: 'yesterday', warn: 0.1 },
      { check: 'wasserstein' },
    ],
  };
  await withShop(
    async (shop) => {
      const file = join(shop.folder, 'monitors', 'shop.yaml');
      const given = parse(await readFile(file, 'utf8')) as { reference: object };
      const reference = { ...given.reference, others };
      await writeFile(file, stringify({ ...given, reference }));
      const flags = ['--last', '6d', '--calibrate'];
      const done = (await shop.json(['backtest', 'shop', ...flags])) as Report;
      expect(done.notReplayed).toMatchObject([
        { rule: 'psi_sudden', why: 'its reference "yesterday" is not replayed' },
        { rule: 'wasserstein', why: 'it has no limits' },
      ]);
      expect(rule(done, 'psi')).toMatchObject({ bad: DAYS - CHANGE });
      expect(rule(done, 'psi_sudden')).toBeUndefined();
      expect(done.calibration.map(({ check }) => check)).toEqual(['psi']);

      const { out } = await shop.cli(['backtest', 'shop', '--last', '6d']);
      expect(out).toMatch(/ psi_sudden +not replayed\n/);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);

      const tried = await shop.cli(['backtest', 'shop', '--grid', 'psi_sudden=0.1']);
      expect(tried.code).toBe(2);
      expect(tried.err).toContain('--grid psi_sudden: not replayed; its reference "yesterday"');

      // a reference that is other rows for every window: nothing that is compared with it is said
      const rolling = { drift: { kind: 'rolling', windows: 3 } };
      await writeFile(file, stringify({ ...given, checks: [], reference: rolling }));
      const some = ['--last', '3d', '--calibrate'];
      const moved = (await shop.json(['backtest', 'shop', ...some])) as Report;
      const names = moved.notReplayed.map((one) => one.rule);
      expect(names).toEqual(expect.arrayContaining(['psi', 'missing', 'schema']));
      expect(rule(moved, 'psi')).toBeUndefined();
      expect(rule(moved, 'duplicates')).toMatchObject({ bad: 0 });
      expect(moved.calibration).toEqual([]);
    },
    DAYS,
    more,
  );
});
