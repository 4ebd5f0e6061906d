import { expect, test } from 'vitest';
import { marksOf } from '../../activities/marks.js';
import type { Finding } from '../../domain/finding.js';

const limits = { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' } as const;

function drifted(value: number, change: Partial<Finding>): Finding {
  return {
    ...{ check: 'psi', target: 'amount', slice: {}, value, low: null, high: null, interval: null },
    ...{ pValue: null, nCurrent: 500, nReference: 1_000, reason: null, hard: null, details: {} },
    ...{ run: 'r', window: { start: 0, end: 1, weekday: 6 }, revision: 1, category: 'drift' },
    ...{ verdict: 'ok', rule: '', patience: 1, running: null, limits },
    ...{ sentence: '', source: null, inputs: 'i' },
    ...change,
  } as const;
}

test('a mark says how many times over its limit a finding is, as a number that JSON has', () => {
  const marks = marksOf([
    drifted(0.01, {}),
    drifted(0.1, { verdict: 'warn' }),
    drifted(1, { verdict: 'alert' }),
    drifted(1, { verdict: 'alert', hard: 'a column is missing' }),
  ]);
  // 0.1 / 0.05 and 1 / 0.25
  const most = Number.MAX_VALUE;
  expect(marks.map(({ excess }) => excess)).toEqual([undefined, 2, 4, most]);
  expect(JSON.parse(JSON.stringify(marks))).toEqual(marks);
});
