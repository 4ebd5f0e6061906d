import { expect, test } from 'vitest';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAYS = 9;

/**
 * Four regions of 400 rows. Of region 4 four rows are acted on for each fraud of the day before, and
 * 40 more; of the others 40 always. Every fourth row that is acted on is fraud, and no other.
 */
const ROWS = `select row_number() over () as id, region, day, 0.5 as p,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts,
  case when i < case when region = 4 then 40 + 40 * day else 40 end then 'block' else 'pass' end
    as decision, decision = 'block' and i % 4 = 0 as fraud
  from range(${DAYS}) days(day), range(1, 5) regions(region), range(400) rows(i)`;

test('windows that were kept tell of a loop once the labels of a window are there', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', ROWS);
    const first = await parquet('first.parquet', `from (${ROWS}) where day = 0`);
    const action = { column: 'decision', censors: ['block'], alters: [] };
    const monitor = monitorOf({
      predictions: live,
      columns: {
        ...{ group: 'region', prediction: { kind: 'probability', column: 'p', threshold: 0.5 } },
        action: { ...action, wouldAct: null, explored: null },
      },
      labels: {
        ...{ name: 'fraud', from: live, on: { id: 'id' }, value: 'fraud', positive: ['true'] },
        ...{ timestamp: null, matureAfter: DAY },
      },
      reference: {
        drift: { kind: 'training', trainedUntil: null, from: first },
        ...{ others: {}, performance: null },
      },
      checks: [specOf('allocation_gain')],
    });
    const judge = judging(monitor);
    const findingOf = ({ findings }: Evaluation) =>
      findings.find(({ check }) => check === 'allocation_gain');
    for (let day = 0; day < DAYS - 1; day++) {
      const finding = findingOf(await judge(day, 'mature'));
      if (day === 6) expect(finding?.sentence).toMatch(/known: 7\.$/);
    }
    const early = findingOf(await judge(DAYS - 1, 'first'));
    expect(early).toMatchObject({ verdict: 'unknown', reason: 'immature' });
    const finding = findingOf(await judge(DAYS - 1, 'mature'));
    // a quarter of 40 in three regions, and of 360 in the fourth
    expect(finding).toMatchObject({ verdict: 'alert', nCurrent: 30 + 90 });
    expect(finding?.details).toMatchObject({ groups: 4, windows: 9 });
    // 40 each, and 480 in all
    const index = (3 * 40 ** 2 + 360 ** 2) / 480 ** 2;
    expect(finding?.details['concentration']).toMatchObject({
      ...{ first: 0.25, last: expect.closeTo(index, 12) as number, rises: true },
    });
    expect(finding?.sentence).toContain('Suspected self-reinforcing allocation');
  }));
