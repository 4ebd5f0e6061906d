import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import { modelHead, type Measuring } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { withScratch } from '../../activities/scratch.js';
import { acceptFinding } from '../../app/accept.js';
import { measuringOf, openApp, type App } from '../../app/app.js';
import { loadModel } from '../../app/load.js';
import { programVersion } from '../../app/package-root.js';
import { readSettings } from '../../config/settings.js';
import { firstHead, type ModelHead, type ReferencePin } from '../../domain/model.js';
import type { Due } from '../../domain/due.js';
import type { Commit } from '../../domain/run.js';
import type { Duck } from '../../lake/duck.js';
import { perform, quoteText } from '../../lake/ask.js';
import { runCli, type CliRun } from '../support/cli.js';
import { someTeams } from '../support/config.js';
import { DAY } from '../support/lake.js';
import { postgresMissing, withPostgres } from '../support/postgres.js';
import { withFolder, writeRows } from '../support/rows.js';

const FROM = Date.UTC(2026, 0, 1);

interface Report {
  findings: number;
  same: number;
  rows: { then: number; now: number | null };
  differences: {
    fields: string[];
    then: { check: string; target: string; score: { value: number } } | null;
    now: { score: { value: number } } | null;
  }[];
  changes: string[];
  exitCode: number;
}

interface Shop {
  db: Duck;
  folder: string;
  app: App;
  file: (name: string) => string;
  /** Commits a day as a worker does; days are counted from 1 January. */
  commit: (day: number, more?: Partial<Due>) => Promise<Commit>;
  again: (run: string, ...flags: string[]) => Promise<CliRun>;
  report: (run: string) => Promise<Report>;
}

/** 300 rows of a day, whose amounts are `more` higher. */
const rows = (day: number, more = 0): string =>
  `select i as id, timestamp '2026-01-01' + to_days(${day}) + to_seconds(i * 288) as ts,
    (hash(i + ${day} * 1000) % 1000 / 10.0 + ${more})::double as amount,
    (hash(i * 3 + ${day}) % 1000 / 1000.0)::double as share,
    case when hash(i * 7 + ${day}) % 3 = 0 then 'FR' else 'DE' end as country
   from range(300) rows(i)`;

async function withShop(
  run: (shop: Shop) => Promise<void>,
  given: { ending?: 'parquet' | 'csv'; from?: string; more?: string; prediction?: string } = {},
): Promise<void> {
  const { ending = 'parquet', more = '' } = given;
  const days = `{ path: "HERE/day/{date}*.${ending}" }`;
  await withFolder(async (db, folder) => {
    const file = (name: string) => path.join(folder, name);
    await mkdir(file('monitors'));
    await mkdir(file('day'));
    await writeFile(file('monitors/teams.yaml'), someTeams);
    const from = (given.from ?? days).replace('HERE', folder);
    const text = `version: 1
model: { id: shop, owners: team:growth-ml }
windows: { size: 1d, timezone: UTC, min_rows: 50 }
predictions: { from: ${from} }
columns: { id: [id], timestamp: ts${given.prediction ?? ''} }
reference: { drift: { kind: training, path: "${file('training.parquet')}" } }
${more.replace('HERE', folder)}`;
    await writeFile(file('monitors/shop.yaml'), text);
    await writeRows(db, file('training.parquet'), rows(-9));
    const settings = {
      ...{ ...readSettings(), configDir: file('monitors'), now: FROM + 60 * DAY },
      ...{ lake: file('lake'), state: file('state') },
    };
    const app = openApp(settings, pino({ level: 'silent' }));
    const deps = await measuringOf(app);
    const pins: ReferencePin[] = [];
    const { published } = await loadModel(app, 'shop');
    const monitor = await app.lake.putObject('monitor', published);
    await app.lake.updateHead<ModelHead>(modelHead('shop'), () =>
      firstHead({ id: 'shop', hash: monitor, since: FROM, now: FROM }),
    );
    const commit: Shop['commit'] = (day, due = {}) =>
      committed(deps, { pins, monitor, day, published, due });
    const env = { AFTERCARE_LAKE: file('lake'), AFTERCARE_STATE: file('state') };
    const again: Shop['again'] = (name, ...flags) =>
      runCli(['check', 'shop', '--reproduce', name, ...flags], { cwd: folder, env });
    const report: Shop['report'] = async (name) => {
      const { out, err, code } = await again(name, '--json');
      expect(err).toBe('');
      const found = JSON.parse(out) as Report;
      expect(found.exitCode).toBe(code);
      return found;
    };
    await run({ db, folder, app, file, commit, again, report });
  });
}

