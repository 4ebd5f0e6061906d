import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeGate } from '../../domain/requests/gate.js';
import { good } from './retrain-world.js';

const of = (n: number, sum: number, squares: number, metric = 'rmse') => ({
  ...good,
  difference: { metric, n, sum, squares },
});
const gate = { metric: 'rmse', margin: 0 };

test('the lower end is the mean less 1.96 standard errors, by hand', () => {
  // 100 differences, half 0 and half 2: mean 1, sum of squares 200, variance 100 / 99
  const judged = judgeGate(of(100, 100, 200), gate);
  expect(judged.mean).toBe(1);
  expect(judged.low).toBeCloseTo(1 - 1.96 * Math.sqrt(100 / 99 / 100), 12);
  expect(judged.passed).toBe(true);
  expect(judged.sentence).toBe(
    'passed: RMSE 10 of the champion, 9 of the challenger; mean gain in squared error per row ' +
      '+1 (unit of the label, squared), 95 % interval [+0.803, +1.197], over 100 pairs ' +
      '(positive = the challenger is better); the lower end must be at least 0',
  );
});

test.each([
  ['mae', 'MAE 10 of the champion, 9 of the challenger; mean gain in absolute error per row +1 (u'],
  ['roc_auc', 'AUC 10 of the champion, 9 of the challenger; mean paired gain in AUC +1, 95 %'],
  ['profit', 'profit 10 of the champion, 9 of the challenger; mean paired gain in profit +1, 95'],
])('of %s the sentence says what was compared, beside both values', (metric, words) => {
  const values = { metrics: { [metric]: 9 }, championMetrics: { [metric]: 10 } };
  const result = { ...of(100, 100, 200, metric), ...values };
  const { sentence } = judgeGate(result, { metric, margin: 0 });
  expect(sentence.startsWith(`passed: ${words}`)).toBe(true);
});

test('a result without the metric itself gives its paired gain alone', () => {
  const { sentence } = judgeGate({ ...of(100, 100, 200), championMetrics: {} }, gate);
  expect(sentence.startsWith('passed: mean gain in squared error per row +1 (unit')).toBe(true);
});

test('an equal challenger does not pass without a margin, and passes within one', () => {
  // mean 0.01, variance 0.9999 · 1000 / 999: the interval is about ± 0.062
  const equal = of(1000, 10, 1000);
  expect(judgeGate(equal, gate).passed).toBe(false);
  expect(judgeGate(equal, { ...gate, margin: 0.06 }).passed).toBe(true);
  expect(judgeGate(equal, { ...gate, margin: 0.05 }).passed).toBe(false);
});

test('the margin is inclusive', () => {
  // all differences are −0.5: the interval has no width
  const worse = of(64, -32, 16);
  expect(judgeGate(worse, { ...gate, margin: 0.5 }).passed).toBe(true);
  expect(judgeGate(worse, { ...gate, margin: 0.499 }).passed).toBe(false);
});

test.each([
  ['another metric', of(100, 100, 200, 'mae'), 'the gate looks at rmse, the result compares mae'],
  ['29 pairs', of(29, 29, 58), '29 paired differences, at least 30 are needed'],
  ['no pairs', of(0, 0, 0), '0 paired differences, at least 30 are needed'],
  ['half a pair', of(30.5, 1, 1), '30.5 paired differences, at least 30 are needed'],
  ['impossible sums', of(100, 100, 99), 'the sums are impossible (n 100, sum 100, squares 99)'],
  ['no number', of(100, NaN, 1), 'the sums are impossible (n 100, sum NaN, squares 1)'],
  ['no difference', of(100, 0, 0), 'challenger and champion do not differ on any pair'],
])('%s does not pass and says why', (_, result, reason) => {
  expect(judgeGate(result, gate)).toEqual({
    passed: false,
    low: null,
    mean: null,
    margin: 0,
    sentence: `not passed: ${reason}`,
  });
});

test('sums of real differences give the interval of their rows', () => {
  const differences = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
    minLength: 30,
    maxLength: 80,
  });
  fc.assert(
    fc.property(differences, (rows) => {
      fc.pre(rows.some((row) => Math.abs(row) > 1e-3));
      const n = rows.length;
      const sum = rows.reduce((a, b) => a + b, 0);
      const squares = rows.reduce((a, b) => a + b * b, 0);
      const mean = sum / n;
      const variance = rows.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
      const { low } = judgeGate(of(n, sum, squares), gate);
      expect(low).toBeCloseTo(mean - 1.96 * Math.sqrt(variance / n), 6);
    }),
  );
});
