import path from 'node:path';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import { modelHead, type Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { tell } from '../../activities/tell.js';
import { knownChecks } from '../../config/known-checks.js';
import { monitorSchema } from '../../config/monitor.js';
import type { Finding } from '../../domain/finding.js';
import type { ModelHead, ReferencePin } from '../../domain/model.js';
import { ownerOf } from '../../domain/owners.js';
import type { Evaluation } from '../../domain/run.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { withPrometheus, type FakePrometheus } from '../support/prometheus.js';
import { writeRows } from '../support/rows.js';
import { testWorld } from '../support/world.js';

const start = Date.UTC(2026, 2, 1);
const TOKEN = 'a-very-secret-token';
const dayOf = (at: number): number => Math.floor((at - start) / DAY);

interface Here {
  fake: FakePrometheus;
  /** Evaluates a day as a worker does, and commits it. */
  at: (day: number, revision?: number) => Promise<Evaluation>;
  /** Models and categories whose alert was told, so far. */
  told: string[];
  owners: { system: string };
}

/** 200 rows a day over 20 days; a model with two series and these entries of `checks`. */
const withModel = (checks: readonly object[], use: (here: Here) => Promise<void>) =>
  withLakeAndDuck((lake, db) =>
    withFolder((folder) =>
      withPrometheus(async (fake) => {
        fake.token = TOKEN;
        const world = testWorld(folder);
        world.secrets = { 'env:PROM_URL': fake.url, 'env:PROM_TOKEN': TOKEN };
        const file = path.join(folder, 'rows.parquet');
        await writeRows(
          db,
          file,
          `select i as id, epoch_ms(${start} + i * ${DAY / 200}) as ts, (i % 200)::double as latency
             from range(4000) t(i)`,
        );
        const monitor = monitorSchema(knownChecks).parse({
          ...{ version: 1, windows: { size: '1d', min_rows: 50 } },
          model: { id: 'm', owners: { model: 'team:ml', system: 'team:platform' } },
          predictions: { from: { path: file } },
          columns: { id: 'id', timestamp: 'ts' },
          metrics: [
            {
              ...{ kind: 'prometheus', url: 'env:PROM_URL', token: 'env:PROM_TOKEN', step: '1h' },
              series: {
                latency_p95: { query: 'p95', aggregate: 'max' },
                error_rate: { query: 'errors', aggregate: 'mean' },
              },
            },
          ],
          checks,
        });
        const told: string[] = [];
        const tellAlert = (model: string, category: string) => {
          told.push(`${model}/${category}`);
          return Promise.resolve();
        };
        const clock = () => world.now;
        const deps = { lake, clock, world, entities: { tellAlert } } as unknown as Deps;
        await lake.updateHead<Partial<ModelHead>>(modelHead('m'), () => ({ retiredAt: null }));
        let pin: ReferencePin | null = null;
        const at = async (day: number, revision = 1): Promise<Evaluation> => {
          const window = { start: start + day * DAY, end: start + (day + 1) * DAY, weekday: 1 };
          const knownAt = Math.max(window.end, start + 20 * DAY);
          const due = { window, revision, at: window.end, knownAt };
          const found = await evaluate(deps, db, {
            ...{ monitor, fingerprint: 'f', due, landDir: folder, exact: 'grid' },
            head: pin === null ? null : { reference: pin },
          });
          pin ??= found.pin;
          const { evaluation, mature, profileFile } = found;
          const more = { mature, profileFile, notEvaluated: null, attempt: `${day}-${revision}` };
          await commitEvaluation(deps, db, { evaluation, ...more });
          await tell(deps, { model: 'm', windowEnd: window.end, revision });
          return evaluation;
        };
        await use({ fake, at, told, owners: monitor.model.owners });
      }),
    ),
  );

const of = ({ findings }: Evaluation, check: string, target = 'latency_p95') => {
  const found = findings.filter((one) => one.check === check && one.target === target);
  expect(found).toHaveLength(1);
  return found[0] as Finding;
};

const limits = [
  {
    ...{ check: 'system_metric', targets: ['latency_p95'] },
    ...{ warn: { above: 0.3 }, alert: { above: 0.5 } },
  },
  {
    ...{ check: 'system_metric', name: 'latency_week', targets: ['latency_p95'] },
    ...{ alert: { drop: '50%' }, versus: 'week_before' },
  },
  { check: 'system_metric', name: 'latency_usual', targets: ['latency_p95'], warn: { drop: 0.2 } },
];

test('a series above its limit is told to whoever answers for the system, and to nobody else', () =>
  withModel(limits, async ({ fake, at, told, owners }) => {
    // the last hour of day 1 has 0.6, all others 0.1; the first one of day 2 has 9
    fake.series['p95'] = [
      (time) => {
        const hour = (time - start) / 3_600_000;
        return hour === 47 ? '0.6' : hour === 48 ? '9' : '0.1';
      },
    ];
    fake.series['errors'] = [() => '0.02'];
    expect(of(await at(0), 'system_metric')).toMatchObject({ value: 0.1, verdict: 'ok' });
    expect(told).toEqual([]);
    const found = await at(1);
    const alert = of(found, 'system_metric');
    expect(alert).toMatchObject({ value: 0.6, verdict: 'alert', category: 'system' });
    expect(alert.sentence).toBe('latency_p95 is 0.6; max of 24 points.');
    expect(ownerOf(owners as never, alert.category)).toBe('team:platform');
    expect(told).toEqual(['m/system']);
    // 24 × 0.02 / 24; nobody gave it a limit
    const shown = of(found, 'system_metric', 'error_rate');
    expect(shown).toMatchObject({ verdict: 'ok', rule: 'no limits' });
    expect(shown.value).toBeCloseTo(0.02, 12);
  }));

test('week by week: the value of the window one week before is read from its evaluation', () =>
  withModel(limits, async ({ fake, at }) => {
    // days 0 to 6 have 0.10 … 0.16, day 7 has 0.14, day 8 has 0.17
    const days = ['0.1', '0.11', '0.12', '0.13', '0.14', '0.15', '0.16', '0.14', '0.17'];
    fake.series['p95'] = [(time) => days[dayOf(time)] ?? null];
    const found: Evaluation[] = [];
    for (const day of days.keys()) found.push(await at(day));
    const [first, seventh, eighth] = [found[0], found[7], found[8]];
    if (!first || !seventh || !eighth) throw new Error('three days');
    // nothing lies a week before day 0
    expect(of(first, 'latency_week')).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
    // 0.14 / 0.10 is 40 % more, 0.17 / 0.11 is 54.5 % more
    expect(of(seventh, 'latency_week')).toMatchObject({
      ...{ verdict: 'ok', details: { reference: 0.1 } },
    });
    const alert = of(eighth, 'latency_week');
    expect(alert).toMatchObject({ verdict: 'alert', details: { reference: 0.11 } });
    expect(alert.sentence).toBe(
      'latency_p95 is 0.17, 54.5 % above the 0.11 of one week before (2026-03-02 00:00 UTC); ' +
        'max of 24 points.',
    );
    // the median of 0.10 … 0.16 and 0.14 is 0.135
    const usual = of(eighth, 'latency_usual');
    expect(usual.details['reference']).toBeCloseTo(0.135, 12);
    expect(usual.verdict).toBe('ok');
    expect(of(found[2] as Evaluation, 'latency_usual').verdict).toBe('unknown');
  }));

test('a server that is down is unknown for its series alone, and no secret is stored', () =>
  withModel(limits, async ({ fake, at }) => {
    fake.series['p95'] = [() => '0.1'];
    fake.faults['errors'] = { status: 503, body: `no luck with ${TOKEN}` };
    const found = await at(0);
    expect(of(found, 'system_metric').value).toBe(0.1);
    const failed = of(found, 'system_metric', 'error_rate');
    expect(failed).toMatchObject({ verdict: 'unknown', reason: 'error', value: null });
    expect(failed.sentence).toBe('system_metric of error_rate failed: env:PROM_URL: answers 503.');
    expect(of(found, 'volume', 'rows').nCurrent).toBe(200);
    expect(JSON.stringify(found)).not.toContain(TOKEN);
    expect(JSON.stringify(found)).not.toContain(fake.url);
    delete fake.faults['errors'];
    const none = of(await at(1), 'system_metric', 'error_rate');
    expect(none).toMatchObject({ verdict: 'unknown', reason: 'insufficient_data' });
    expect(none.sentence).toBe(
      'system_metric of error_rate: the server has no data of it in the window.',
    );
  }));

test('a window without a row has its series all the same', () =>
  withModel(limits, async ({ fake, at }) => {
    fake.series['p95'] = [() => '0.7'];
    await at(0);
    expect(of(await at(30), 'system_metric')).toMatchObject({ value: 0.7, verdict: 'alert' });
  }));

test('a number of a column goes to the same people, by its category', () => {
  const sql = 'quantile_cont(latency, 0.95)';
  const custom = { check: 'custom', name: 'latency_p95', sql, category: 'system' };
  return withModel([{ ...custom, alert: { above: 180 } }], async ({ at, told, owners }) => {
    // 0, 1, … 199: the 95th percentile is 0.95 × 199
    const found = of(await at(0), 'latency_p95');
    expect(found).toMatchObject({ verdict: 'alert', category: 'system' });
    expect(found.value).toBeCloseTo(189.05, 9);
    expect(ownerOf(owners as never, found.category)).toBe('team:platform');
    expect(told).toEqual(['m/system']);
  });
});

test('a number of a column is compared week by week, too', () => {
  const custom = { check: 'custom', category: 'system', versus: 'week_before' };
  const checks = [
    { ...custom, name: 'slower', sql: 'max(ts::date - date 2026-02-22)', worse: 'higher' },
    { ...custom, name: 'fewer', sql: '-max(ts::date - date 2026-02-22)' },
  ].map((one) => ({
    ...one,
    sql: one.sql.replace('2026-02-22', "'2026-02-22'"),
    alert: { drop: '80%' },
  }));
  return withModel(checks, async ({ at }) => {
    await at(0);
    expect(of(await at(6), 'slower', 'slower').verdict).toBe('unknown');
    // 1 March is day 7 since 22 February, 8 March day 14: 100 % more
    const found = await at(7);
    const slower = of(found, 'slower', 'slower');
    expect(slower).toMatchObject({ value: 14, verdict: 'alert', details: { reference: 7 } });
    expect(slower.sentence).toBe(
      'slower is 14, 100 % above the 7 of one week before (2026-03-01 00:00 UTC), on 200 rows.',
    );
    // -7 fell to -14: by default a fall is worse
    expect(of(found, 'fewer', 'fewer')).toMatchObject({ value: -14, verdict: 'alert' });
  });
});
