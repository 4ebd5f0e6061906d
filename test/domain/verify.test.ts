import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.js';
import { ofMetric, verifyRetraining } from '../../domain/requests/verify.js';
import { finding } from '../support/lake.js';
import * as w from './retrain-world.js';

/** A realised metric with a 95 % interval of 1.96 standard errors. */
function metric(check: string, value: number, error: number | null, reference?: number): Finding {
  const half = 1.96 * (error ?? 0);
  const ends =
    error === null ? { low: null, high: null } : { low: value - half, high: value + half };
  return finding({
    ...{ check, target: check, category: 'performance', verdict: 'ok', value, ...ends },
    ...{ interval: error === null ? null : 'confidence' },
    details: reference === undefined ? {} : { reference },
  });
}

const auc = (value: number, error = 0.01): Finding => metric('roc_auc', value, error, 0.8);
const result = { ...w.good, metrics: { roc_auc: 0.79 }, championMetrics: { roc_auc: 0.7 } };

test('a gain is that of the means, with the interval of their difference', () => {
  const found = verifyRetraining(result, 'roc_auc', {
    before: [auc(0.69), auc(0.71)],
    after: [auc(0.77), auc(0.79)],
  });
  // A mean of two windows has the error 0.01 / sqrt 2; the difference of two such has 0.01.
  expect(found?.gain.value).toBeCloseTo(0.08, 12);
  expect(found?.gain.low).toBeCloseTo(0.08 - 1.96 * 0.01, 12);
  expect(found?.gain.high).toBeCloseTo(0.08 + 1.96 * 0.01, 12);
  // Of 0.8 − 0.7 that were lost 0.78 − 0.7 came back.
  expect(found?.recovered).toBeCloseTo(0.8, 12);
  expect(found?.promised).toBeCloseTo(0.09, 12);
  expect(found?.verdict).toBe('helped');
  expect(found?.sentence).toBe(
    'the retraining helped: AUC 0.7 before, 0.78 in the first two mature windows with v2, +0.08, ' +
      '95 % interval [+0.0604, +0.0996] (positive = better); the comparison promised +0.09; 80 % of ' +
      'what was lost is back',
  );
});

test('an error that falls is a gain, and one that rises did not help', () => {
  const rmse = (value: number): Finding => metric('rmse', value, 0.1, 8);
  const before = [rmse(10), rmse(10)];
  const better = verifyRetraining(w.good, 'rmse', { before, after: [rmse(9), rmse(8)] });
  expect(better).toMatchObject({ gain: { value: 1.5 }, promised: 1, recovered: 0.75 });
  expect(better?.verdict).toBe('helped');
  const worse = verifyRetraining(w.good, 'rmse', { before, after: [rmse(11), rmse(11)] });
  expect(worse).toMatchObject({ gain: { value: -1 }, recovered: -0.5, verdict: 'not_helped' });
  expect(worse?.sentence).toMatch(/^the retraining did not help: RMSE 10 before, 11 in/);
});

test('what chance may have made is open, unless half of the promise is out of reach', () => {
  const before = [auc(0.7), auc(0.7)];
  // The gain is 0.01 with an error of 0.01: at most 0.0296, and 0.09 was promised.
  const little = verifyRetraining(result, 'roc_auc', { before, after: [auc(0.71), auc(0.71)] });
  expect(little?.verdict).toBe('not_helped');
  // 0.01 with an error of 0.05 says nothing.
  const noisy = [0.71, 0.71].map((value) => auc(value, 0.05));
  const open = verifyRetraining(result, 'roc_auc', {
    before: [auc(0.7, 0.05), auc(0.7, 0.05)],
    after: noisy,
  });
  expect(open?.verdict).toBe('open');
  const unsure = [metric('roc_auc', 0.9, null), auc(0.9)];
  const without = verifyRetraining(result, 'roc_auc', { before, after: unsure });
  expect(without).toMatchObject({ verdict: 'open', gain: { low: null, high: null } });
  expect(without?.sentence).not.toContain('interval');
});

test('nothing is said before there are two windows on both sides', () => {
  const two = [auc(0.7), auc(0.7)];
  expect(verifyRetraining(result, 'roc_auc', { before: two, after: [auc(0.8)] })).toBeNull();
  expect(verifyRetraining(result, 'roc_auc', { before: [auc(0.8)], after: two })).toBeNull();
});

test('without what it is held against nothing came back, and nothing was promised', () => {
  const windows = [metric('roc_auc', 0.7, 0.01), metric('roc_auc', 0.7, 0.01)];
  const found = verifyRetraining(w.good, 'roc_auc', { before: windows, after: windows });
  expect(found).toMatchObject({ recovered: null, promised: null, gain: { value: 0 } });
});

test('of each window the metric over all rows counts, where it was judged', () => {
  const segment = { ...auc(0.1), slice: { country: 'DE' } };
  const unknown = { ...auc(0.2), verdict: 'unknown' as const };
  const all = [[segment, auc(0.7)], [unknown], [finding()], [auc(0.6)], [auc(0.5)]];
  expect(ofMetric(all, 'roc_auc').map(({ value }) => value)).toEqual([0.7, 0.6]);
});

test('before and after in each other’s place turn the gain around', () => {
  const window = fc.record({ value: fc.double({ min: 0, max: 1, noNaN: true }) });
  const side = fc.tuple(window, window);
  fc.assert(
    fc.property(side, side, (one, other) => {
      const [before, after] = [one, other].map((both) => both.map(({ value }) => auc(value)));
      if (before === undefined || after === undefined) throw new Error('two sides');
      const there = verifyRetraining(result, 'roc_auc', { before, after });
      const back = verifyRetraining(result, 'roc_auc', { before: after, after: before });
      expect(there?.gain.value).toBe(-(back?.gain.value ?? NaN) + 0);
      if (there?.verdict === 'helped') expect(back?.verdict).toBe('not_helped');
    }),
  );
});