async function committed(
  deps: Measuring,
  of: {
    pins: ReferencePin[];
    monitor: string;
    published: Awaited<ReturnType<typeof loadModel>>['published'];
    day: number;
    due: Partial<Due>;
  },
): Promise<Commit> {
  const { pins, published, monitor: fingerprint, day } = of;
  const start = FROM + day * DAY;
  const window = { start, end: start + DAY, weekday: new Date(start).getUTCDay() || 7 };
  return withScratch(deps, async (db, landDir) => {
    const { monitor } = published;
    const [reference = null] = pins;
    const made = await evaluate(deps, db, {
      ...{ monitor, fingerprint, head: { reference }, exact: 'grid', landDir, watched: true },
      due: { window, revision: 1, at: window.end, knownAt: deps.clock(), ...of.due },
    });
    if (made.pin !== null && reference === null) {
      pins.push(made.pin);
      await deps.lake.updateHead<ModelHead>(modelHead('shop'), (head) => {
        if (head === null) throw new Error('no head');
        return { ...head, reference: made.pin };
      });
    }
    const { evaluation, profileFile, mature, pin } = made;
    const { manifest } = evaluation;
    const landed = made.landed === null ? null : await deps.lake.putRows(evaluation, made.landed);
    return commitEvaluation(deps, db, {
      evaluation: { ...evaluation, manifest: manifest && { ...manifest, landed } },
      ...{ profileFile, mature, pin, notEvaluated: null, attempt: `a${day}` },
    });
  });
}

const nameOf = (day: number, revision = 1): string =>
  `shop@${new Date(FROM + (day + 1) * DAY).toISOString()}/${revision}`;

/** All files of the lake with nothing of what they hold. */
const keysOf = async ({ file }: Shop): Promise<string[]> =>
  (await readdir(file('lake'), { recursive: true })).sort();

test('a run gives the same numbers again and writes nothing, whatever came later', () =>
  withShop(async (shop) => {
    const { db, file, commit, report, again } = shop;
    for (const day of [0, 1, 2, 3, 4]) {
      await writeRows(db, file(`day/${dateOf(day)}.parquet`), rows(day, day === 3 ? 60 : 0));
    }
    for (const day of [0, 1, 2, 3]) await commit(day);
    // Later: a next window, another revision of an earlier one, and late rows of the window itself.
    await writeRows(db, file(`day/${dateOf(1)}-late.parquet`), rows(1, 500));
    await commit(4);
    await commit(1, { revision: 2 });
    const accepted = {
      effect: 'launch',
      until: '2026-12-31',
      reason: 'new prices',
      by: 'ana',
    } as const;
    await acceptFinding(shop.app, { finding: 'shop@2026-01-05/psi/amount', ...accepted });
    await writeRows(db, file(`day/${dateOf(3)}-late.parquet`), rows(3, 500));
    const before = await keysOf(shop);
    const found = await report(nameOf(3));
    expect(found.findings).toBeGreaterThan(5);
    expect(found).toMatchObject({ same: found.findings, differences: [], changes: [] });
    expect(found).toMatchObject({ rows: { then: 300, now: 300 }, exitCode: 0 });
    expect(await keysOf(shop)).toEqual(before);
    const { out, code } = await again(nameOf(3));
    expect(code).toBe(0);
    expect(out).toContain(`${found.findings} of ${found.findings} findings are the same.`);
  }));

