import path from 'node:path';
import { expect, test } from 'vitest';
import { commitEvaluation } from '../../activities/commit.js';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import type { ReferencePin } from '../../domain/model.js';
import type { Evaluation } from '../../domain/run.js';
import { specOf } from '../checks/decided.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 1);
const DAYS = 9;

/**
 * Four regions of 400 rows. Of region 4 four rows are acted on for each fraud of the day before, and
 * 40 more; of the others 40 always. Every fourth row that is acted on is fraud, and no other.
 */
const ROWS = `select row_number() over () as id, region, day, 0.5 as p,
  timestamp '2026-01-01 06:00:00' + to_days(day::int) as ts,
  case when i < case when region = 4 then 40 + 40 * day else 40 end then 'block' else 'pass' end
    as decision, decision = 'block' and i % 4 = 0 as fraud
  from range(${DAYS}) days(day), range(1, 5) regions(region), range(400) rows(i)`;

test('windows that were kept tell of a loop once the labels of a window are there', () =>
  withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const parquet = async (name: string, select: string) => {
        const file = await writeRows(db, path.join(folder, name), select);
        return { kind: 'parquet' as const, path: file, where: null };
      };
      const live = await parquet('live.parquet', ROWS);
      const first = await parquet('first.parquet', `from (${ROWS}) where day = 0`);
      const action = { column: 'decision', censors: ['block'], alters: [] };
      const monitor = monitorOf({
        predictions: live,
        columns: {
          ...{ group: 'region', prediction: { kind: 'probability', column: 'p', threshold: 0.5 } },
          action: { ...action, wouldAct: null, explored: null },
        },
        labels: {
          ...{ name: 'fraud', from: live, on: { id: 'id' }, value: 'fraud', positive: ['true'] },
          ...{ timestamp: null, matureAfter: DAY },
        },
        reference: {
          drift: { kind: 'training', trainedUntil: null, from: first },
          ...{ others: {}, performance: null },
        },
        checks: [specOf('allocation_gain')],
      });
      const deps = { lake, clock: () => start } as unknown as Deps;
      let pin: ReferencePin | null = null;
      const judge = async (day: number, kind: 'first' | 'mature'): Promise<Evaluation> => {
        const from = start + day * DAY;
        const window = { start: from, end: from + DAY, weekday: new Date(from).getUTCDay() || 7 };
        const knownAt = window.end + (kind === 'mature' ? DAY : 0);
        const revision = kind === 'mature' ? 2 : 1;
        const found = await evaluate(deps, db, {
          ...{ monitor, fingerprint: 'm', head: { reference: pin }, landDir: folder },
          ...{ exact: 'grid', due: { window, revision, kind, at: window.end, knownAt } },
        });
        pin = found.pin;
        const { evaluation, mature, profileFile } = found;
        const rest = { mature, profileFile, notEvaluated: null, attempt: `${kind}${String(day)}` };
        await commitEvaluation(deps, db, { evaluation, ...rest });
        return evaluation;
      };
      const findingOf = ({ findings }: Evaluation) =>
        findings.find(({ check }) => check === 'allocation_gain');
      for (let day = 0; day < DAYS - 1; day++) {
        const finding = findingOf(await judge(day, 'mature'));
        if (day === 6) expect(finding?.sentence).toMatch(/known: 7\.$/);
      }
      const early = findingOf(await judge(DAYS - 1, 'first'));
      expect(early).toMatchObject({ verdict: 'unknown', reason: 'immature' });
      const finding = findingOf(await judge(DAYS - 1, 'mature'));
      // a quarter of 40 in three regions, and of 360 in the fourth
      expect(finding).toMatchObject({ verdict: 'alert', nCurrent: 30 + 90 });
      expect(finding?.details).toMatchObject({ groups: 4, windows: 9 });
      // 40 each, and 480 in all
      const index = (3 * 40 ** 2 + 360 ** 2) / 480 ** 2;
      expect(finding?.details['concentration']).toMatchObject({
        ...{ first: 0.25, last: expect.closeTo(index, 12) as number, rises: true },
      });
      expect(finding?.sentence).toContain('Suspected self-reinforcing allocation');
    }),
  ));
