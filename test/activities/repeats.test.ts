import { expect, test } from 'vitest';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { ownLabel } from '../support/outcomes.js';

/** 100 orders of a day, each told thrice: 0.9 first, right for a quarter, then 0.1. */
const ROWS = `select i * 3 + k as id, 'o' || i as "order", (i % 4 = 0)::int as y,
  timestamp '2026-01-01' + to_minutes((i * 10 + k)::int) as ts, case when k = 0 then 0.9 else 0.1 end as p
  from range(100) o(i), range(3) t(k)`;

async function judged(use: 'first' | 'last', training: string) {
  const found: { notes?: readonly string[] | undefined; accuracy?: unknown } = {};
  await withKeptWindows(async ({ parquet, judging }) => {
    const monitor = monitorOf({
      ...{ predictions: await parquet('live.parquet', ROWS), labels: ownLabel(['1']) },
      columns: {
        ...{ id: ['id'], entity: ['order'] },
        prediction: { kind: 'probability', column: 'p', threshold: 0.5, use },
      },
      reference: {
        drift: {
          kind: 'training',
          trainedUntil: null,
          from: await parquet('train.parquet', training),
        },
        ...{ others: {}, performance: null },
      },
      checks: [specOf('accuracy'), specOf('psi')],
    });
    const { findings, notes } = await judging(monitor)(0, 'mature');
    Object.assign(found, { notes, accuracy: findings.find(({ check }) => check === 'accuracy') });
  });
  return found;
}

test('orders that are told again and again count once, and how many rows do not is told', async () => {
  const note = (use: string) =>
    `200 of 300 rows are a further prediction of their order: metrics count the ${use} one in the ` +
    'window (prediction.use)';
  const first = await judged('first', ROWS);
  expect(first.notes).toEqual([note('first')]);
  expect(first.accuracy).toMatchObject({ value: 0.25, nCurrent: 100 });
  const last = await judged('last', ROWS);
  expect(last.notes).toEqual([note('last')]);
  expect(last.accuracy).toMatchObject({ value: 0.75, nCurrent: 100 });
});

test('a reference without the entity is told: none of its rows counts', async () => {
  const { notes } = await judged('first', `select * exclude "order" from (${ROWS})`);
  expect(notes).toContain(
    'reference: none of its rows counts in metrics, for they lack order or ts (prediction.use)',
  );
});
