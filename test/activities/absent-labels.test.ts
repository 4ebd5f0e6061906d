import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import type { AbsentLabels, Monitor } from '../../domain/monitor.js';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import type { KeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf } from '../support/rows.js';

/** 1,000 rows a day; of those from 0.9 on each third is held out, and the others are blocked. */
const ROWS = `select day * 1000 + i as id, (i / 1000.0)::double as s, day, i,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts, i >= 900 and i % 3 = 0 as held,
  case when i >= 900 and i % 3 <> 0 then 'block' else 'allow' end as decision
  from range(3) days(day), range(1000) rows(i)`;

/** Frauds of the first two days: each tenth below 0.9, each second from there on, after an hour. */
const FRAUDS = `select id, 'fraud' as kind, ts + interval 1 hour as known from (${ROWS})
  where day < 2 and (i < 900 and i % 10 = 7 or i >= 900 and i % 2 = 0)`;

const CHECKS = ['roc_auc', 'accuracy', 'label_drift', 'label_coverage'];

async function monitorIn(
  { parquet }: KeptWindows,
  of: { labels?: string; absent?: AbsentLabels; checks?: string[]; acts?: 'acts' },
): Promise<Monitor> {
  const { labels = FRAUDS, absent, checks = CHECKS, acts } = of;
  const name = `labels-${absent === undefined ? 'written' : 'silent'}`;
  const training = `select *, i % 5 = 0 as kind from (${ROWS})`;
  const monitor = monitorOf({
    predictions: await parquet('live.parquet', ROWS),
    columns: {
      prediction: { kind: 'probability', column: 's', threshold: 0.5 },
      ...(acts && {
        action: {
          ...{ column: 'decision', wouldAct: null, explored: 'held' },
          ...{ censors: ['block'], alters: [] },
        },
      }),
    },
    labels: {
      ...{ name: 'y', from: await parquet(`${name}.parquet`, labels), on: { id: 'id' } },
      ...{ value: 'kind', positive: ['fraud', 'true'], timestamp: 'known', matureAfter: DAY },
      ...(absent && { absent }),
    },
    reference: {
      drift: { kind: 'training', trainedUntil: null, from: await parquet('t.parquet', training) },
      ...{ others: {}, performance: null },
    },
    checks: checks.map(specOf),
  });
  return { ...monitor, model: { ...monitor.model, id: name } };
}

const one = ({ findings }: Evaluation, name: string): Finding | undefined =>
  findings.find(({ check, slice }) => check === name && Object.keys(slice).length === 0);

const labelsIn = ({ profile, error }: Evaluation): Record<string, number> => {
  expect(error).toBeNull();
  const counts: Record<string, number> = {};
  for (const [cell, n] of Object.entries(cellsOf(profile?.outcomes))) {
    const label = cell.split(' ')[2] ?? '';
    counts[label] = (counts[label] ?? 0) + n;
  }
  return counts;
};

test('a feed of positives is judged as one whose negatives are written out', () =>
  withKeptWindows(async (kept) => {
    const absent = { after: DAY, whenActed: 'unknown' as const };
    const fine = `select id, 'fine' as kind, ts + interval 1 hour as known from (${ROWS})
      where id not in (select id from (${FRAUDS}))`;
    const silent = kept.judging(await monitorIn(kept, { absent }));
    const labels = `${FRAUDS} union all ${fine}`;
    const written = kept.judging(await monitorIn(kept, { labels }));
    const early = await silent(0, 'first');
    // the day is 18 h old at its end: 140 frauds are known, and no row is old enough
    expect(labelsIn(early)).toEqual({ '1': 90 + 50, '': 860 });
    expect(one(early, 'roc_auc')).toMatchObject({ verdict: 'unknown', reason: 'immature' });
    const [found, wanted] = [await silent(0, 'mature'), await written(0, 'mature')];
    expect(labelsIn(found)).toEqual({ '1': 140, '0': 860 });
    expect(cellsOf(found.profile?.outcomes)).toEqual(cellsOf(wanted.profile?.outcomes));
    for (const check of CHECKS) {
      const { value, verdict, sentence, nCurrent, details } = one(wanted, check) ?? {};
      expect(one(found, check)).toMatchObject({ value, verdict, sentence, nCurrent, details });
      expect(nCurrent).toBe(1000);
    }
    // silence is no missing label
    expect(one(found, 'label_coverage')?.value).toBe(1);
  }));

