import path from 'node:path';
import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { CheckSpec } from '../../domain/monitor.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 5);
const window = { start, end: start + DAY, weekday: 1 };

const custom = (name: string, sql: string, limits: Partial<CheckSpec> = {}): CheckSpec => ({
  ...{ check: 'custom', name, against: null, targets: null, running: null, every: null },
  ...{ ...checkNamed('custom').defaults, ...limits },
  params: { sql, category: 'kpi', impact: 'money' },
});

/** 200 rows, amounts 1 … 200 times a factor; odd ones are of FR, even ones of DE. */
const rows = (factor: number) =>
  `select i as id, epoch_ms(${start} + i * 1000) as ts, i * ${factor}::double as amount,
    'x' || i as txt, case i % 2 when 1 then 'FR' else 'DE' end as country
    from range(1, 201) t(i)`;

test('custom values of a window and its parts are judged, one that fails by itself', () =>
  withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const source = (name: string) => {
        return { kind: 'parquet' as const, path: path.join(folder, name), where: null };
      };
      await writeRows(db, source('live.parquet').path, rows(0.5));
      await writeRows(db, source('training.parquet').path, rows(1));
      const drift = {
        ...{ kind: 'training' as const, from: source('training.parquet'), trainedUntil: null },
      };
      const monitor = monitorOf({
        predictions: source('live.parquet'),
        reference: { drift, others: {}, performance: null },
        segments: [{ name: 'country', by: 'country', top: 8, minRows: 10 }],
        checks: [
          custom('revenue', 'sum(amount)', { warn: { drop: 100 }, alert: { dropShare: 0.4 } }),
          custom('broken', 'sum(txt::int)', { warn: { above: 1 } }),
        ],
      });
      const { evaluation } = await evaluate({ lake } as unknown as Deps, db, {
        ...{ monitor, fingerprint: 'f', head: null, exact: 'grid', landDir: folder },
        due: { window, revision: 1, at: window.end, knownAt: window.end },
      });
      const of = (check: string) => evaluation.findings.filter((one) => one.check === check);
      // 1 + … + 200 = 20,100; the odd ones are 100² = 10,000, the even ones 10,100
      const found = of('revenue').map(({ slice, value, details, verdict, category }) => {
        return [slice['country'] ?? 'all', value, details['reference'], verdict, category];
      });
      expect(found.sort()).toEqual([
        ['DE', 5050, 10_100, 'alert', 'kpi'],
        ['FR', 5000, 10_000, 'alert', 'kpi'],
        ['all', 10_050, 20_100, 'alert', 'kpi'],
      ]);
      expect(of('broken').map(({ reason, slice }) => [reason, slice])).toEqual([['error', {}]]);
      const key = await lake.writeEvaluation(db, evaluation, 'a');
      const read = await lake.readEvaluation(key, 'coarse');
      const kept = read.slices.map(({ asked }) => asked['custom']?.sums['value']?.[0]);
      expect(kept.sort()).toEqual([5000, 5050]);
    }),
  ));
