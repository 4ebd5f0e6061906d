import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import { someTeams } from '../support/config.js';
import { unwrapped } from '../support/cli.js';
import { withPlace, type Place } from '../support/e2e.js';
import { withPrometheus, type FakePrometheus } from '../support/prometheus.js';
import { withFolder, writeRows } from '../support/rows.js';

const TOKEN = 'a-very-secret-token';

/** 200 rows of 1 March 2026, and a monitor that asks a fake for the latency of that day. */
const withModel = (
  checks: readonly object[],
  use: (place: Place, fake: FakePrometheus) => Promise<void>,
) =>
  withPrometheus((fake) => {
    const env = {
      ...{ PROM_URL: fake.url, PROM_TOKEN: TOKEN, AFTERCARE_NOW: '2026-03-02' },
      AFTERCARE_SECRET_GRANTS: 'growth-ml:PROM_*',
      AFTERCARE_WEBHOOK_ALLOW_PRIVATE: 'true',
    };
    return withFolder((db) =>
      withPlace({ env }, async (place) => {
        await mkdir(join(place.folder, 'data'));
        await mkdir(join(place.folder, 'monitors'));
        await writeRows(
          db,
          join(place.folder, 'data/live.parquet'),
          `select i as id, timestamp '2026-03-01' + to_minutes(7 * i::bigint) as ts, i % 9 as x
             from range(200) t(i)`,
        );
        const series = { latency_p95: { query: 'max(p95)', aggregate: 'max' } };
        const monitor = stringify({
          version: 1,
          model: { id: 'churn', owners: { model: 'team:growth-ml', system: 'team:ml-leads' } },
          windows: { size: '1d', min_rows: 50 },
          predictions: { from: { path: 'data/live.parquet' } },
          columns: { id: ['id'], timestamp: 'ts' },
          metrics: [{ kind: 'prometheus', url: 'env:PROM_URL', token: 'env:PROM_TOKEN', series }],
          checks,
        });
        await writeFile(join(place.folder, 'monitors/churn.yaml'), monitor);
        await writeFile(join(place.folder, 'monitors/teams.yaml'), someTeams);
        fake.token = TOKEN;
        await use(place, fake);
      }),
    );
  });

const limited = { check: 'system_metric', warn: { above: 0.3 }, alert: { above: 0.5 } };

test('a slow service fails the gate; one that nobody can ask about is no pass', () =>
  withModel([limited], async (place, fake) => {
    const check = async () => {
      const flags = ['--as-of', '2026-03-02', '--allow-no-data', '--json'];
      const { code, out, err } = await place.cli(['check', 'churn', ...flags]);
      expect(out + err).not.toContain(TOKEN);
      const { findings } = JSON.parse(out) as { findings: Finding[] };
      const own = findings.find((one) => one.check === 'system_metric');
      return { code, own };
    };
    fake.series['max(p95)'] = [() => '0.2'];
    expect(await check()).toMatchObject({ code: 0, own: { verdict: 'ok' } });
    fake.series['max(p95)'] = [(at) => (at === Date.UTC(2026, 2, 1, 23, 59) ? '0.7' : '0.2')];
    expect(await check()).toMatchObject({
      ...{ code: 1, own: { verdict: 'alert' } },
      own: { sentence: 'latency_p95 is 0.7; max of 1440 points.' },
    });
    fake.token = 'another';
    const { code, own } = await check();
    expect({ code, verdict: own?.verdict }).toEqual({ code: 3, verdict: 'unknown' });
    expect(own?.sentence).toContain('env:PROM_URL: answers 401');
  }));

test('a word that is wrong is named with what would be right', () =>
  withModel([{ ...limited, versus: 'month_before' }], async (place) => {
    const { code, out, err } = await place.cli(['validate']);
    expect(code).toBe(2);
    expect(unwrapped(out) + err).toMatch(
      /checks\[0\]\.versus: expected usual or week_before, got "month_b/,
    );
  }));

test('doctor asks for each series, and names a query that is refused', () =>
  withModel([limited], async (place, fake) => {
    const sources = async () => (await place.cli(['doctor', '--json'])).out;
    fake.series['max(p95)'] = [() => '0.2'];
    expect(await sources()).toContain('all 2 of 1 models answer');
    fake.series = {};
    expect(await sources()).toContain('nothing in churn: metrics latency_p95');
    fake.faults['max(p95)'] = { status: 400, body: '{"errorType":"bad_data","error":"parse"}' };
    expect(await sources()).toContain(
      'churn: metrics latency_p95: env:PROM_URL: answers 400 (bad_data: parse)',
    );
  }));
