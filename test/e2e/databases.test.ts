import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { someTeams } from '../support/config.js';
import { unwrapped, type Env } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';
import { postgresMissing, withPostgres } from '../support/postgres.js';

const why = postgresMissing();
const named = why === null ? '' : ` (${why})`;

interface Report {
  rows: number;
  error: string | null;
  findings: { check: string; target: string; verdict: string; score: { value: number | null } }[];
}

const TABLES = `
  create table scores as select i as id, timestamptz '2026-02-28 00:00Z' + i * interval '3 minutes'
    as ts, (i % 100) / 100.0::float8 as score, (i % 7)::float8 as x from generate_series(0, 959) i;
  create table outcomes as select id, ts + interval '2 hours' as known,
    case when score > 0.5 then 1 else 0 end as y from scores;`;

test.skipIf(why !== null)(
  `predictions, labels and a reference of PostgreSQL, by the command line${named}`,
  () =>
    withPostgres((server) =>
      withPlace({ env: { AFTERCARE_NOW: '2026-03-05', SCORES_URL: server.url } }, async (place) => {
        const { folder } = place;
        const cli = (args: readonly string[]) => place.cli(args);
        await server.sql(TABLES);
        await mkdir(join(folder, 'monitors'));
        await writeFile(join(folder, 'monitors/teams.yaml'), someTeams);
        const from = { kind: 'postgres', url: 'env:SCORES_URL' };
        const training = "select * from scores where ts < '2026-03-01 00:00Z'";
        const write = (changes: object = {}) =>
          writeFile(
            join(folder, 'monitors/churn.yaml'),
            stringify({
              version: 1,
              model: { id: 'churn', task: 'binary', owners: 'team:growth-ml' },
              windows: { size: '1d', min_rows: 50 },
              predictions: { from: { ...from, table: 'scores', where: 'x < 6' } },
              columns: { id: ['id'], timestamp: 'ts', prediction: { score: 'score' } },
              labels: [
                {
                  from: { ...from, table: 'outcomes' },
                  ...{ value: 'y', timestamp: 'known', mature_after: '12h' },
                },
              ],
              reference: { drift: { from: { ...from, query: training, where: 'x < 6' } } },
              checks: [{ check: 'roc_auc', warn: 0.7 }],
              ...changes,
            }),
          );
        await write();
        expect((await cli(['validate'])).out).toContain('1 monitor valid');
        const checked = async (asOf: string, env: Env = {}) => {
          const { code, out } = await place.cli(['check', 'churn', '--as-of', asOf, '--json'], env);
          return { code, report: JSON.parse(out) as Report };
        };
        const good = await checked('2026-03-02', { AFTERCARE_NOW: '2026-03-05T01:00:00Z' });
        expect(good.report.error).toBeNull();
        expect(good.code).toBe(0);
        // Of 480 rows, the 69 with i % 7 = 6 are left out by `where`: 482, 489, … 958.
        expect(good.report.rows).toBe(480 - 69);
        const auc = good.report.findings.find(({ check }) => check === 'roc_auc');
        expect(auc?.score.value).toBe(1);

        await write({ columns: { id: ['id'], timestamp: 'ts', prediction: { score: 'p' } } });
        const wrong = await cli(['validate']);
        expect(wrong.code).toBe(2);
        expect(unwrapped(wrong.out) + wrong.err).toContain(
          'expected a column of scores, got "p". Did you mean "x"? There are: id, score, ts, x',
        );
        await write();
        expect((await cli(['doctor'])).out).toContain('all 3 of 1 models answer');

        await server.stop();
        // A day that is past for long and a query that was asked since `now` (an hour ago) are not
        // asked again; the newest day is.
        expect((await checked('2026-03-02')).code).toBe(0);
        const down = await checked('2026-03-05');
        expect(down.code).toBe(3);
        expect(down.report.error).toContain('postgres scores: it cannot be reached');
        const said = await cli(['doctor']);
        expect(said.out).toContain('churn: predictions: postgres scores');
        expect(said.out + said.err + JSON.stringify(down)).not.toContain('only-for-this-test');
      }),
    ),
);
