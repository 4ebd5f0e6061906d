import { expect, test } from 'vitest';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAYS = 2;

/** 1,000 rows a day; the model says yes to the last half of them. */
const ROWS = `select day * 1000 + i as id, (i / 1000.0)::double as s,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts, day, i
  from range(${DAYS}) days(day), range(1000) rows(i)`;

/**
 * Labels of each day: 600 by people who saw the answer, 540 of them agree; 200 blind, 160 agree;
 * 100 by the model, 50 that nobody signs and 50 from elsewhere. Each tenth has a second label, by
 * somebody else and later, which does not count.
 */
const FIRST = `select id, case when i % 10 < 6 then 'ana' when i % 10 < 8 then 'audit'
    when i % 10 < 9 then 'auto' when i % 20 = 9 then null else 'court' end as who,
  (s >= 0.5) <> (i % 10 < 6 and i // 10 % 10 = 0 or i % 10 in (6, 7) and i // 10 % 5 = 0) as fraud,
  ts + interval 1 hour as known, i from (${ROWS})`;
const LABELS = `select id, who, fraud, known from (${FIRST})
  union all select id, 'auto', not fraud, known + interval 1 hour from (${FIRST}) where i % 10 = 6`;

test('labels are counted by who made them first, from rows to what is found', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', ROWS);
    const monitor = monitorOf({
      predictions: live,
      columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
      labels: {
        ...{ name: 'fraud', from: await parquet('labels.parquet', LABELS), on: { id: 'id' } },
        ...{ value: 'fraud', positive: ['true'], timestamp: 'known', matureAfter: DAY },
        labelSource: {
          ...{ column: 'who', model: ['auto'], rule: [], humanAssisted: ['ana'] },
          ...{ humanBlind: ['audit'], blindAtRandom: true },
        },
      },
      reference: {
        drift: { kind: 'training', trainedUntil: null, from: live },
        ...{ others: {}, performance: null },
      },
      checks: [specOf('self_labelled'), specOf('self_confirmation')],
    });
    const judge = judging(monitor);
    await judge(0, 'mature');
    const { findings } = await judge(1, 'mature');
    const one = (name: string) => findings.find(({ check }) => check === name);
    // 700 of the 950 labels that say who made them; `who` of the labels is no column of the rows
    expect(one('self_labelled')?.details['made']).toEqual({ share: 700 / 950, n: 950 });
    expect(one('self_labelled')).toMatchObject({ verdict: 'warn', nCurrent: 1000 });
    expect(one('self_labelled')?.value).toBeCloseTo(700 / 950 / 0.2, 12);
    // two days as one
    const confirmed = one('self_confirmation');
    expect(confirmed).toMatchObject({ verdict: 'alert', nCurrent: 1200, nReference: 400 });
    expect(confirmed?.details).toMatchObject({ assisted: 0.9, blind: 0.8, windows: 2 });
    expect(confirmed?.value).toBeCloseTo(0.5, 12);
    expect(confirmed?.sentence).toContain('seeing it caused 50 %');
  }));
