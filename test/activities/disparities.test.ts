import { expect, test } from 'vitest';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAYS = 9;

/** Three regions of 600 rows and one of 80. A tenth is blocked, of north 20 more rows each day. */
const ROWS = `select row_number() over () as id, region, day, 0.5 as p,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts,
  case when i < n / 10 + case when region = 'north' then 20 * day else 0 end then 'block' else 'pass' end
    as decision
  from range(${DAYS}) days(day), (values ('north', 600), ('south', 600), ('east', 600), ('isles', 80)) of(region, n),
    range(600) rows(i) where i < n`;

test('windows that were kept tell of a segment that is treated ever more unlike the others', () =>
  withKeptWindows(async ({ parquet, judging }) => {
    const live = await parquet('live.parquet', ROWS);
    const first = await parquet('first.parquet', `from (${ROWS}) where day = 0`);
    const action = { column: 'decision', censors: ['block'], alters: [] };
    const monitor = monitorOf({
      predictions: live,
      columns: {
        prediction: { kind: 'probability', column: 'p', threshold: 0.5 },
        action: { ...action, wouldAct: null, explored: null },
      },
      segments: [{ name: 'region', by: 'region', top: 8, minRows: 1 }],
      reference: {
        drift: { kind: 'training', trainedUntil: null, from: first },
        ...{ others: {}, performance: null },
      },
      checks: [specOf('disparity_trend')],
    });
    const judge = judging(monitor);
    const findingOf = ({ findings }: Evaluation) =>
      findings.filter(({ check }) => check === 'disparity_trend');
    for (let day = 0; day < DAYS - 1; day++) {
      const [finding] = findingOf(await judge(day, 'first'));
      if (day === 6) expect(finding?.sentence).toMatch(/ has 7 of them, 1 too few\.$/);
    }
    const [finding, ...others] = findingOf(await judge(DAYS - 1, 'first'));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ verdict: 'warn', target: 'disparity_trend', nCurrent: 1880 });
    // the isles have too few rows
    const segments = finding?.details['segments'] as { segment: string; windows: number }[];
    expect(segments.map(({ segment, windows }) => `${segment}: ${windows}`).sort()).toEqual([
      ...['region = east: 9', 'region = north: 9', 'region = south: 9'],
    ]);
    expect(finding?.sentence).toMatch(/^region = north is treated ever more unlike/);
  }));
