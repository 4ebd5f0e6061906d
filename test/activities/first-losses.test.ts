import path from 'node:path';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { Finding } from '../../domain/finding.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 2, 1);
const dateOf = (day: number): string => new Date(start + day * DAY).toISOString().slice(0, 10);

/**
 * 1,000 rows, so many of them far: near rows are off by 1 or 2 by turns, far ones by three times
 * that; all of it times `more`.
 */
const rowsOf = (day: number, { far, more }: { far: number; more: number }): string =>
  `select '${day}-' || i as id, timestamp '${dateOf(day)} 12:00:00' as ts,
    case when i < ${far} then 'far' else 'near' end as distance, (i * 7 % 100)::double as answer,
    answer + (1 + i % 2) * (case when i < ${far} then 3 else 1 end) * ${more} as truth
  from range(1000) t(i)`;

function monitorIn(folder: string): Monitor {
  const parquet = (name: string) => {
    return { kind: 'parquet' as const, path: path.join(folder, name), where: null };
  };
  const asked = { name: null, against: null, targets: null, running: null, every: null };
  const bare = monitorOf({ predictions: parquet('{date}.parquet') });
  return {
    ...bare,
    model: { ...bare.model, task: 'regression' },
    columns: { ...bare.columns, prediction: { kind: 'value', column: 'answer', threshold: 0.5 } },
    labels: {
      ...{ name: 'target', from: null, on: {}, value: 'truth', positive: [] },
      ...{ timestamp: null, matureAfter: 0 },
    },
    reference: {
      drift: { kind: 'training', from: parquet('training.parquet'), trainedUntil: null },
      ...{ others: {}, performance: { kind: 'first_mature', size: 2 * DAY } },
    },
    checks: ['estimated_performance', 'concept_gap'].map((check) => {
      const { defaults } = checkNamed(check);
      return { ...defaults, check, ...asked, params: { metric: 'mae' } };
    }),
  };
}

test('errors by cells are those of the first mature windows, not of the training', async () => {
  const found: Finding[][] = [];
  await withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const write = (name: string, rows: string) => writeRows(db, path.join(folder, name), rows);
      // a model knows the rows that it was trained on: half the errors
      await write('training.parquet', rowsOf(-9, { far: 300, more: 0.5 }));
      const monitor = monitorIn(folder);
      const deps = { lake, clock: () => start } as unknown as Deps;
      let pin: ReferencePin | null = null;
      for (const [day, far] of [200, 400, 600].entries()) {
        await write(`${dateOf(day)}.parquet`, rowsOf(day, { far, more: 1 }));
        const from = start + day * DAY;
        const window = { start: from, end: from + DAY, weekday: new Date(from).getUTCDay() || 7 };
        const due = { window, revision: 1, at: window.end, knownAt: window.end };
        const given = { monitor, fingerprint: 'm', due, head: { reference: pin }, landDir: folder };
        const evaluated = await evaluate(deps, db, { ...given, exact: 'grid' });
        pin = evaluated.pin;
        const { evaluation, mature, profileFile } = evaluated;
        const rest = { mature, profileFile, notEvaluated: null, others: 'judged' as const };
        await commitEvaluation(deps, db, { evaluation, ...rest, attempt: `a${day}` });
        const asks = ['estimated_performance', 'concept_gap'];
        found.push(evaluation.findings.filter(({ check }) => asks.includes(check)));
      }
    }),
  );
  const [first = [], , third = []] = found;
  expect(first.map(({ reason }) => reason)).toEqual(['no_reference', 'no_reference']);
  const [estimate, gap] = third;
  // near rows are off by 1.5, far ones by 4.5: 600 of 1,000 are far
  const wanted = 0.4 * 1.5 + 0.6 * 4.5;
  expect(estimate?.value).toBeCloseTo(wanted, 9);
  // 600 of the first 2,000 were far: 0.7 * 1.5 + 0.3 * 4.5
  expect(estimate?.details).toMatchObject({
    features: ['distance'],
    reference: 2.4,
  });
  expect(gap?.value).toBeCloseTo(0, 9);
});
