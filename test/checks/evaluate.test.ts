import { describe, expect, test } from 'vitest';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Evidence } from '../../domain/score.js';
import { checkNamed, checks, defaultChecks } from '../../checks/index.js';
import { countVerdicts } from '../../activities/marks.js';
import { evaluateChecks, unknownFindings } from '../../checks/evaluate.js';
import {
  DAY,
  END,
  evidenceOf,
  monitorOf,
  normals,
  outcomesOf,
  texts,
  windowEnding,
} from './evidence.js';

function spec(check: string, more: Partial<CheckSpec> = {}): CheckSpec {
  const { warn, alert, minRows, rule } = checkNamed(check).defaults;
  return {
    check,
    targets: null,
    warn,
    alert,
    minRows,
    rule,
    name: null,
    against: null,
    running: null,
    every: null,
    params: {},
    ...more,
  };
}
const frame = { run: 'churn@x/1', window: windowEnding(END), revision: 1, inputs: 'hash' };
const evaluate = (evidence: Evidence, monitor: Partial<Monitor>) =>
  evaluateChecks({ monitor: monitorOf(monitor), evidence, ...frame });

const reference = { amount: normals(5000, 1), country: texts(5000, { DE: 60, FR: 40 }) };
const quiet = {
  id: texts(1000, { a: 1 }),
  amount: normals(1000, 2),
  country: texts(1000, { DE: 60, FR: 40 }),
};
const every = checks.map((check) => spec(check.name));
const prediction = { kind: 'probability' as const, column: 'score', threshold: 0.5 };
const columns = { ...monitorOf().columns, prediction };

describe('what is asked', () => {
  test('each check looks at what it applies to, in report order; ks is shown when not listed', () => {
    const found = evaluate(evidenceOf(reference, quiet), {
      checks: ['psi', 'missing', 'out_of_range', 'unseen_categories', 'schema'].map((name) =>
        spec(name),
      ),
    });
    expect(found.map(({ check, target }) => `${check} ${target}`)).toEqual([
      ...['schema amount', 'schema country', 'schema id'],
      ...['missing amount', 'missing country', 'psi amount', 'psi country', 'ks amount'],
      ...['unseen_categories country', 'out_of_range amount'],
    ]);
    expect(found.find(({ check }) => check === 'ks')).toMatchObject({
      verdict: 'ok',
      rule: 'shown, not judged',
    });
    expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
    // What is only shown is no check that passed.
    expect(countVerdicts(found)).toEqual({ ok: found.length - 1, warn: 0, alert: 0, unknown: 0 });
    expect(found[0]).toMatchObject({ run: 'churn@x/1', revision: 1, inputs: 'hash', slice: {} });
  });
  test('role columns and excluded ones are never features', () => {
    const wide = {
      ...reference,
      ts: normals(5000, 3),
      score: normals(5000, 4),
      secret: normals(5000, 5),
    };
    const found = evaluate(evidenceOf(wide, wide), {
      columns: { ...columns, features: { include: '*', exclude: ['secret'], overrides: {} } },
      checks: [spec('psi')],
    });
    expect(found.filter(({ check }) => check === 'psi').map(({ target }) => target)).toEqual([
      'amount',
      'country',
    ]);
  });
  test('the first entry that names a target judges it', () => {
    const narrow = spec('psi', { targets: ['amount'], warn: 0.5 });
    const found = evaluate(evidenceOf(reference, quiet), { checks: [narrow, spec('psi')] });
    const ofPsi = found.filter(({ check }) => check === 'psi');
    expect(ofPsi.map(({ target, limits }) => [target, limits.warn])).toEqual([
      ['amount', 0.5],
      ['country', 0.05],
    ]);
  });
  test('a look that is not due gives no finding', () => {
    const weekly = { checks: [spec('psi', { every: 7 * DAY })] };
    const due = Array.from({ length: 14 }, (_, k) => {
      const window = windowEnding(END + k * DAY);
      const input = { monitor: monitorOf(weekly), evidence: evidenceOf(reference, quiet) };
      return evaluateChecks({ ...input, ...frame, window }).some(({ check }) => check === 'psi');
    });
    expect(due.filter(Boolean)).toHaveLength(2);
  });
});