test('rows acted on stay unknown, also with a label, or are negative by word', () =>
  withKeptWindows(async (kept) => {
    const checks = [...CHECKS, 'suppression'];
    const of = { acts: 'acts' as const, checks };
    const unknown = { after: DAY, whenActed: 'unknown' as const };
    const monitor = await monitorIn(kept, { ...of, absent: unknown });
    const found = await kept.judging(monitor)(0, 'mature');
    // 34 of the 100 rows from 0.9 on are held out, 900, 903, … 999, of which 17 are even
    expect(labelsIn(found)).toEqual({ '1': 90 + 17, '0': 810 + 17, '': 66 });
    expect(one(found, 'roc_auc')?.nCurrent).toBe(934);
    expect(one(found, 'label_coverage')?.details).toMatchObject({
      ...{ part: 'where the model would act', rows: 100, share: 34 / 100 },
    });
    // of the blocked rows only the 33 frauds would have a label
    expect(found.notes).toContain(
      '33 labels are of rows acted on and do not count: absent.when_acted is unknown',
    );
    expect(one(found, 'suppression')).toMatchObject({ verdict: 'unknown' });
    expect(one(found, 'suppression')?.sentence).toContain(
      'none of the 66 rows acted on has a label',
    );
    const absent = { ...unknown, whenActed: 'negative' as const };
    const labels = monitor.labels && { ...monitor.labels, absent };
    const model = { ...monitor.model, id: 'negative' };
    const all = await kept.judging({ ...monitor, model, labels })(0, 'mature');
    expect(labelsIn(all)).toEqual({ '1': 140, '0': 860 });
    expect(all.notes ?? []).toEqual([]);
  }));

test('a positive that comes later amends the finding, wherever its file is', () =>
  withKeptWindows(async (kept) => {
    const absent = { after: DAY, whenActed: 'unknown' as const };
    const base = await monitorIn(kept, { absent });
    await kept.parquet('by-2026-01-01.parquet', FRAUDS);
    // ten rows of the first day, known four days later
    const late = `select id, 'fraud' as kind, ts + interval 4 day as known from (${ROWS})
      where day = 0 and i < 100 and i % 10 = 3`;
    const { path } = await kept.parquet('by-2026-01-05.parquet', late);
    const from = { kind: 'parquet' as const, path: path.replace('2026-01-05', '{date}') };
    const labels = base.labels && { ...base.labels, from: { ...from, where: null } };
    const judge = kept.judging({ ...base, labels });
    await judge(0, 'first');
    const before = await judge(0, 'mature');
    const after = await judge(0, 'late');
    expect(labelsIn(before)).toEqual({ '1': 140, '0': 860 });
    expect(labelsIn(after)).toEqual({ '1': 150, '0': 850 });
    // nothing but the labels was counted anew
    expect(after.profile?.columns).toEqual({});
    // from 0.5 on 40 + 50 frauds; all ten that come are below, where the model says no
    const right = 40 + 50 + (500 - 50);
    expect(one(before, 'accuracy')?.value).toBeCloseTo(right / 1000, 12);
    expect(one(after, 'accuracy')?.value).toBeCloseTo((right - 10) / 1000, 12);
    expect(after.revision).toBe(3);
  }));

test('a feed that stops makes no window of negatives', () =>
  withKeptWindows(async (kept) => {
    const absent = { after: DAY, whenActed: 'unknown' as const };
    const monitor = await monitorIn(kept, { absent, checks: ['label_volume', 'roc_auc'] });
    const judge = kept.judging(monitor);
    await judge(0, 'mature');
    const usual = await judge(1, 'mature');
    expect(one(usual, 'label_volume')).toMatchObject({ verdict: 'ok', value: 1 });
    expect(one(usual, 'label_volume')?.sentence).toContain(
      '100 % of 1000 rows have a label, 860 of them negative because none came',
    );
    const stopped = await judge(2, 'mature');
    expect(one(stopped, 'label_volume')).toMatchObject({ verdict: 'alert', hard: 'no labels' });
    expect(one(stopped, 'label_volume')?.sentence).toContain(
      'None of 1000 rows has a positive label; 140 would be usual.',
    );
    expect(one(stopped, 'roc_auc')).toMatchObject({ verdict: 'unknown', reason: 'label_fault' });
  }));
