import { expect, test } from 'vitest';
import type { ItemLoop } from '../../checks/item-loop.js';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAYS = 7;

/** Five films, film 1 in 40 rows more every day; every fourth row of a film is clicked. */
const ROWS = `select row_number() over () as id, film, day,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts, i % 4 = 0 as click
  from range(${DAYS}) days(day), range(1, 6) films(film),
    range(case when film = 1 then 200 + 40 * day else 200 end) shown(i)`;

test('windows that were kept tell the trend of a window whose labels are there', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', ROWS);
    const monitor = monitorOf({
      predictions: live,
      columns: { item: 'film' },
      labels: {
        ...{ name: 'click', from: live, on: { id: 'id' }, value: 'click', positive: ['true'] },
        ...{ timestamp: null, matureAfter: DAY },
      },
      reference: {
        drift: {
          ...{ kind: 'training', trainedUntil: null },
          from: await parquet('first.parquet', `from (${ROWS}) where day = 0`),
        },
        ...{ others: {}, performance: null },
      },
      checks: [specOf('exposure_concentration')],
    });
    const judge = judging(monitor);
    const findingOf = ({ findings }: Evaluation) =>
      findings.find(({ check }) => check === 'exposure_concentration');
    for (let day = 0; day < DAYS - 1; day++) {
      const finding = findingOf(await judge(day, 'mature'));
      if (day === 4)
        expect(finding?.sentence).toContain('rows or more that say what they show, known: 5');
    }
    const early = findingOf(await judge(DAYS - 1, 'first'));
    expect(early).toMatchObject({ verdict: 'unknown', reason: 'immature', nCurrent: 1240 });
    const finding = findingOf(await judge(DAYS - 1, 'mature'));
    expect(finding).toMatchObject({ verdict: 'warn', nCurrent: 1240, nReference: 1000 });
    // 440 of 1,240 rows beside 200 of 1,000
    expect(finding?.details).toMatchObject({
      ...{ windows: 7, falls: true, rows: 1000 },
      moved: [{ item: '1', before: 0.2, now: 440 / 1240 }],
    });
    // clicks are a quarter of the rows
    const { links, items } = finding?.details['loop'] as ItemLoop;
    expect(items).toBe(5);
    expect(links.labels.value).toBeCloseTo(1, 1);
  }));
