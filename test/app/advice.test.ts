import { expect, test } from 'vitest';
import { adviceIn, adviceReport } from '../../app/advice.js';
import type { AdviceInput } from '../../domain/advising/input.js';
import type { Finding } from '../../domain/finding.js';
import { monitorOf } from '../support/monitor-fixture.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

/** A column that changed its type on the first day; on the third the predictions have moved. */
const finding = (check: string, target: string, n: number): Finding => {
  const window = { start: START + n * DAY, end: START + (n + 1) * DAY, weekday: 4 };
  const is: Partial<Finding> = { check, target, slice: {}, verdict: 'alert', window };
  return {
    ...is,
    details: {},
    reason: null,
    hard: 'type changed',
    sentence: 'It is off.',
  } as Finding;
};
const input: AdviceInput = {
  ...{ model: 'm', at: START + 3 * DAY, window: START + 3 * DAY, policy: null, retrain: null },
  findings: [{ ...finding('prediction_drift', 'prediction', 2), category: 'drift' }],
  mature: [[{ ...finding('schema', 'age', 0), category: 'data-quality' }]],
  importances: {},
};

test('what to train on has its instants as texts', () => {
  expect(adviceReport(adviceIn(monitorOf({}), input))).toMatchObject({
    action: 'consider',
    trainOn: {
      ...{ from: null, until: '2026-01-02T00:00:00Z', weights: null, rows: null, positives: null },
      exclude: [{ what: 'age broken', from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }],
    },
  });
});

test('windows that are cut by rows have no times to train on', () => {
  const { windows } = monitorOf({});
  const advice = adviceIn(monitorOf({ windows: { ...windows, rows: 100 } }), input);
  expect(advice.action).toBe('consider');
  expect(adviceReport(advice)).not.toHaveProperty('trainOn');
});
