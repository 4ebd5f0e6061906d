import { expect, test } from 'vitest';
import { marksOf } from '../../activities/marks.js';
import type { Finding } from '../../domain/finding.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Evaluation } from '../../domain/run.js';
import { isWhole } from '../../domain/slice.js';
import { SHADOW } from '../../domain/traffic.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows, type KeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/**
 * 400 cases a day, each answered by both models, one row in forty of a third, and one without a lane.
 * The shadow's features lie elsewhere, and its scores are those of a coin; the champion's of day 1
 * are worse than those of day 0.
 */
const ROWS = `select i as id, day, i % 4 = 0 as y, lane,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts,
  case when lane = 'champion' then i % 7 else 50 end::double as amount,
  case when lane = 'challenger' then hash(i) % 1000 / 1000.0
    when i % (7 - day * 4) = 0 then 0.45 when i % 4 = 0 then 0.9 else 0.2 end as score
  from range(2) days(day), range(400) cases(i), (values ('champion'), ('challenger'), ('test'), (null))
    lanes(lane) where lane in ('champion', 'challenger') or (lane = 'test' and i % 40 = 0) or i = 7`;

const traffic = { column: 'lane', live: ['champion'], shadow: ['challenger'] };
const both = [0, 1] as const;

/** The mature evaluations of both days, in a lake of their own. */
async function judged(where: string, lanes: Partial<Monitor['columns']>): Promise<Evaluation[]> {
  const found: Evaluation[] = [];
  await withKeptWindows(async (kept) => {
    const judge = kept.judging(await monitorWith(kept, where, lanes));
    for (const day of both) {
      await judge(day, 'first');
      found.push(await judge(day, 'mature'));
    }
  });
  return found;
}

async function monitorWith(
  kept: KeptWindows,
  where: string,
  lanes: Partial<Monitor['columns']>,
): Promise<Monitor> {
  const live = await kept.parquet('rows.parquet', `from (${ROWS}) where ${where}`);
  const labels = await kept.parquet(
    'labels.parquet',
    'select i as id, i % 4 = 0 as y from range(400) l(i)',
  );
  return monitorOf({
    predictions: live,
    columns: {
      prediction: { kind: 'probability', column: 'score', threshold: 0.5 },
      features: { include: ['amount'], exclude: [], overrides: {} },
      ...lanes,
    },
    labels: {
      ...{ name: 'fraud', from: labels, on: { id: 'id' }, value: 'y', positive: ['true'] },
      ...{ timestamp: null, matureAfter: DAY },
    },
    checks: [
      ...['volume', 'duplicates', 'psi', 'label_volume', 'prediction_drift', 'composition'].map(
        (one) => specOf(one),
      ),
      { ...specOf('roc_auc'), rule: 'fixed', alert: { below: 0.99 } },
      { ...specOf('precision'), alert: { below: 0.5 } },
    ],
  });
}

/** What is said of all rows; `inputs` is of the files. */
const said = (findings: readonly Finding[]) =>
  findings.filter(isWhole).map((one) => ({ ...one, inputs: '' }));

test('of a mixed log only live rows are judged, and the metrics of shadow rows stand beside them', async () => {
  const mixed = await judged('true', { traffic });
  const live = await judged("lane = 'champion'", {});
  const shadow = await judged("lane = 'challenger'", {});
  for (const day of both) {
    const [all, own, other] = [mixed[day], live[day], shadow[day]];
    if (all === undefined || own === undefined || other === undefined) throw new Error('no day');
    expect(said(all.findings)).toEqual(said(own.findings));
    expect(all.slices.map(({ slice, rows }) => [slice, rows])).toEqual([[SHADOW, 400]]);
    const beside = all.findings.filter((one) => !isWhole(one));
    const names = ['roc_auc', 'precision'];
    expect(beside.map(({ check }) => check)).toEqual(expect.arrayContaining(names));
    for (const { check, slice, value, verdict, rule } of beside) {
      const same = other.findings.find((one) => one.check === check && isWhole(one));
      expect({ check, slice, value }).toEqual({ check, slice: SHADOW, value: same?.value });
      // far below its limits, which are of live rows
      expect([verdict, rule]).toEqual(['ok', 'shown, not judged']);
    }
    const bad = marksOf(all.findings).filter(({ verdict }) => verdict !== 'ok');
    expect(bad.filter(({ slice }) => slice !== '')).toEqual([]);
    expect(all.notes).toEqual(
      expect.arrayContaining([
        '400 rows of shadow traffic (challenger) counted apart, and not judged',
        '12 rows left out, neither live nor shadow by columns.traffic: lane is test',
      ]),
    );
  }
  const auc = mixed[1]?.findings.find(({ check }) => check === 'roc_auc');
  expect(auc).toMatchObject({ verdict: 'alert', slice: {}, nCurrent: 400 });
});
