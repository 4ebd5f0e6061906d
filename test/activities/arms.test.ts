import { expect, test } from 'vitest';
import { advise } from '../../domain/advising/rules.js';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/**
 * 5,000 rows a day, every fifth without the model. The amount is 0 to 9, each as often; on day 2
 * those with the model whose amount was 0 or 1 have 9 instead.
 */
const ROWS = `select row_number() over () as id, day, 0.5 as p, i % 10 = 3 as y,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts,
  case when i % 5 = 0 then 'control' else 'b' end as arm,
  case when day = 2 and arm = 'b' and i // 5 % 10 < 2 then 9 else i // 5 % 10 end::double as amount
  from range(3) days(day), range(5000) rows(i)`;

test('arms', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', ROWS);
    const first = await parquet('first.parquet', `from (${ROWS}) where day = 0`);
    const monitor = monitorOf({
      predictions: live,
      columns: {
        arm: { column: 'arm', holdout: ['control'] },
        prediction: { kind: 'probability', column: 'p', threshold: 0.5 },
      },
      labels: {
        ...{ name: 'fraud', from: live, on: { id: 'id' }, value: 'y', positive: ['true'] },
        ...{ timestamp: null, matureAfter: DAY },
      },
      reference: {
        drift: { kind: 'training', trainedUntil: null, from: first },
        ...{ others: {}, performance: null },
      },
      checks: [specOf('arm_contrast'), specOf('psi')],
    });
    const judge = judging(monitor);
    const findingOf = ({ findings }: Evaluation) =>
      findings.filter(({ check }) => check === 'arm_contrast' || check === 'psi');
    for (const day of [1, 2]) {
      console.log(JSON.stringify(findingOf(await judge(day, 'first')), null, 1));
      console.log(JSON.stringify(findingOf(await judge(day, 'mature')), null, 1));
    }
    void advise; void expect;
  }));
