import { expect, test } from 'vitest';
import { labelNotes } from '../../activities/label-notes.js';
import type { Finding } from '../../domain/finding.js';
import type { LabelSource } from '../../domain/monitor.js';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, sumsOf } from '../support/rows.js';

/** 400 customers, each asked about at 06:00 of every day. */
const ROWS = `select day * 1000 + i as id, i as who, i, (i / 400.0)::double as s,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts
  from range(3) days(day), range(400) customers(i)`;

/** Of each customer what it did first: 1 to 50 h after the first row, and again a day later. */
const ACTS = `select i as customer, if(i % 3 = 0 or i > 300, 'buy', 'leave') as act,
  timestamp '2026-01-01 06:00:00' + to_hours((1 + i % 50 + 24 * again)::int) as done
  from range(400) customers(i), range(2) acts(again)`;

/** The same by the id of the row, row by row: what came in the day after it, the first of it. */
const BY_ID = `select id, first.act as act, first.done as done from (
  select id, (select min_by({act: act, done: done}, done) from (${ACTS}) where customer = who
    and done >= ts and done < ts + interval 1 day) as first from (${ROWS})) where first is not null`;

const CHECKS = ['roc_auc', 'accuracy', 'label_drift', 'label_coverage', 'label_delay'];

const one = ({ findings }: Evaluation, name: string): Finding | undefined =>
  findings.find(({ check, slice }) => check === name && Object.keys(slice).length === 0);

test('windows are judged and amended as if labels had named their rows', () =>
  withKeptWindows(async (kept) => {
    const judging = async (name: string, select: string, spec: Partial<LabelSource>) => {
      const training = await kept.parquet('t.parquet', `select *, i > 200 as act from (${ROWS})`);
      const from = await kept.parquet(`${name}.parquet`, select);
      const monitor = monitorOf({
        predictions: await kept.parquet('live.parquet', ROWS),
        columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
        labels: {
          ...{ name: 'act', from, on: {}, value: 'act', positive: ['buy', 'true'] },
          ...{ timestamp: 'done', matureAfter: DAY, ...spec },
        },
        reference: {
          ...{ drift: { kind: 'training', trainedUntil: null, from: training } },
          ...{ others: {}, performance: null },
        },
        checks: CHECKS.map(specOf),
      });
      return kept.judging({ ...monitor, model: { ...monitor.model, id: name } });
    };
    const acts = await judging('acts', ACTS, { on: { who: 'customer' }, within: DAY });
    const byId = await judging('by_id', BY_ID, { on: { id: 'id' } });
    const labelled: number[] = [];
    for (const [day, kind] of [
      ...([0, 1] as const).map((day) => [day, 'first'] as const),
      ...([0, 1] as const).map((day) => [day, 'mature'] as const),
    ]) {
      const [found, wanted] = [await acts(day, kind), await byId(day, kind)];
      expect(found.error).toBeNull();
      expect(cellsOf(found.profile?.outcomes)).toEqual(cellsOf(wanted.profile?.outcomes));
      expect(found.notes).toEqual(wanted.notes);
      for (const check of CHECKS) {
        const { value, verdict, reason, sentence, nCurrent, details } = one(wanted, check) ?? {};
        const same = { value, verdict, reason, sentence, nCurrent, details };
        expect(one(found, check)).toMatchObject(same);
      }
      labelled.push(sumsOf(found.profile?.asked['labels'])['joined'] ?? NaN);
    }
    // of 50 customers 18 have done something by midnight, and 23 in the day after 06:00
    const first = [...Array(400).keys()].filter((i) => 1 + (i % 50) <= 18).length;
    const inDay = [...Array(400).keys()].filter((i) => 1 + (i % 50) < 24).length;
    expect([labelled[0], labelled[2]]).toEqual([first, inDay]);
    expect(one(await acts(0, 'late'), 'accuracy')?.nCurrent).toBe(inDay);
  }));

test('labels of entities that answer no row are told with how long they may take', () => {
  const labels = {
    ...{ name: 'act', from: null, on: { who: 'customer' }, within: DAY, value: 'act' },
    ...{ positive: ['buy'], timestamp: 'done', matureAfter: DAY },
  };
  const file = { path: 'acts.csv', bytes: 120, modified: 0 };
  const noted = (sums: Record<string, number>, types?: readonly string[]) =>
    labelNotes({
      monitor: monitorOf({ labels }),
      labels: { kind: 'csv', path: 'acts.csv', where: null, files: [{ ...file, footer: null }] },
      asked: {
        labels: {
          by: {},
          sums: Object.fromEntries(
            Object.entries(sums).map(([name, n]) => [name, Float64Array.of(n)]),
          ),
        },
        ...(types && {
          unmet: {
            by: { key: ['customer'], there: types, here: ['BIGINT'] },
            sums: { n: Float64Array.of(1) },
          },
        }),
      },
      ...{ rows: 300, knownAt: DAY, mature: true },
    });
  const none = 'none of the 5 labels of acts.csv has a prediction in the window: ';
  expect(noted({ labels: 5, met: 0 }, ['BIGINT'])).toEqual([
    `${none}no prediction has the customer of any in the 1d before it`,
  ]);
  expect(noted({ labels: 5, met: 0 }, ['VARCHAR'])).toEqual([
    `${none}the key customer is VARCHAR there and BIGINT here`,
  ]);
  expect(noted({ labels: 5, met: 3, keyless: 2 })).toEqual([
    '2 of 5 labels have no customer or no readable time in done and do not count',
  ]);
});
