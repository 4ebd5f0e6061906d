import { expect, test } from 'vitest';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/** A tenth are frauds, which are young accounts; 4,000 payments a day for 20 days. */
const ROWS = `select day * 4000 + i as id, timestamp '2025-12-01' + to_days(day::int) + to_seconds(i * 20) as ts,
  i % 10 = 0 as fraud, case when i % 10 = 0 then i // 10 % 7 else 5 + i % 20 end as age,
  case when i % 10 = 0 then 0.8 else (i % 50) / 100 end as p
  from range(32) days(day), range(4000) rows(i)`;

/** Of the others one in nine was trained on, and stands for nine. */
const TRAINED = `select *, case when fraud then 1 else 9 end as w from (${ROWS})
  where ts < '2026-01-01' and (fraud or hash(id) % 9 = 0)`;

async function judged(drift: { weight?: string }) {
  const found: Record<string, unknown> = {};
  await withKeptWindows(async ({ parquet, judging }) => {
    const monitor = monitorOf({
      predictions: await parquet('live.parquet', `from (${ROWS}) where ts >= '2026-01-01'`),
      columns: {
        ...{ id: ['id'] },
        prediction: { kind: 'probability', column: 'p', threshold: 0.5 },
      },
      labels: {
        ...{ name: 'y', from: null, on: {}, value: 'fraud', timestamp: null, matureAfter: DAY },
        positive: ['true'],
      },
      reference: {
        drift: {
          ...{ kind: 'training', trainedUntil: null, ...drift },
          from: await parquet('trained.parquet', TRAINED),
        },
        ...{ others: {}, performance: { kind: 'held_out' } },
      },
      checks: ['psi', 'schema', 'prediction_drift', 'label_drift', 'precision'].map((check) =>
        specOf(check),
      ),
    });
    const { findings, notes } = await judging(monitor)(0, 'mature');
    for (const { check, target, verdict, value, details } of findings) {
      found[`${check} ${target}`] = { verdict, value, reference: details['reference'] };
    }
    found['notes'] = notes;
  });
  return found;
}

test('what training saw too often is no drift, when the monitor says what its rows weighed', async () => {
  // half of the rows trained on are frauds, and live a tenth: all is other than it was
  const plain = await judged({});
  for (const key of ['psi age', 'prediction_drift prediction', 'label_drift label_drift']) {
    expect([key, plain[key]]).toMatchObject([key, { verdict: 'alert' }]);
  }
  expect(plain['schema w']).toMatchObject({ verdict: 'alert' });
  const weighed = await judged({ weight: 'w' });
  for (const key of ['psi age', 'prediction_drift prediction', 'label_drift label_drift']) {
    expect([key, weighed[key]]).toMatchObject([key, { verdict: 'ok' }]);
  }
  expect(weighed).not.toHaveProperty('schema w');
  expect(weighed).not.toHaveProperty('psi w');
  // 31 days of 400 frauds, and others that count nine times: (Σ w)² / Σ w²
  const [note = ''] = weighed['notes'] as string[];
  const n = Number(/its (\d+) rows/.exec(note)?.[1]);
  const [sum, squares] = [12_400 + 9 * (n - 12_400), 12_400 + 81 * (n - 12_400)];
  expect(n).toBeGreaterThan(24_000);
  expect(weighed['notes']).toEqual([
    `reference: its ${n} rows count by w, as much as ${Math.floor(sum ** 2 / squares)} of one ` +
      'weight (reference.drift.weight)',
  ]);
});
