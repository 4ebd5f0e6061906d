import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate, type Evaluated } from '../../activities/evaluate.js';
import { knownChecks } from '../../config/known-checks.js';
import { monitorSchema } from '../../config/monitor.js';
import type { ReferencePin } from '../../domain/model.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { postgresMissing, withPostgres, type TestPostgres } from '../support/postgres.js';
import { testWorld, type TestWorld } from '../support/world.js';

const start = Date.UTC(2026, 2, 1);
const why = postgresMissing();

/** `rows` rows a day over `days` days from day `from` on. */
const days = (from: number, count: number, rows = 400): string =>
  `select ${from} * 1000 + i as id, timestamptz '2026-03-01 00:00Z' + ${from} * interval '1 day'
     + i * interval '1 day' / ${rows} as ts, (i % ${rows})::float8 as x,
     (i % 100) / 100.0::float8 as score from generate_series(0, ${count * rows - 1}) i`;

interface Here {
  server: TestPostgres;
  world: TestWorld;
  /** Evaluates a day as a worker does, a minute after its end. */
  at: (day: number, revision?: number) => Promise<Evaluated>;
}

const story = (name: string, run: (here: Here) => Promise<void>): void =>
  test.skipIf(why !== null)(`${name}${why === null ? '' : ` (${why})`}`, () =>
    withPostgres((server) =>
      withLakeAndDuck((lake, db) =>
        withFolder(async (folder) => {
          const world = testWorld(folder);
          world.secrets['env:URL'] = server.url;
          await server.sql(`create table scores as ${days(0, 4)}`);
          await server.sql(`create table training as ${days(-30, 4)}`);
          const from = (table: string) => ({
            ...{ kind: 'postgres', url: 'env:URL', table, timeout: '2s' },
          });
          const monitor = monitorSchema(knownChecks).parse({
            version: 1,
            model: { id: 'm', owners: 'team:ml' },
            windows: { size: '1d', min_rows: 50 },
            predictions: { from: from('scores') },
            columns: { id: 'id', timestamp: 'ts', prediction: { score: 'score' } },
            reference: { drift: { from: from('training') } },
          });
          const deps = { lake, clock: () => world.now, world } as unknown as Deps;
          let pin: ReferencePin | null = null;
          const at = async (day: number, revision = 1): Promise<Evaluated> => {
            const window = { start: start + day * DAY, end: start + (day + 1) * DAY, weekday: 1 };
            world.now = Math.max(world.now, window.end + 60_000);
            const due = { window, revision, at: window.end, knownAt: world.now };
            const found = await evaluate(deps, db, {
              ...{ monitor, fingerprint: 'f', due, landDir: folder, exact: 'grid' },
              head: pin === null ? null : { reference: pin },
            });
            pin ??= found.pin;
            const { evaluation, mature, profileFile } = found;
            const more = { mature, profileFile, notEvaluated: null, attempt: `${day}-${revision}` };
            await commitEvaluation(deps, db, { evaluation, ...more });
            return found;
          };
          world.now = start;
          await run({ server, world, at });
        }),
      ),
    ),
  );

const verdicts = ({ evaluation }: Evaluated, check: string) =>
  evaluation.findings
    .filter((one) => one.check === check)
    .map(({ verdict, reason, hard }) => verdict + (hard ?? reason ?? ''));

story('down, slow, broken, fewer rows and none at all are five different things', async (here) => {
  const { server, at } = here;
  const first = await at(0);
  expect(first.evaluation.error).toBeNull();
  expect(first.evaluation.profile?.rows).toBe(400);
  expect(first.landed).not.toBeNull();
  for (const day of [1, 2, 3]) await at(day);

  await server.sql(`insert into scores ${days(4, 1, 100)}`);
  const fewer = await at(4);
  expect(fewer.evaluation.profile?.rows).toBe(100);
  expect(verdicts(fewer, 'volume')[0]).toMatch(/^(warn|alert)/);

  const none = await at(5);
  expect(none.evaluation.error).toBeNull();
  expect(none.evaluation.profile?.rows).toBe(0);
  expect(verdicts(none, 'psi')).toEqual(['unknowninsufficient_data']);
  expect(verdicts(none, 'volume')[0]).toMatch(/^alert/);

  await server.sql(
    `alter table scores alter column x type text using 'n' || x; insert into scores
       select id, ts, 'n' || x, score from (${days(6, 1)}) rows`,
  );
  const changed = await at(6);
  expect(changed.evaluation.error).toBeNull();
  expect(verdicts(changed, 'schema')[0]).toMatch(/^alert/);

  await server.sql(
    `alter table scores rename to real;
     create view scores as select r.* from real r, (select pg_sleep(10)) nap`,
  );
  const slow = await at(7);
  expect(slow.evaluation.error).toBe(
    'postgres scores: it took longer than 2s; expected less, or a longer timeout:',
  );
  expect(new Set(slow.evaluation.findings.map(({ reason }) => reason))).toEqual(new Set(['error']));

  await server.sql('drop view scores');
  const gone = await at(7, 2);
  expect(gone.evaluation.error).toContain('the query is refused (42P01)');

  await server.stop();
  const down = await at(8);
  expect(down.evaluation.error).toBe(
    'postgres scores: it cannot be reached (ECONNREFUSED); is the server up?',
  );
});

story('late rows are told of; lost copies are not, for the rows are the same', async (here) => {
  const { server, world, at } = here;
  const first = await at(0);
  await rm(world.folder, { recursive: true });
  const again = await at(0, 2);
  expect(again.evaluation.notes ?? []).toEqual([]);
  expect(again.evaluation.manifest?.files.map(({ footer }) => footer)).toEqual(
    first.evaluation.manifest?.files.map(({ footer }) => footer),
  );
  await server.sql(`insert into scores values (5000, '2026-03-01 12:00Z', 1, 0.5)`);
  world.now += 60_000;
  const late = await at(0, 3);
  expect(late.evaluation.profile?.rows).toBe(401);
  expect(late.evaluation.notes).toEqual([
    'the rows of scores in 20260301T000000Z-20260302T000000Z have changed since revision 2 was ' +
      'made of them.',
  ]);
});

story('a reference stays what it was: its rows are in the lake', async (here) => {
  const { server, world, at } = here;
  const { reference } = await at(0);
  await server.sql('drop table training');
  await rm(world.folder, { recursive: true });
  const files = reference?.located.files ?? [];
  expect(files.map(({ path }) => existsSync(path))).toEqual([true]);
  expect(reference?.rows).toBe(1_600);
  expect((await at(1)).evaluation.error).toBeNull();
});
