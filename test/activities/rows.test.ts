import path from 'node:path';
import { expect, test } from 'vitest';
import type { Deps } from '../../activities/deps.js';
import { evaluate } from '../../activities/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import { DAY, withFolder, withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 5);
const window = { start, end: start + DAY, weekday: 1 };
const FEATURES = 6;

/** Rows of that day; each feature is spread evenly over 0 … 1, and moved by `shift`. */
function rows({ n = 2000, from = 0, shift = 0 }: { n?: number; from?: number; shift?: number }) {
  const features = Array.from(
    { length: FEATURES },
    (_, k) => `(hash(i * ${FEATURES} + ${k}) % 10000) / 10000.0 + ${shift} as x${k}`,
  );
  return `select 'k' || i as id, epoch_ms(${start} + (i % 86400) * 1000) as ts,
    ['red', 'blue', 'green'][1 + i % 3] as colour, ${features.join(', ')}
    from range(${from}, ${from + n}) t(i)`;
}

const specOf = (check: string, more: Partial<CheckSpec> = {}): CheckSpec => ({
  ...{ check, name: null, against: null, targets: null, params: {} },
  ...{ ...checkNamed(check).defaults, running: null, every: null },
  ...more,
});

/** The findings of one evaluation of these rows by these training rows. */
async function judged(
  sql: { live: string; training: string },
  checks: readonly CheckSpec[],
  more: (source: (name: string) => Monitor['predictions']) => Partial<Monitor> = () => ({}),
) {
  return withLakeAndDuck((lake, db) =>
    withFolder(async (folder) => {
      const source = (name: string) => {
        return { kind: 'parquet' as const, path: path.join(folder, name), where: null };
      };
      await writeRows(db, source('live.parquet').path, sql.live);
      await writeRows(db, source('training.parquet').path, sql.training);
      const monitor = monitorOf({
        predictions: source('live.parquet'),
        reference: {
          drift: { kind: 'training', from: source('training.parquet'), trainedUntil: null },
          ...{ others: {}, performance: null },
        },
        checks,
        ...more(source),
      });
      const { evaluation } = await evaluate({ lake } as unknown as Deps, db, {
        ...{ monitor, fingerprint: 'f', head: null, exact: 'grid', landDir: folder },
        due: { window, revision: 1, at: window.end, knownAt: window.end },
      });
      expect(evaluation.error).toBeNull();
      const listed = checks.map(({ check }) => check);
      const findings = evaluation.findings.filter(({ check }) => listed.includes(check));
      return { findings, asked: evaluation.profile?.asked ?? {} };
    }),
  );
}

const multivariate = specOf('multivariate');

