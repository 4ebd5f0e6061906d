import { expect, test } from 'vitest';
import { evaluateChecks } from '../../checks/evaluate.js';
import { checkNamed } from '../../checks/index.js';
import { wilson } from '../../stats/intervals.js';
import { END, evidenceOf, monitorOf, windowEnding } from './evidence.js';

const { warn, alert, minRows, rule } = checkNamed('skew_rows').defaults;
const limits = { warn, alert, minRows, rule, running: null, every: null };
const spec = {
  check: 'skew_rows',
  name: null,
  against: null,
  targets: ['x'],
  params: {},
  ...limits,
};

function finding(n: number, mismatched: number) {
  const asked = {
    skew_rows: {
      by: { column: ['x'] },
      sums: { n: Float64Array.of(n), mismatched: Float64Array.of(mismatched) },
    },
  };
  const evidence = evidenceOf({ x: [1, 2] }, { x: [1, 2] }, { profile: { asked } });
  const frame = { run: 'r', window: windowEnding(END), revision: 1, inputs: '' };
  const [found] = evaluateChecks({
    ...{ monitor: monitorOf({ checks: [spec] }), evidence, ...frame, shown: [] },
  });
  return found;
}

test('skew_rows fires by the upper bound of the share of rows that differ', () => {
  expect(finding(2000, 10)).toMatchObject({ verdict: 'ok', rule: 'within limits' });
  const upper = wilson({ hits: 20, n: 2000 }).high;
  expect(upper).toBeGreaterThan(0.01);
  expect(finding(2000, 20)).toMatchObject({ verdict: 'warn', value: upper });
  expect(finding(2000, 200)).toMatchObject({ verdict: 'alert', patience: 1 });
  expect(finding(2000, 200)?.sentence).toBe(
    'x differs from what the model learnt from in 200 of 2000 re-joined rows (10 %, at most 11.4 %).',
  );
});

test('skew_rows is silent where no row differs, and one row of a hundred is no alert', () => {
  // the upper bound of 0 of 100 is 3.7 %, that of 1 of 100 is 5.4 %
  expect(wilson({ hits: 0, n: 100 }).high).toBeGreaterThan(0.03);
  expect(finding(100, 0)).toMatchObject({ verdict: 'ok' });
  expect(wilson({ hits: 1, n: 100 }).high).toBeGreaterThan(0.05);
  expect(finding(100, 1)).toMatchObject({ verdict: 'warn', patience: 2 });
  expect(finding(99, 99)?.reason).toBe('insufficient_data');
});