const dateOf = (day: number): string => new Date(FROM + day * DAY).toISOString().slice(0, 10);

test('a changed file is named, with the findings that are not the same: exit 1', () =>
  withShop(async ({ db, file, commit, report, again }) => {
    await writeRows(db, file(`day/${dateOf(0)}.parquet`), rows(0));
    await commit(0);
    await writeRows(db, file(`day/${dateOf(0)}.parquet`), rows(0, 80));
    const found = await report(nameOf(0));
    expect(found.exitCode).toBe(1);
    expect(found.changes).toHaveLength(1);
    expect(found.changes[0]).toContain(`${dateOf(0)}.parquet has changed since revision 1`);
    const psi = found.differences.find(
      ({ then }) => then?.check === 'psi' && then.target === 'amount',
    );
    expect(psi?.fields).toContain('value');
    // Every amount is 80 higher, of values that spread over 100.
    expect(psi?.then?.score.value).toBeLessThan(0.25);
    expect(psi?.now?.score.value).toBeGreaterThan(1);
    expect(found.same).toBe(found.findings - found.differences.length);
    const { out, code } = await again(nameOf(0));
    expect(code).toBe(1);
    expect(out).toMatch(/psi +amount/);
    expect(out.split('\n').filter((line) => Array.from(line).length > 80)).toEqual([]);
  }));

test('a window whose only file is gone cannot be done again: exit 3, and why', () =>
  withShop(async ({ db, file, commit, again }) => {
    await writeRows(db, file(`day/${dateOf(0)}.parquet`), rows(0));
    await commit(0);
    await rm(file(`day/${dateOf(0)}.parquet`));
    const { code, err } = await again(nameOf(0));
    expect(code).toBe(3);
    expect(err).toContain(`${dateOf(0)}.parquet is gone since revision 1 was made of it.`);
  }));

test('a text file that is gone is read from the rows that the lake kept, also what was refused', () =>
  withShop(
    async ({ db, file, commit, report }) => {
      await writeRows(db, file('one.parquet'), rows(0));
      const lines = Array.from({ length: 300 }, (_, i) => {
        const time = new Date(FROM + i * 288_000).toISOString();
        return `${i},${i < 9 ? 'soon' : time},${i % 7 === 0 ? 'n/a' : (i * 37) % 100},DE`;
      });
      const text = ['id,ts,amount,country', ...lines, ''].join('\n');
      await writeFile(file(`day/${dateOf(0)}.csv`), text);
      const made = await commit(0);
      expect(made.rows).toBe(291);
      await rm(file(`day/${dateOf(0)}.csv`));
      const found = await report(nameOf(0));
      expect(found.differences).toEqual([]);
      expect(found).toMatchObject({ rows: { then: 291, now: 291 }, exitCode: 0 });
      expect(found.changes[0]).toContain('.csv is gone');
    },
    { ending: 'csv' },
  ));

test('rows that were unnested and made of others are made again, or read as they were kept', () =>
  withShop(
    async ({ db, file, commit, report }) => {
      const lines = file('day/2026-01-02.jsonl');
      await perform(
        db,
        `copy (select list({id: id, ts: ts, share: share, country: country,
            sum: {cents: amount * 100}}) as items from (${rows(1)}) group by id // 10
          union all select []) to ${quoteText(lines)} (format json)`,
      );
      expect((await commit(1)).rows).toBe(300);
      const again = await report(nameOf(1));
      expect(again).toMatchObject({ same: again.findings, exitCode: 0, changes: [] });
      expect(again.rows).toEqual({ then: 300, now: 300 });
      await rm(lines);
      const kept = await report(nameOf(1));
      expect(kept).toMatchObject({ same: kept.findings, rows: again.rows });
      expect(kept.changes.join()).toContain('is gone');
    },
    {
      from: `{ path: "HERE/day/{date}.jsonl" }, unnest: items, select: { amount: "(sum->>'cents')::double / 100" }`,
    },
  ));

const joinOf = (from: string): string =>
  `joins: [{ name: prices, from: ${from}, on: { id: item } }]\n`;