describe('what is found', () => {
  test('a gone category is one drift finding in words, at most warn while importance is unknown', () => {
    const now = { ...quiet, country: texts(1000, { DE: 60, FR: 10, PL: 30 }) };
    const found = evaluate(evidenceOf(reference, now), { checks: [spec('psi')] });
    const moved = found.find(({ check, target }) => check === 'psi' && target === 'country');
    expect(moved).toMatchObject({ category: 'drift', verdict: 'warn', patience: 1 });
    expect(moved?.sentence).toContain('unseen values 0 % → 30 %');
  });
  test('with known importance it is an alert, and names its upstream source', () => {
    const now = { ...quiet, country: texts(1000, { DE: 60, FR: 10, PL: 30 }) };
    const overrides = { country: { type: null, importance: 0.3, source: 'crm' } };
    const features = { include: '*' as const, exclude: [], overrides };
    const found = evaluate(evidenceOf(reference, now), {
      columns: { ...monitorOf().columns, features },
      checks: [spec('psi')],
    });
    expect(found.find(({ target }) => target === 'country')).toMatchObject({
      verdict: 'alert',
      source: 'crm',
    });
  });
  test('a missing column is one hard finding; the statistics of it are unknown', () => {
    const found = evaluate(evidenceOf(reference, { id: quiet.id, amount: quiet.amount }), {
      checks: [spec('schema'), spec('psi'), spec('missing')],
    });
    const ofCountry = found.filter(({ target }) => target === 'country');
    expect(ofCountry.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['schema', 'alert'],
      ['missing', 'unknown'],
      ['psi', 'unknown'],
    ]);
  });
  test('a column of thresholds is looked at by schema alone, and missed where it is gone', () => {
    const found = evaluate(evidenceOf({ ...reference, cut: normals(5000, 4) }, quiet), {
      columns: { ...columns, prediction: { ...prediction, threshold: 'cut' } },
      checks: [spec('schema'), spec('psi'), spec('missing')],
    });
    const ofCut = found.filter(({ target }) => target === 'cut');
    expect(ofCut).toMatchObject([{ check: 'schema', verdict: 'alert', rule: 'column missing' }]);
  });
  test('ninety-nine rows: hard rules speak, statistics do not', () => {
    const thin = {
      id: quiet.id.slice(0, 99),
      amount: new Array<null>(99).fill(null),
      country: quiet.country.slice(0, 99),
    };
    const found = evaluate(evidenceOf(reference, thin), { checks: [spec('psi'), spec('missing')] });
    const verdict = (check: string, target: string) =>
      found.find((one) => one.check === check && one.target === target)?.verdict;
    expect(verdict('psi', 'amount')).toBe('unknown');
    expect(verdict('missing', 'amount')).toBe('alert');
    expect(verdict('missing', 'country')).toBe('unknown');
  });
});

