import { expect, test } from 'vitest';
import type { Contrast } from '../../checks/arm-words.js';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/**
 * 5,000 rows a day, every fifth without the model and one of all without an arm. The amount is 0 to
 * 9, each as often, and 3 is fraud. On day 2 those with the model whose amount was 0 or 1 have 9.
 */
const ROWS = `select row_number() over () as id, day, i // 5 % 10 = 3 as y,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts,
  case when i = 4999 then null when i % 5 = 0 then 'control' else 'b' end as arm,
  (case when day = 2 and i % 5 > 0 and i // 5 % 10 < 2 then 9 else i // 5 % 10 end)::double as amount
  from range(3) days(day), range(5000) rows(i)`;

test('arms that part after the reference make a finding once labels are there, and no other', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', ROWS);
    const first = await parquet('first.parquet', `from (${ROWS}) where day = 0`);
    const monitor = monitorOf({
      predictions: live,
      columns: {
        ...{ arm: { column: 'arm', holdout: ['control'] } },
        features: { include: ['amount'], exclude: [], overrides: {} },
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
    const armsIn = ({ findings }: Evaluation) =>
      findings.find(({ check }) => check === 'arm_contrast');
    expect(armsIn(await judge(1, 'first'))).toMatchObject({ reason: 'immature' });
    const quiet = armsIn(await judge(1, 'mature'));
    expect(quiet).toMatchObject({ verdict: 'ok', value: 0, nCurrent: 3999, nReference: 1000 });
    await judge(2, 'first');
    const { findings, slices } = await judge(2, 'mature');
    expect(slices.map(({ slice }) => slice)).toEqual([{ arm: 'holdout' }, { arm: 'treated' }]);
    // what the arms are for; psi looks at all rows
    expect(findings.filter(({ slice }) => Object.keys(slice).length > 0)).toEqual([]);
    const finding = armsIn({ findings } as Evaluation);
    expect(finding).toMatchObject({ verdict: 'alert', details: { compared: 2, sure: 1, look: 2 } });
    const [one] = finding?.details['contrasts'] as Contrast[];
    expect(one).toMatchObject({ about: 'amount', before: 0, bin: { label: '0', treated: 0 } });
    expect(finding?.sentence).toContain('the deployment of the model causes it');
  }));