const withoutAmount = (day: number): string => `select * exclude (amount) from (${rows(day)})`;
const prices = (day: number, more = 0): string =>
  `select id as item, amount from (${rows(day, more)}) where id < 280`;

test('rows are joined again with the files of then, and a change of those is told', () =>
  withShop(
    async ({ db, file, commit, report }) => {
      const price = file(`price-${dateOf(1)}.parquet`);
      await writeRows(db, file(`day/${dateOf(1)}.parquet`), withoutAmount(1));
      await writeRows(db, price, prices(1));
      const { notes, rows: count } = await commit(1);
      expect([count, notes]).toEqual([300, ['20 of 300 rows found no row in joins.prices']]);
      await writeRows(db, file(`day/${dateOf(2)}.parquet`), withoutAmount(2));
      const alone = await commit(2);
      expect(alone.error).toContain('no file matches this; expected the rows of joins.prices');
      expect(alone.counts).toMatchObject({ ok: 0, warn: 0, alert: 0 });
      // Later: prices of other values for the same rows.
      const late = file(`price-${dateOf(1)}-late.parquet`);
      await writeRows(db, late, prices(1, 500));
      const again = await report(nameOf(1));
      expect(again).toMatchObject({ same: again.findings, exitCode: 0, changes: [] });
      await writeRows(db, price, prices(1, 500));
      const changed = await report(nameOf(1));
      expect(changed.changes.join()).toContain(
        `${path.basename(price)} has changed since revision 1`,
      );
      expect(changed.differences.map(({ then }) => then?.target)).toContain('amount');
    },
    { more: joinOf('{ path: "HERE/price-{date}*.parquet" }') },
  ));

test('rows that a database joined are read as the lake kept them', () =>
  withShop(
    async ({ db, file, commit, report }) => {
      await writeRows(db, file(`day/${dateOf(1)}.parquet`), withoutAmount(1));
      const table = async (select: string) => {
        await perform(db, `attach ${quoteText(file('prices.db'))} as one`);
        await perform(db, `create or replace table one.prices as ${select}`);
        await perform(db, 'detach one');
      };
      await table(prices(1));
      await commit(1);
      await table(prices(1, 500));
      const again = await report(nameOf(1));
      expect(again).toMatchObject({ same: again.findings, exitCode: 0, changes: [] });
      expect(again.rows).toEqual({ then: 300, now: 300 });
    },
    { more: joinOf('{ kind: duckdb, path: "HERE/prices.db", table: prices }') },
  ));

test('each revision is done again with the labels that were known to it', () =>
  withShop(
    async ({ db, file, commit, report }) => {
      await writeRows(db, file(`day/${dateOf(0)}.parquet`), rows(0));
      const label = "case when amount > 50 then 'yes' else 'no' end as y";
      const known = (from: string) =>
        `select id, ${label}, ts + interval 3 days as known from ${from}`;
      await writeRows(db, file('labels.parquet'), known(`(${rows(0)})`));
      const end = FROM + DAY;
      await commit(0, { knownAt: end });
      const made = await commit(0, { revision: 2, kind: 'mature', knownAt: end + 5 * DAY });
      expect(made.mature).toBe(true);
      // Its columns are those of the first revision.
      expect(made.profileFile).not.toBeNull();
      for (const revision of [1, 2]) {
        const found = await report(nameOf(0, revision));
        expect(found).toMatchObject({ same: found.findings, differences: [], changes: [] });
      }
      await writeRows(db, file('labels.parquet'), known(`(${rows(0)}) where id < 100`));
      const first = await report(nameOf(0, 1));
      expect(first).toMatchObject({ differences: [], exitCode: 0 });
      const second = await report(nameOf(0, 2));
      expect(second.differences.map(({ then }) => then?.check)).toContain('accuracy');
      for (const { changes } of [first, second]) {
        expect(changes).toHaveLength(1);
        expect(changes[0]).toContain('labels.parquet has changed');
      }
    },
    {
      more: `labels: [{ from: { path: HERE/labels.parquet }, value: y, positive: [yes],
  timestamp: known, mature_after: 5d }]\n`,
      prediction: ', prediction: { score: share, threshold: 0.5 }',
    },
  ));