test('many small moves are told from the reference together, and equal rows are not', async () => {
  const training = rows({ n: 6000, from: 10_000 });
  const same = await judged({ live: rows({}), training }, [multivariate]);
  expect(same.findings[0]).toMatchObject({ check: 'multivariate', verdict: 'ok', nCurrent: 2000 });
  expect(Math.abs((same.findings[0]?.value ?? 0) - 0.5)).toBeLessThan(0.03);
  const moved = await judged({ live: rows({ shift: 0.08 }), training }, [multivariate]);
  expect(moved.findings[0]?.verdict).not.toBe('ok');
  expect(moved.findings[0]?.sentence).toMatch(
    /by 7 features at once \(AUC 0\.\d+ .*; of the difference x\d/,
  );
  // colour did not move
  expect(moved.findings[0]?.sentence).not.toContain('colour');
});

test('no row is drawn for a check that the monitor does not list, or that is not due', async () => {
  const sql = { live: rows({}), training: rows({ from: 10_000 }) };
  const without = await judged(sql, [specOf('psi')]);
  expect(without.asked['apart']).toBeUndefined();
  // windows that end on a Thursday hold a multiple of seven days since 1970
  const weekly = await judged(sql, [specOf('multivariate', { every: 7 * DAY })]);
  expect(weekly.findings).toEqual([]);
  expect(weekly.asked['apart']).toBeUndefined();
});

test('a reference that moves with the window has no rows to draw from', async () => {
  const sql = { live: rows({}), training: rows({ from: 10_000 }) };
  const rolling = { kind: 'rolling' as const, windows: 7, weekday: false };
  const { findings } = await judged(sql, [multivariate], () => ({
    reference: { drift: rolling, others: {}, performance: null },
  }));
  expect(findings[0]).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
});

test('rows are found by their id among the training rows and compared value by value', async () => {
  // 2,000 live rows, the last 500 of them unknown offline; k7 is there twice and says nothing
  const offline = rows({ n: 1500 });
  const training = `select * exclude (i) replace (
      case when id in ('k1', 'k2', 'k3') then x0 + 0.5 else x0 end as x0,
      case when i % 10 = 0 then null else x1 end as x1,
      x2 * (1 + 1e-9) as x2,
      case when colour = 'red' then 'Red' else colour end as colour)
    from (select *, substr(id, 2)::int as i from (${offline}))
    union all select * from (${offline}) where id = 'k7'`;
  const { findings } = await judged({ live: rows({}), training }, [specOf('skew_rows')]);
  const of = (target: string) => findings.find((one) => one.target === target);
  expect(of('x0')).toMatchObject({ nCurrent: 1499, verdict: 'ok', category: 'data-quality' });
  expect(of('x0')?.details).toEqual({ mismatched: 3, share: 3 / 1499 });
  expect(of('x1')?.details['mismatched']).toBe(150);
  expect(of('x1')).toMatchObject({ verdict: 'alert', rule: 'skew_rows > 0.05' });
  // less than a millionth is the same number
  expect(of('x2')).toMatchObject({ verdict: 'ok', details: { mismatched: 0 } });
  expect(of('colour')?.details['mismatched']).toBe(500);
});

test('training rows that were made up are kept out by a where, on either side', async () => {
  const augmented = `select *, false as made from (${rows({})})
    union all select * replace (x0 + 9 as x0), true from (${rows({})})`;
  const sql = { live: rows({}), training: augmented };
  const { findings } = await judged(sql, [specOf('skew_rows')], (source) => ({
    reference: {
      drift: {
        ...{ kind: 'training', trainedUntil: null },
        from: { ...source('training.parquet'), where: 'not made' },
      },
      ...{ others: {}, performance: null },
    },
  }));
  expect(findings.find(({ target }) => target === 'x0')).toMatchObject({
    ...{ nCurrent: 2000, verdict: 'ok', details: { mismatched: 0 } },
  });
});

test('rows are found in the reference that the check names: features that were logged', async () => {
  // the model learnt from other rows; what was computed offline of these ids differs in every tenth
  const training = `select *, false as logged from (${rows({ from: 10_000 })})
    union all select * replace (case when substr(id, 2)::int % 10 = 0 then x0 + 9 else x0 end as x0),
      true from (${rows({})})`;
  const spec = specOf('skew_rows', { against: 'logged', targets: ['x0'] });
  const { findings } = await judged({ live: rows({}), training }, [spec], (source) => {
    const of = (where: string) => ({
      ...{ kind: 'training' as const, trainedUntil: null },
      from: { ...source('training.parquet'), where },
    });
    const others = { logged: of('logged') };
    return { reference: { drift: of('not logged'), others, performance: null } };
  });
  expect(findings).toMatchObject([
    { target: 'x0', nCurrent: 2000, verdict: 'alert', details: { mismatched: 200 } },
  ]);
});

test('rows without an id on both sides, or that are not there, are not re-joined', async () => {
  const { findings } = await judged(
    { live: rows({}), training: `select * exclude (id) from (${rows({})})` },
    [specOf('skew_rows')],
  );
  expect(new Set(findings.map(({ reason }) => reason))).toEqual(new Set(['no_reference']));
  const apart = { live: rows({}), training: rows({ from: 10_000 }) };
  const other = (await judged(apart, [specOf('skew_rows')])).findings;
  expect(new Set(other.map(({ reason }) => reason))).toEqual(new Set(['not_applicable']));
});
