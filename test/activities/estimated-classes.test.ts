import { expect, test } from 'vitest';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/**
 * 6,000 rows a day of three plans; the label is drawn by u from the probabilities. On the second day
 * basic rows are more, on the third the plan no longer hangs on them.
 */
const ROWS = `with drawn as (
    select day, i, day * 6000 + i as id,
      timestamp '2025-12-31' + to_days(day::int) + to_seconds(i * 14) as ts,
      (hash(i, day, 1) % 10000) / 10000 as x, (hash(i, day, 2) % 10000) / 10000 as u
    from range(4) days(day), range(6000) rows(i)),
  moved as (select * replace (case when day = 2 then sqrt(x) else x end as x) from drawn),
  rated as (select *, 0.8 * x + 0.1 as p_basic, (0.9 - 0.8 * x) * 0.7 as p_plus from moved)
  select *, 1 - p_basic - p_plus as p_pro,
    case when p_basic >= p_plus then 'basic' else 'plus' end as plan,
    case when day = 3 then case when u < 0.34 then 'basic' when u < 0.67 then 'plus' else 'pro' end
      when u < p_basic then 'basic' when u < p_basic + p_plus then 'plus' else 'pro' end as chosen
  from rated`;

test('models of several classes are estimated before their labels come, and held to it after', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const first = await parquet('first.parquet', `from (${ROWS}) where day = 0`);
    const live = await parquet('live.parquet', `select * exclude chosen from (${ROWS})`);
    const labels = `select id, chosen, ts + interval 20 hour as at from (${ROWS})`;
    const monitor = monitorOf({
      ...{ predictions: live, model: { ...monitorOf({}).model, task: 'multiclass' } },
      columns: {
        id: ['id'],
        prediction: {
          ...{ kind: 'label', column: 'plan', threshold: 0.5 },
          probabilities: { basic: 'p_basic', plus: 'p_plus', pro: 'p_pro' },
        },
      },
      labels: {
        ...{ name: 'y', from: await parquet('labels.parquet', labels), on: { id: 'id' } },
        ...{ value: 'chosen', timestamp: 'at', positive: [], matureAfter: DAY },
      },
      reference: {
        drift: { kind: 'training', trainedUntil: null, from: first },
        ...{ others: {}, performance: { kind: 'held_out' } },
      },
      checks: [
        { ...specOf('accuracy') },
        { ...specOf('estimated_performance'), params: { metric: 'accuracy' } },
        { ...specOf('concept_gap'), params: { metric: 'accuracy' } },
      ],
    });
    const judge = judging(monitor);
    const of = async (day: number, kind: 'first' | 'mature') => {
      const { findings } = await judge(day, kind);
      return (name: string) => findings.find(({ check }) => check === name);
    };
    const before = await of(1, 'first');
    expect(before('accuracy')).toMatchObject({ verdict: 'unknown', reason: 'immature' });
    const estimated = before('estimated_performance');
    expect(estimated?.sentence).toMatch(
      /^accuracy is estimated at 0\.\d+ \[.*\], 0\.\d+ on the reference, on the scores of 6\D?000 rows; assumes P\(Y\|X\) unchanged\.$/,
    );
    const after = await of(1, 'mature');
    const realised = after('accuracy')?.value ?? NaN;
    // basic is right as often as p_basic says, 0.2 more where there are more of them
    expect(realised).toBeGreaterThan((after('accuracy')?.details['reference'] as number) + 0.02);
    expect(Math.abs((estimated?.value ?? NaN) - realised)).toBeLessThan(0.02);
    expect(after('concept_gap')).toMatchObject({ verdict: 'ok' });
    await of(2, 'first');
    const other = await of(2, 'mature');
    expect(other('concept_gap')).toMatchObject({ verdict: 'warn' });
    expect(other('concept_gap')?.sentence).toMatch(
      /^accuracy is 0\.3\d* where 0\.5\d* was estimated /,
    );
  }));