const why = postgresMissing();

test.skipIf(why !== null)(
  `rows of a database are those that the lake kept${why === null ? '' : ` (${why})`}`,
  () =>
    withPostgres(async (server) => {
      await server.sql(
        `create table scores as select i as id, timestamptz '2026-01-01 00:00Z'
           + i * interval '3 minutes' as ts, (i % 100)::float8 as amount,
           case when i % 3 = 0 then 'FR' else 'DE' end as country from generate_series(0, 479) i`,
      );
      vi.stubEnv('SCORES_URL', server.url);
      await withShop(
        async ({ commit, report, file }) => {
          expect((await commit(0)).rows).toBe(480);
          await server.sql('update scores set amount = 0');
          await server.stop();
          await rm(file('state'), { recursive: true, force: true });
          const found = await report(nameOf(0));
          expect(found).toMatchObject({ rows: { then: 480, now: 480 }, exitCode: 0 });
          expect(found).toMatchObject({ same: found.findings, differences: [], changes: [] });
        },
        { from: '{ kind: postgres, url: env:SCORES_URL, table: scores }' },
      );
    }).finally(() => vi.unstubAllEnvs()),
);

test('another program, monitor and training file are told of; an old commit says not noted', () =>
  withShop(async ({ db, app, file, commit, report }) => {
    await writeRows(db, file(`day/${dateOf(0)}.parquet`), rows(0));
    const made = await commit(0);
    expect(made).toMatchObject({ program: programVersion(), pin: { version: null } });
    await writeRows(db, file('training.parquet'), rows(-9, 1));
    await app.lake.updateHead<ModelHead>(modelHead('shop'), (head) => {
      if (head === null) throw new Error('no head');
      return { ...head, monitor: 'f'.repeat(64) };
    });
    const key = 'lake/commits/shop/20260102T000000Z-1.json';
    await rm(file(key));
    const { pin, program, ...old } = made;
    expect([pin, program]).not.toContain(undefined);
    await writeFile(file(key), JSON.stringify(old));
    const found = await report(nameOf(0));
    expect(found).toMatchObject({ same: found.findings, exitCode: 0 });
    const words = [
      `The program: not noted then, ${programVersion()} now.`,
      `The monitor was published anew: ${made.monitor.slice(0, 12)} then and here, ffffffffffff`,
      'was not noted then.',
      'training.parquet has changed since the reference was made of it',
    ];
    expect(found.changes).toHaveLength(words.length);
    for (const [place, word] of words.entries()) expect(found.changes[place]).toContain(word);
    await rm(file(key));
    await writeFile(file(key), JSON.stringify({ ...made, program: '0.0.9' }));
    expect((await report(nameOf(0))).changes[0]).toBe(
      `The program: 0.0.9 then, ${programVersion()} now.`,
    );
  }));

test('a run that there is not, of another model, or beside flags that it answers, is exit 2', () =>
  withShop(async ({ db, file, commit, again }) => {
    await writeRows(db, file(`day/${dateOf(0)}.parquet`), rows(0));
    await commit(0);
    for (const [run, flags, words] of [
      ['yesterday', [], 'expected a run as shop@2026-11-22T00:00:00Z/1, got "yesterday"'],
      [nameOf(0).replace('shop', 'mart'), [], 'is no run of "shop"'],
      [nameOf(0, 2), [], `The newest:\n ${nameOf(0)}`],
      ['shop@someday/1', [], '--reproduce: '],
      [nameOf(0), ['--as-of', '2026-01-02'], "'--reproduce <run>' cannot be used with"],
      [nameOf(0), ['--fail-on', 'warn'], "'--reproduce <run>' cannot be used with"],
    ] as const) {
      const { code, err } = await again(run, ...flags);
      expect(code, run).toBe(2);
      expect(err).toContain(words);
    }
  }));
