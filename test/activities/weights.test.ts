import { expect, test } from 'vitest';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/**
 * 400 payments a day, every fourth a fraud, every fourth of these of 1000 euros and not of 10. From
 * the second day on the model does not find the large ones.
 */
const ROWS = `select day * 400 + i as id, timestamp '2026-01-01' + to_days(day::int) + to_seconds(i * 60) as ts,
  case when i % 16 = 0 then 1000 else 10 end as eur, i % 4 = 0 as fraud,
  case when i % 4 <> 0 then 0.1 when day >= 1 and i % 16 = 0 then 0.2 else 0.9 end as p
  from range(2) days(day), range(400) rows(i)`;

test('labels that come late tell of the large payments that are no more found', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', `select * exclude fraud from (${ROWS})`);
    const labels = `select id, fraud, ts + interval 20 hour as at from (${ROWS})`;
    const first = await parquet(
      'first.parquet',
      `select *, ts as at from (${ROWS}) where ts < '2026-01-02'`,
    );
    const recall = { ...specOf('recall'), warn: { drop: 0.1 }, alert: { drop: 0.5 } };
    const monitor = monitorOf({
      predictions: live,
      columns: {
        ...{ id: ['id'], weight: 'eur' },
        prediction: { kind: 'probability', column: 'p', threshold: 0.5 },
      },
      labels: {
        ...{ name: 'y', from: await parquet('labels.parquet', labels), on: { id: 'id' } },
        ...{ value: 'fraud', timestamp: 'at', positive: ['true'], matureAfter: DAY },
      },
      reference: {
        drift: { kind: 'training', trainedUntil: null, from: first },
        ...{ others: {}, performance: { kind: 'held_out' } },
      },
      checks: [recall, { ...recall, name: 'recall_of_euros', params: { weighted: true } }],
    });
    const judge = judging(monitor);
    const findingOf = ({ findings }: Evaluation, name: string) =>
      findings.find(({ check }) => check === name);
    await judge(0, 'mature');
    expect(findingOf(await judge(1, 'first'), 'recall_of_euros')).toMatchObject({
      ...{
        verdict: 'unknown',
        reason: 'immature',
      },
    });
    const late = await judge(1, 'mature');
    // 75 of 100 frauds, of 25 * 1000 + 75 * 10 euros 75 * 10
    expect(findingOf(late, 'recall')?.value).toBeCloseTo(75 / 100, 12);
    expect(findingOf(late, 'recall_of_euros')).toMatchObject({
      ...{ verdict: 'alert', value: expect.closeTo(750 / 25_750, 12) as unknown },
      sentence: expect.stringMatching(
        /^weighted recall is 0\.029\d* \[.*\], 1 on the reference, on 400 labelled rows/,
      ) as unknown,
    });
  }));
