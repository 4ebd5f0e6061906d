import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import type { Monitor } from '../../domain/monitor.js';
import type { Evaluation } from '../../domain/run.js';
import { wilson } from '../../stats/intervals.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import type { KeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf } from '../support/rows.js';

/** 400 offers a day, one to each customer; the model says yes from 200 on. */
const ROWS = `select day * 1000 + i as id, i as who, i, (i / 400.0)::double as s, day,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts
  from range(2) days(day), range(400) customers(i)`;

/** Nine of ten buy or not, each third of them, a day later. */
const BOUGHT = `select id, if(i % 3 = 0, 'buy', 'leave') as act, ts + interval 1 day as known
  from (${ROWS}) where i % 10 <> 9`;

/** Each even customer clicks within hours: only clicks are told. */
const CLICKS = `select who as customer, 'click' as what, ts + interval 2 hour as clicked
  from (${ROWS}) where i % 2 = 0`;

/** Every fourth offer was looked at by somebody. */
const REVIEWS = `select id, if(i >= 200, 'good', 'bad') as mark, env from
  (select *, 'live' as env from (${ROWS}) where i % 4 = 0
  union all select *, 'test' as env from (${ROWS}))`;

async function monitorIn({ parquet }: KeptWindows): Promise<Monitor> {
  const training = await parquet('t.parquet', `select *, i % 3 = 0 as act from (${ROWS})`);
  const own = { name: 'bought', timestamp: 'known', matureAfter: DAY };
  const clicks = await parquet('clicks.parquet', CLICKS);
  const reviews = await parquet('reviews.parquet', REVIEWS);
  return monitorOf({
    predictions: await parquet('live.parquet', ROWS),
    columns: { prediction: { kind: 'probability', column: 's', threshold: 0.5 } },
    labels: {
      ...{ ...own, from: await parquet('bought.parquet', BOUGHT), on: { id: 'id' } },
      ...{ value: 'act', positive: ['buy', 'true'] },
    },
    standIns: [
      {
        ...{ name: 'click', role: 'early_proxy', from: clicks, on: { who: 'customer' } },
        ...{ within: DAY, value: 'what', positive: ['click'], timestamp: 'clicked' },
        ...{ matureAfter: DAY, absent: { after: DAY / 2, whenActed: 'negative' } },
      },
      {
        ...{ name: 'reviewed', role: 'review', from: { ...reviews, where: "env = 'live'" } },
        ...{ on: { id: 'id' }, value: 'mark', positive: ['good'] },
        ...{ timestamp: null, matureAfter: 0 },
      },
    ],
    reference: {
      drift: { kind: 'training', trainedUntil: null, from: training },
      ...{ others: {}, performance: null },
    },
    checks: ['proxy_agreement', 'accuracy'].map(specOf),
  });
}

const one = ({ findings }: Evaluation, name: string): Finding | undefined =>
  findings.find(({ target }) => target === name);

const customers = Array.from({ length: 400 }, (_, i) => i);
const count = (which: (i: number) => boolean): number => customers.filter(which).length;
const isTold = (i: number) => i % 10 !== 9;
const buys = (i: number) => i % 3 === 0;

test('labels that stand in are counted beside those of the target, and never for them', () =>
  withKeptWindows(async (kept) => {
    const monitor = await monitorIn(kept);
    const judge = kept.judging(monitor);
    const early = await judge(0, 'first');
    expect(early.error).toBeNull();
    // at the end of the day no purchase is known; a row of 06:00 without a click is none since 18:00
    const right = count((i) => (i % 2 === 0) === i >= 200);
    expect(one(early, 'click')).toMatchObject({ verdict: 'unknown', reason: 'immature' });
    expect(one(early, 'click')?.sentence).toContain(
      `So far 400 of 400 rows have one, 50 % positive; accuracy by them is ${right / 4} %, provisional.`,
    );
    expect(one(early, 'reviewed')?.sentence).toContain('So far 100 of 400 rows have one, 50 % pos');
    expect(one(early, 'accuracy')).toMatchObject({ verdict: 'unknown', reason: 'immature' });

    const late = await judge(0, 'mature');
    const [n, hits] = [count(isTold), count((i) => isTold(i) && (i % 2 === 0) === buys(i))];
    expect(one(late, 'click')).toMatchObject({
      ...{ value: hits / n, nCurrent: n, interval: 'confidence', verdict: 'warn' },
      ...wilson({ hits, n }),
    });
    const [clicked, bought] = [
      count((i) => isTold(i) && i % 2 === 0),
      count((i) => isTold(i) && i % 2 === 0 && buys(i)),
    ];
    expect(one(late, 'click')?.sentence).toContain(`${bought} of ${clicked} positives`);
    const both = count((i) => isTold(i) && i % 4 === 0);
    const same = count((i) => isTold(i) && i % 4 === 0 && i >= 200 === buys(i));
    expect(one(late, 'reviewed')).toMatchObject({ value: same / both, nCurrent: both });
    // the metric is that of the target alone
    const { standIns, ...alone } = monitor;
    expect(standIns).toHaveLength(2);
    const model = { ...monitor.model, id: 'alone' };
    const other = kept.judging({ ...alone, model });
    await other(0, 'first');
    const plain = await other(0, 'mature');
    expect(cellsOf(late.profile?.outcomes)).toEqual(cellsOf(plain.profile?.outcomes));
    expect(one(late, 'accuracy')).toMatchObject({ value: one(plain, 'accuracy')?.value });
  }));

test('a target in the rows themselves meets labels that stand in, too', () =>
  withKeptWindows(async (kept) => {
    const base = await monitorIn(kept);
    const rows = `select *, if(i % 10 = 9, '', if(i % 3 = 0, 'buy', 'leave')) as act from (${ROWS})`;
    const { labels } = base;
    const judge = kept.judging({
      ...{ ...base, predictions: await kept.parquet('rows.parquet', rows) },
      ...{ labels: labels && { ...labels, from: null, on: {}, timestamp: null, matureAfter: 0 } },
    });
    const found = await judge(0, 'mature');
    expect(found.error).toBeNull();
    const both = count((i) => isTold(i) && i % 4 === 0);
    const same = count((i) => isTold(i) && i % 4 === 0 && i >= 200 === buys(i));
    expect(one(found, 'reviewed')).toMatchObject({ value: same / both, nCurrent: both });
  }));
