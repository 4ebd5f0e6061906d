import { describe, expect, test } from 'vitest';
import { isJudged, SHOWN } from '../../domain/finding.js';
import type { Finding } from '../../domain/finding.js';
import { anythingFailed, anythingJudged, judge } from '../../domain/judging/judge.js';
import type { Rules } from '../../domain/judging/rules.js';
import type { Limits } from '../../domain/limits.js';
import type { Score } from '../../domain/score.js';
import { END, windowEnding } from '../checks/evidence.js';

const limits: Limits = { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' };

function rules(more: Partial<Rules> = {}): Rules {
  return {
    category: 'drift',
    worse: 'higher',
    over: 'feature',
    limits,
    needsReference: true,
    judged: true,
    running: null,
    source: null,
    importance: 0.2,
    discoveryRate: null,
    significant: () => true,
    urgent: () => false,
    say: (reading, target) => `${target} is ${String(reading.value)}.`,
    timezone: 'UTC',
    ...more,
  };
}

function score(more: Partial<Score> = {}): Score {
  return {
    ...{ check: 'psi', target: 'amount', slice: {}, run: 'r', revision: 1 },
    ...{ window: windowEnding(END), value: 0, low: null, high: null, interval: null },
    ...{ pValue: null, nCurrent: 1000, nReference: 1000, reason: null, hard: null, details: {} },
    ...more,
  };
}

const one = (given: Partial<Score>, how: Partial<Rules> = {}) =>
  judge([score(given)], () => rules(how), 'hash')[0];

describe('limits', () => {
  test('a value that reaches a limit is bad, and its rule says which', () => {
    expect(one({ value: 0.25 })).toMatchObject({ verdict: 'alert', rule: 'psi >= 0.25' });
    expect(one({ value: 0.05 })).toMatchObject({ verdict: 'warn', rule: 'psi >= 0.05' });
    expect(one({ value: 0.049 })).toMatchObject({ verdict: 'ok', rule: 'within limits' });
  });
  test('an alert speaks at once, a plain warn in two windows of three, an urgent one at once', () => {
    expect(one({ value: 0.3 })?.patience).toBe(1);
    expect(one({ value: 0.1 })?.patience).toBe(2);
    expect(one({ value: 0.1 }, { urgent: () => true })?.patience).toBe(1);
  });
  test('above and below are strict, either counts the distance from nothing', () => {
    const with_ = (warn: Limits['warn']) => ({ limits: { ...limits, warn, alert: null } });
    expect(one({ value: 0.2 }, with_({ above: 0.2 }))?.verdict).toBe('ok');
    expect(one({ value: 0.21 }, with_({ above: 0.2 }))?.verdict).toBe('warn');
    expect(one({ value: 0.7 }, with_({ below: 0.7 }))?.verdict).toBe('ok');
    expect(one({ value: 0.69 }, with_({ below: 0.7 }))?.verdict).toBe('warn');
    expect(one({ value: -0.4 }, { worse: 'either', ...with_(0.3) })?.verdict).toBe('warn');
  });
  test('a drop counts from the reference, absolute or as a share; without one it is unknown', () => {
    const drop = {
      worse: 'lower' as const,
      limits: { ...limits, warn: { drop: 0.02 }, alert: { dropShare: 0.05 } },
    };
    expect(one({ value: 0.78, details: { reference: 0.8 } }, drop)?.verdict).toBe('warn');
    expect(one({ value: 0.76, details: { reference: 0.8 } }, drop)?.verdict).toBe('alert');
    expect(one({ value: 0.79, details: { reference: 0.8 } }, drop)?.verdict).toBe('ok');
    expect(one({ value: 0.5 }, drop)).toMatchObject({ verdict: 'unknown', reason: 'no_reference' });
  });
  test('a limit that can be told is judged beside a drop that cannot', () => {
    const worse = 'lower' as const;
    const both = {
      worse,
      limits: { ...limits, warn: { below: 0.95 }, alert: { dropShare: 0.05 } },
    };
    expect(one({ value: 0.72 }, both)?.verdict).toBe('warn');
    expect(one({ value: 0.96 }, both)).toMatchObject({
      verdict: 'unknown',
      reason: 'no_reference',
    });
    const other = { worse, limits: { ...limits, warn: { drop: 0.02 }, alert: { below: 0.7 } } };
    expect(one({ value: 0.69 }, other)?.verdict).toBe('alert');
    expect(one({ value: 0.72 }, other)?.verdict).toBe('unknown');
  });
  test('no limits, no verdict but ok', () => {
    const none = { limits: { ...limits, warn: null, alert: null } };
    expect(one({ value: 9 }, none)).toMatchObject({ verdict: 'ok', rule: 'no limits' });
    expect(one({ value: 9 }, { judged: false })?.rule).toBe(SHOWN);
    const [free, shown] = [one({ value: 9 }, none), one({ value: 9 }, { judged: false })];
    expect([free, shown].map((found) => found && isJudged(found))).toEqual([false, false]);
    const plain = one({ value: 0 });
    expect(plain && isJudged(plain)).toBe(true);
  });
});

describe('two gates', () => {
  test('a large value within chance is ok, and says so', () => {
    const found = one({ value: 0.3 }, { significant: () => false });
    expect(found).toMatchObject({ verdict: 'ok', rule: 'psi >= 0.05, but within chance' });
  });
  test('one that is surely over the lower limit only is a warning, and says so', () => {
    const found = one({ value: 0.3 }, { significant: (_, level) => level === 'warn' });
    expect(found).toMatchObject({
      ...{ verdict: 'warn', patience: 2 },
      rule: 'psi >= 0.05, held at warn: not sure enough for psi >= 0.25',
    });
  });
  test.each<[string, Limits['alert'], number, string]>([
    ['rejected_rows', 0.05, 0.4, 'rejected_rows >= 5 pp'],
    ['unseen_categories', { above: 0.2 }, 0.4, 'unseen_categories > 20 %'],
    ['label_coverage', { below: 0.9 }, 0.4, 'label_coverage < 90 %'],
    ['freshness', 7.5 * 3_600_000, 8 * 3_600_000, 'freshness >= 7h 30m'],
    ['mae', { drop: 0.02 }, 5, 'mae worse than the reference by >= 0.02'],
  ])('the rule of %s has its limit as the tables have it', (check, alert, value, rule) => {
    const how = { limits: { ...limits, warn: null, alert } };
    expect(one({ check, value, details: { reference: 1 } }, how)?.rule).toBe(rule);
  });
  test('a fixed rule passes the gate by and is labelled', () => {
    const fixed = { significant: () => false, limits: { ...limits, rule: 'fixed' as const } };
    expect(one({ value: 0.3 }, fixed)).toMatchObject({
      verdict: 'alert',
      rule: 'psi >= 0.25, fixed',
    });
  });
  test('an alert that is not sure enough is still a warn', () => {
    const found = one({ value: 0.3 }, { significant: (_reading, level) => level === 'warn' });
    expect(found?.verdict).toBe('warn');
  });
  test('a change that is real and below the limits is told for information', () => {
    const small = { small: ({ value }: { value: number | null }) => (value ?? 0) >= 0.02 };
    expect(one({ value: 0.03 }, small)).toMatchObject({
      verdict: 'ok',
      rule: 'small, for information',
    });
    expect(one({ value: 0.01 }, small)?.rule).toBe('within limits');
    expect(one({ value: 0.03 }, { ...small, significant: () => false })?.rule).toBe(
      'within limits',
    );
  });
  test('false discoveries are controlled over all features of the run', () => {
    // m = 4, q = 0.05: 0.04 is above 0.0125; with one test alone it would pass
    const pValues = [0.04, 0.5, 0.6, 0.7];
    const scores = pValues.map((pValue, k) => score({ target: `f${k}`, value: 0.1, pValue }));
    const how = rules({ discoveryRate: 0.05 });
    expect(judge(scores, () => how, '').map((found) => found.verdict)).toEqual(
      pValues.map(() => 'ok'),
    );
    expect(judge(scores.slice(0, 1), () => how, '')[0]?.verdict).toBe('warn');
  });
  test('thin and unmeasured features take no part in that control', () => {
    const how = rules({ discoveryRate: 0.05 });
    const scores = [
      score({ target: 'a', value: 0.1, pValue: 0.04 }),
      score({ target: 'b', value: 0.1, pValue: 0.9, nCurrent: 3 }),
      score({ target: 'c', value: null, reason: 'no_reference' }),
    ];
    expect(judge(scores, () => how, '').map((found) => found.verdict)).toEqual([
      'warn',
      'unknown',
      'unknown',
    ]);
  });
});

describe('unknown is never ok', () => {
  test('fewer rows than asked for on either side', () => {
    expect(one({ nCurrent: 99 })).toMatchObject({
      verdict: 'unknown',
      reason: 'insufficient_data',
    });
    expect(one({ nReference: 99 })?.sentence).toBe(
      'psi of amount: 1000 rows now and 99 in the reference, 100 needed.',
    );
    expect(one({ nReference: 0 }, { needsReference: false })?.verdict).toBe('ok');
  });
  test('a hard rule speaks whatever the limits and the rows say', () => {
    const found = one({ hard: 'column missing', value: null, nCurrent: 1 });
    expect(found).toMatchObject({ verdict: 'alert', rule: 'column missing', patience: 1 });
  });
  test('a value that is no number is an error', () => {
    expect(one({ value: NaN })).toMatchObject({ verdict: 'unknown', reason: 'error' });
  });
});

describe('the drift of one feature', () => {
  test('is at most warn while its importance is unknown or small', () => {
    expect(one({ value: 0.9 }, { importance: null })).toMatchObject({
      verdict: 'warn',
      rule: 'psi >= 0.25, held at warn: importance unknown',
    });
    expect(one({ value: 0.9 }, { importance: 0.04 })?.verdict).toBe('warn');
    expect(one({ value: 0.9 }, { importance: 0.05 })?.verdict).toBe('alert');
  });
  test('is an alert when the prediction moves too', () => {
    const both = [
      score({ value: 0.9 }),
      score({ check: 'prediction_drift', target: 'prediction', value: 0.1 }),
    ];
    const how = (key: { check: string }) =>
      rules(key.check === 'psi' ? { importance: null } : { over: 'score' });
    expect(judge(both, how, '').map((found) => found.verdict)).toEqual(['alert', 'warn']);
  });
  test('other categories are not held back', () => {
    const quality = { category: 'data-quality' as const, importance: null };
    expect(one({ value: 0.9 }, quality)?.verdict).toBe('alert');
  });
});

test('volume, freshness and age alone judge nothing, nor does what is only shown', () => {
  const finding = (check: string, how: Partial<Rules> = {}) =>
    judge([score({ check, value: 0 })], () => rules(how), '');
  expect(anythingJudged(finding('volume'))).toBe(false);
  expect(anythingJudged(finding('ks', { judged: false }))).toBe(false);
  expect(anythingJudged(finding('psi'))).toBe(true);
  expect(anythingJudged([])).toBe(false);
});

test('that a column is of its type judges nothing where all else of it lacks data', () => {
  const schema = { category: 'data-quality', kind: 'structural' } as const;
  const find = (check: string, more: Partial<Score>, how: Partial<Rules> = {}) =>
    judge([score({ check, value: 0, ...more })], () => rules(how), '');
  const thin = find('psi', { reason: 'insufficient_data', value: null });
  const typed = find('schema', {}, schema);
  expect(anythingJudged(typed)).toBe(true);
  expect(anythingJudged([...thin, ...typed])).toBe(false);
  const gone = typed.map((one): Finding => ({ ...one, verdict: 'alert' }));
  expect(anythingJudged([...thin, ...gone])).toBe(true);
  // another column has enough
  expect(anythingJudged([...thin, ...find('schema', { target: 'other' }, schema)])).toBe(true);
});

test('a check that fails is told from one that has too little to judge', () => {
  const finding = (reason: Finding['reason']) =>
    judge([score({ value: null, reason })], () => rules({}), '');
  expect(anythingFailed([...finding('insufficient_data'), ...finding('error')])).toBe(true);
  expect(anythingFailed(finding('insufficient_data'))).toBe(false);
});
