import { describe, expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { findingId, isAnswered, marksOfLevels, newestOf, refusal } from '../../domain/accepted.js';
import type { Finding } from '../../domain/finding.js';
import type { AcceptedLevel } from '../../domain/level.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Evidence } from '../../domain/score.js';
import {
  DAY,
  END,
  evidenceOf,
  monitorOf,
  normals,
  texts,
  windowEnding,
} from '../checks/evidence.js';

const ROWS = 2000;
const before = { amount: normals(ROWS, 1), country: texts(ROWS, { FR: 6, DE: 4 }) };
/** A sale: larger amounts, and a country that nobody knew. */
const after = {
  amount: normals(ROWS, 2, { mean: 2 }),
  country: texts(ROWS, { FR: 4, DE: 3, PT: 3 }),
};
const again = {
  amount: normals(ROWS, 3, { mean: 2 }),
  country: texts(ROWS, { FR: 4, DE: 3, PT: 3 }),
};
const further = { ...again, amount: normals(ROWS, 4, { mean: 3 }) };

function spec(check: string, warn: number, change: Partial<CheckSpec> = {}): CheckSpec {
  return {
    ...{ check, name: null, against: null, targets: null, warn, alert: null, minRows: 100 },
    ...{ rule: 'calibrated', running: null, every: null, params: {} },
    ...change,
  };
}

const checks = [
  spec('volume', 0.3, { minRows: 0 }),
  spec('psi', 0.05),
  spec('unseen_categories', 0.2),
];

function judged(evidence: Evidence, change: Partial<Monitor> = {}): Finding[] {
  const window = evidence.current.window;
  const monitor = monitorOf({ checks, ...change });
  return evaluateChecks({ monitor, evidence, run: 'r', window, revision: 1, inputs: '' });
}

const of = (findings: readonly Finding[], check: string, target: string): Finding => {
  const found = findings.find((one) => one.check === check && one.target === target);
  if (found === undefined) throw new Error(`no ${check} of ${target}`);
  return found;
};

/** The day after the accepted one, with these rows. */
const dayAfter = (table: typeof before, more: Partial<Evidence> = {}): Evidence =>
  evidenceOf(before, table, {
    profile: { window: windowEnding(END + DAY) },
    knownAt: END + DAY,
    ...more,
  });

const accepted = evidenceOf(before, after).current;

function levelOf(target: string, change: Partial<AcceptedLevel> = {}): AcceptedLevel {
  const check = target === 'rows' ? 'volume' : 'psi';
  return {
    version: 1,
    finding: findingId('churn', { window: accepted.window, check, target, slice: {} }),
    model: 'churn',
    check,
    target,
    slice: {},
    from: accepted.window.start,
    until: END + 30 * DAY,
    effect: 'launch',
    by: 'ana',
    reason: 'we opened in Portugal',
    at: END + 3_600_000,
    levels: [accepted],
    ...change,
  };
}

describe('a column with an accepted level', () => {
  test('is measured by it, and says so', () => {
    expect(of(judged(dayAfter(again)), 'psi', 'amount').verdict).toBe('warn');
    const found = of(judged(dayAfter(again, { accepted: [levelOf('amount')] })), 'psi', 'amount');
    expect(found.verdict).toBe('ok');
    expect(found.value).toBeLessThan(0.02);
    expect(found.sentence).toContain(
      'Measured by the level accepted by ana on 2026-11-22 (launch).',
    );
    expect(found.details['accepted']).toMatchObject({
      finding: 'churn@2026-11-22T00:00:00Z/psi/amount',
      effect: 'launch',
    });
  });

  test('still tells a further move', () => {
    const found = judged(dayAfter(further, { accepted: [levelOf('amount')] }));
    expect(of(found, 'psi', 'amount').verdict).toBe('warn');
  });

  test('going back to what was before is a move', () => {
    const found = judged(dayAfter(before, { accepted: [levelOf('amount')] }));
    expect(of(found, 'psi', 'amount').verdict).toBe('warn');
    expect(of(judged(dayAfter(before)), 'psi', 'amount').verdict).toBe('ok');
  });

  test('is so for every check of it: its new categories are known', () => {
    const levels = [levelOf('country')];
    expect(of(judged(dayAfter(again)), 'unseen_categories', 'country').verdict).toBe('warn');
    const found = judged(dayAfter(again, { accepted: levels }));
    expect(of(found, 'unseen_categories', 'country')).toMatchObject({ verdict: 'ok', value: 0 });
    expect(of(found, 'psi', 'country').verdict).toBe('ok');
  });

  test('leaves the other columns to their reference', () => {
    const found = judged(dayAfter(again, { accepted: [levelOf('country')] }));
    expect(of(found, 'psi', 'amount').verdict).toBe('warn');
    expect(of(found, 'psi', 'amount').details['accepted']).toBeUndefined();
  });

  test.each<[string, Partial<AcceptedLevel>]>([
    ['expired', { until: END }],
    ['is of a later window', { from: END + 10 * DAY }],
    ['was not known yet', { at: END + 2 * DAY }],
    ['is of another grid', { levels: [{ ...accepted, grid: 'older' }] }],
    ['is of another slice', { slice: { country: 'FR' } }],
  ])('not when it %s', (_, change) => {
    const found = judged(dayAfter(again, { accepted: [levelOf('amount', change)] }));
    expect(of(found, 'psi', 'amount')).toEqual(of(judged(dayAfter(again)), 'psi', 'amount'));
  });

  test('of two levels the newer one counts', () => {
    const third = evidenceOf(before, further).current;
    const levels = [levelOf('amount', { at: END + 7_200_000, levels: [third] }), levelOf('amount')];
    expect(of(judged(dayAfter(further, { accepted: levels })), 'psi', 'amount').verdict).toBe('ok');
  });

  test('a check against a reference of its own is not touched', () => {
    const sudden = [spec('psi', 0.05, { name: 'psi_sudden', against: 'yesterday' })];
    const evidence = dayAfter(again, { accepted: [levelOf('amount')] });
    const references = { yesterday: evidenceOf(before, before).current };
    const found = judged({ ...evidence, references }, { checks: sudden });
    const one = of(found, 'psi_sudden', 'amount');
    expect(one.verdict).toBe('warn');
    expect(one.sentence).not.toContain('accepted');
  });
});

test('an accepted number of rows is measured by the windows since', () => {
  const days = Array.from({ length: 12 }, (_, k) => k);
  const earlier = days.map((k) => ({
    ...evidenceOf(before, k < 8 ? before : { ...before, amount: normals(3 * ROWS, k) }).current,
    rows: k < 8 ? ROWS + k : 3 * ROWS + k,
    window: windowEnding(END + (k - 8) * DAY),
  }));
  const current = { window: windowEnding(END + 4 * DAY), rows: 3 * ROWS };
  const evidence = evidenceOf(before, before, {
    profile: current,
    knownAt: END + 5 * DAY,
    earlier,
  });
  expect(of(judged(evidence), 'volume', 'rows').details['usual']).toBeLessThan(2 * ROWS);
  const level = levelOf('rows', { from: END - DAY });
  const found = of(judged({ ...evidence, accepted: [level] }), 'volume', 'rows');
  expect(found).toMatchObject({ verdict: 'ok', details: { windows: 4 } });
});

describe('what an advice leaves out', () => {
  const bad = of(judged(evidenceOf(before, after)), 'psi', 'amount');

  test('a finding of a window whose level was accepted afterwards', () => {
    const marks = marksOfLevels([levelOf('amount')], accepted.window);
    expect(marks).toEqual([
      {
        ...{ finding: 'churn@2026-11-22T00:00:00Z/psi/amount', check: 'psi', target: 'amount' },
        ...{ slice: {}, from: accepted.window.start, until: END + 30 * DAY, effect: 'launch' },
      },
    ]);
    expect(isAnswered(bad, marks)).toBe(true);
    expect(isAnswered({ ...bad, target: 'country' }, marks)).toBe(false);
    // one that holds no longer answers older windows alone, one that is to come none
    const past = marksOfLevels([levelOf('amount', { from: 0, until: 1 })], accepted.window);
    expect(past).toMatchObject([{ from: 0, until: 1 }]);
    expect(isAnswered(bad, past)).toBe(false);
    const later = levelOf('amount', { from: accepted.window.start + 1 });
    expect(marksOfLevels([later], accepted.window)).toEqual([]);
  });

  test('not one that moved further from the accepted level', () => {
    const evidence = dayAfter(further, { accepted: [levelOf('amount')] });
    const found = of(judged(evidence), 'psi', 'amount');
    expect(isAnswered(found, marksOfLevels([levelOf('amount')], found.window))).toBe(false);
  });

  test('never performance', () => {
    const marks = marksOfLevels([levelOf('amount')], accepted.window);
    expect(isAnswered({ ...bad, category: 'performance' }, marks)).toBe(false);
  });
});

describe('what can be accepted', () => {
  const one = {
    check: 'psi',
    category: 'drift',
    target: 'a',
    hard: null,
    verdict: 'warn',
  } as const;

  test.each([
    ['drift of a column', one, 'feature'],
    ['a scale that changed', { ...one, category: 'data-quality', hard: 'scale' }, 'feature'],
    ['moved predictions', { ...one, check: 'prediction_drift' }, 'score'],
    ['a number of rows', { ...one, check: 'volume', category: 'data-quality' }, 'model'],
  ] as const)('%s', (_, finding, over) => {
    expect(refusal(finding, over)).toBeNull();
  });

  test.each([
    [{ ...one, check: 'roc_auc', category: 'performance' }, 'label', 'roc_auc is about labels'],
    [{ ...one, check: 'label_drift' }, 'label', 'label_drift is about labels'],
    [{ ...one, verdict: 'ok' }, 'feature', 'psi of a is ok'],
    [{ ...one, hard: 'column missing' }, 'feature', 'column missing: there is no level'],
    [
      { ...one, check: 'freshness', category: 'data-quality' },
      'model',
      'freshness compares with no',
    ],
  ] as const)('not %o', (finding, over, words) => {
    expect(refusal(finding, over)).toContain(words);
  });
});

test('the id of a finding names its slice too', () => {
  const window = windowEnding(END);
  const slice = { country: 'FR', row_source: 'eu' };
  expect(findingId('churn', { window, check: 'psi', target: 'a/b', slice })).toBe(
    'churn@2026-11-22T00:00:00Z/psi/a/b/country=FR/row_source=eu',
  );
});

test('of two levels of one column the newer one is told, whatever check each was accepted in', () => {
  const level = (check: string, at: number, more: Partial<AcceptedLevel> = {}): AcceptedLevel => ({
    ...{ version: 1, model: 'churn', effect: 'fix', by: 'ana', reason: 'mended', levels: [] },
    ...{ finding: `churn@x/${check}/amount`, check, target: 'amount', slice: {} },
    ...{ from: 0, until: END, at },
    ...more,
  });
  const part = level('psi', 1, { slice: { country: 'FR' } });
  const all = [level('psi', 1), level('scale_change', 3), level('mean_shift', 2), part];
  expect(newestOf(all).map(({ check, slice }) => [check, slice])).toEqual([
    ['scale_change', {}],
    ['psi', { country: 'FR' }],
  ]);
});
