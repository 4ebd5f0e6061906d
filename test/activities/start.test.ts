import path from 'node:path';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import { FROM_START } from '../../checks/start.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Monitor } from '../../domain/monitor.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 5);

/** 500 rows a day, x even over [0, 1) and moved day by day. */
const days = (shifts: readonly number[]) =>
  shifts
    .map(
      (shift, day) => `select ${day} * 500 + i as id,
        epoch_ms(${start + day * DAY} + i * 1000) as ts,
        (hash(${day} * 500 + i) % 10000) / 10000.0::double + ${shift} as x from range(500) t(i)`,
    )
    .join(' union all ');

/** psi of x in each of these days, evaluated and committed one after another. */
async function storyOf(shifts: readonly number[], { watched }: { watched: boolean }) {
  return withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const source = (name: string) => {
        return { kind: 'parquet' as const, path: path.join(folder, name), where: null };
      };
      await writeRows(db, source('live.parquet').path, days(shifts));
      const training = `select * exclude (ts) from (${days([0, 0, 0, 0])})`;
      await writeRows(db, source('training.parquet').path, training);
      const limits = { ...checkNamed('psi').defaults, running: null, every: null };
      const psi = { check: 'psi', name: null, against: null, targets: null, params: {}, ...limits };
      const monitor: Monitor = monitorOf({
        predictions: source('live.parquet'),
        reference: {
          drift: { kind: 'training', from: source('training.parquet'), trainedUntil: null },
          ...{ others: {}, performance: null },
        },
        checks: [psi],
      });
      const fingerprint = await lake.putObject('monitor', { monitor });
      const deps = { lake, clock: () => 0 } as unknown as Deps;
      let pin: ReferencePin | null = null;
      const rules: string[] = [];
      for (const day of shifts.keys()) {
        const from = start + day * DAY;
        const window = { start: from, end: from + DAY, weekday: (day % 7) + 1 };
        const found = await evaluate(deps, db, {
          ...{ monitor, fingerprint, exact: 'grid', landDir: folder, watched },
          head: { reference: pin },
          due: { window, revision: 1, at: window.end, knownAt: window.end },
        });
        pin ??= found.pin;
        const { evaluation, mature, profileFile } = found;
        await commitEvaluation(deps, db, {
          ...{ evaluation, mature, profileFile, notEvaluated: null, attempt: 'a' },
        });
        const x = evaluation.findings.find(
          ({ check, target }) => check === 'psi' && target === 'x',
        );
        rules.push(x?.verdict === 'ok' ? x.rule : (x?.verdict ?? ''));
      }
      return rules;
    }),
  );
}

test('day one is told once as skew; what moves on fires, and what moves back does not', async () => {
  const found = await storyOf([0.3, 0.3, 0.6, 0], { watched: true });
  expect(found).toEqual([FROM_START, FROM_START, 'warn', 'within limits']);
});

test('what moves after a first day like the training rows fires at once', async () => {
  expect(await storyOf([0, 0.3, 0.3], { watched: true })).toEqual([
    ...['within limits', 'warn', 'warn'],
  ]);
});

test('a window that is looked at by hand is judged by the training rows alone', async () => {
  expect(await storyOf([0.3, 0.3], { watched: false })).toEqual(['warn', 'warn']);
});
