import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import { specOf } from '../checks/decided.js';
import { withKeptWindows } from '../support/kept-windows.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';

/**
 * Rows whose label hangs on `b` as on `a`, and whose score knows of `a` alone; `b` is the larger, the
 * smaller the power of it.
 */
const rowsOf = (from: number, power: number) =>
  `select 'k' || i as id, timestamp '2026-01-01' + to_seconds((i % 86400)::int) as ts, a, b,
      0.2 + 0.6 * a as p, (u < least(1, greatest(0, 0.7 * a + 0.8 * b - 0.25)))::int as y
    from (select i, (hash(i * 3) % 10000) / 10000.0 as a,
        pow((hash(i * 3 + 1) % 10000) / 10000.0, ${power}) as b,
        (hash(i * 3 + 2) % 10000) / 10000.0 as u
      from range(${from}, ${from + 6000}) t(i))`;

/** The precision of the first day, before its labels are known, and as it was. */
async function judged(power: number, checks: readonly string[]) {
  const found: { before?: Finding | undefined; after?: unknown } = {};
  await withKeptWindows(async ({ parquet, judging }) => {
    const monitor = monitorOf({
      predictions: await parquet('live.parquet', rowsOf(0, power)),
      columns: {
        id: ['id'],
        prediction: { kind: 'probability', column: 'p', threshold: 0.5 },
      },
      labels: {
        ...{ name: 'y', from: null, on: {}, value: 'y', timestamp: null, matureAfter: DAY },
        positive: ['1'],
      },
      reference: {
        drift: {
          ...{ kind: 'training', trainedUntil: null },
          from: await parquet('training.parquet', rowsOf(50_000, 1)),
        },
        ...{ others: {}, performance: { kind: 'held_out' } },
      },
      checks: [
        ...checks.map((check) => specOf(check)),
        { ...specOf('estimated_performance'), params: { metric: 'precision' } },
      ],
    });
    const judge = judging(monitor);
    const of = (all: readonly Finding[], name: string) => all.find(({ check }) => check === name);
    found.before = of((await judge(0, 'first')).findings, 'estimated_performance');
    found.after = of((await judge(0, 'mature')).findings, 'precision')?.value;
  });
  return { before: found.before, after: Number(found.after) };
}

test('an estimate learns from labelled rows like those of the window where they are others', async () => {
  const { before, after } = await judged(0.3, ['multivariate']);
  const plain = Number(before?.details['plain']);
  expect(Math.abs(plain - after)).toBeGreaterThan(0.1);
  expect(Math.abs((before?.value ?? NaN) - after)).toBeLessThan(0.02);
  expect(before?.sentence).toMatch(/, from labelled rows weighed to be like them, as good as \d/);
  // who does not ask gets what there was before
  const { before: without } = await judged(0.3, []);
  expect(without?.value).toBeCloseTo(plain, 12);
  expect(without?.details).not.toHaveProperty('effective');
  const { before: same } = await judged(1, ['multivariate']);
  expect(same?.details).not.toHaveProperty('plain');
});