describe('odd evidence', () => {
  const odd: [string, Evidence][] = [
    ['an empty window', evidenceOf(reference, {})],
    ['no reference', evidenceOf(reference, quiet, { reference: null })],
    ['an empty reference', evidenceOf({ amount: [], country: [] }, quiet)],
    [
      'nothing but NaN',
      evidenceOf(reference, { ...quiet, amount: new Array<number>(1000).fill(NaN) }),
    ],
    [
      'counts without cells',
      evidenceOf(reference, quiet, {
        profile: { columns: { amount: { by: {}, sums: {} }, country: { by: {}, sums: {} } } },
      }),
    ],
    [
      'outcomes without columns',
      evidenceOf(reference, quiet, { profile: { outcomes: { by: {}, sums: {} } } }),
    ],
    [
      'outcomes of NaN',
      evidenceOf(reference, quiet, {
        profile: {
          outcomes: {
            ...outcomesOf([{ score: NaN, label: '1' }]),
            sums: { n: Float64Array.of(NaN) },
          },
        },
      }),
    ],
  ];
  test.each(odd)('%s never throws and never gives a number that is none', (_name, evidence) => {
    const found = evaluate(evidence, { columns, checks: every });
    expect(found.length).toBeGreaterThan(10);
    for (const { value, verdict, hard, reason, sentence } of found) {
      if (verdict !== 'unknown' && hard === null) expect(Number.isFinite(value)).toBe(true);
      expect(verdict === 'unknown').toBe(reason !== null);
      expect(sentence.length).toBeGreaterThan(5);
    }
  });
  test('an empty window is nowhere ok but in what has no rows to count', () => {
    const found = evaluate(evidenceOf(reference, {}), { columns, checks: every });
    const fine = found.filter(({ verdict }) => verdict === 'ok').map(({ check }) => check);
    expect(fine).toEqual([]);
    expect(found.find(({ check }) => check === 'volume')).toMatchObject({
      verdict: 'alert',
      rule: 'no rows',
    });
  });
  test('a parameter that the check does not know makes its finding an error', () => {
    const found = evaluate(evidenceOf(reference, quiet), {
      checks: [spec('psi', { params: { bins: 3 } })],
    });
    expect(found[0]).toMatchObject({ verdict: 'unknown', reason: 'error' });
  });
});

test('the same evidence gives the same findings', () => {
  const once = () =>
    JSON.stringify(evaluate(evidenceOf(reference, quiet), { columns, checks: every }));
  expect(once()).toBe(once());
});

test('a window that could not be looked at has every check unknown, with the reason', () => {
  const found = unknownFindings(
    monitorOf({ checks: [spec('psi'), spec('volume'), spec('roc_auc')] }),
    {
      ...frame,
      reason: 'error',
      sentence: 'rows.parquet cannot be read.',
    },
  );
  expect(
    found.map(({ check, target, verdict, reason }) => [check, target, verdict, reason]),
  ).toEqual([
    ['psi', '*', 'unknown', 'error'],
    ['volume', 'rows', 'unknown', 'error'],
    ['roc_auc', 'roc_auc', 'unknown', 'error'],
  ]);
});

describe('the list of checks', () => {
  test('an unknown name is answered with the one that was meant', () => {
    expect(() => checkNamed('pis')).toThrow(
      /^Unknown check "pis"\. Did you mean "psi"\? Known: volume, /,
    );
    // Three letters are all that there is of it.
    expect(() => checkNamed('foo')).toThrow(/^Unknown check "foo"\. Known:/);
    expect(() => checkNamed('completely-else')).toThrow(
      /^Unknown check "completely-else"\. Known:/,
    );
  });
  test('every check says what it asks and what to do, and its defaults fit its schema', () => {
    for (const check of checks) {
      expect(check.question).toMatch(/\?$/);
      expect(check.action).toMatch(/\.$/);
      const { warn, alert, minRows, rule, ...params } = check.defaults;
      expect(check.params.parse(params)).toEqual(params);
      expect([warn, alert, minRows, rule]).toHaveLength(4);
    }
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
  });
  test('the defaults follow what the monitor knows', () => {
    const bare = monitorOf({ columns: { ...monitorOf().columns, id: [] } });
    expect(defaultChecks(bare)).toEqual([
      ...['volume', 'freshness', 'rejected_rows', 'schema', 'scale_change', 'missing'],
      ...['psi', 'unseen_categories', 'out_of_range'],
    ]);
    const labels = {
      ...{ name: 'truth', from: null, on: {}, value: 'y', positive: ['1'], timestamp: null },
      matureAfter: DAY,
    };
    expect(defaultChecks(monitorOf({ columns, labels }))).toEqual(
      expect.arrayContaining(['duplicates', 'prediction_drift', 'roc_auc', 'accuracy']),
    );
    const model = { ...monitorOf().model, task: 'regression' as const };
    expect(defaultChecks(monitorOf({ columns, labels, model }))).toEqual(
      expect.arrayContaining(['rmse', 'mae']),
    );
  });
});
