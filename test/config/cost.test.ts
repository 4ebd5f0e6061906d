import { expect, test } from 'vitest';
import { readMonitor, shortest } from '../support/config.js';

const scored = shortest.replace('timestamp: scored_at', 'timestamp: scored_at, prediction: KIND');
const monitor = (cost: string, { kind = '{ score: s }', labels = true } = {}) =>
  `${scored.replace('KIND', kind)}retraining: { cost: ${cost} }\n` +
  (labels ? 'labels: [{ value: fraud }]\n' : '');

test('retraining.cost says what a retraining and mistakes cost; nothing is said where it is not', async () => {
  const whole =
    '{ per_retraining: 400, per_false_positive: 2, per_false_negative: 80, recovers: 0.9, rule: cumulative }';
  const { told, monitor: read, lines } = await readMonitor(monitor(whole));
  expect(told).toEqual([]);
  expect(read?.retraining?.cost).toEqual({
    ...{ perRetraining: 400, perFalsePositive: 2, perFalseNegative: 80 },
    ...{ recovers: 0.9, rule: 'cumulative' },
  });
  expect(lines).toContain('retraining.cost.per_false_negative: 80');
  const { monitor: short } = await readMonitor(
    monitor('{ per_retraining: 1, per_false_negative: 3 }'),
  );
  expect(short?.retraining?.cost).toEqual({
    ...{ perRetraining: 1, perFalsePositive: 0, perFalseNegative: 3 },
    ...{ recovers: null, rule: 'expected' },
  });
  const without = await readMonitor(`${scored.replace('KIND', '{ score: s }')}retraining: {}\n`);
  expect(without.monitor?.retraining).not.toHaveProperty('cost');
  expect(without.lines.some((line) => line.includes('retraining.cost'))).toBe(false);
});

const mistakes = 'per_false_positive: 2';
test.each([
  [`{ ${mistakes} }`, / retraining\.cost\.per_retraining: /],
  [
    `{ per_retraining: 0, ${mistakes} }`,
    / retraining\.cost\.per_retraining: expected an amount above 0, got 0/,
  ],
  [
    '{ per_retraining: 400, per_false_positive: -2 }',
    / retraining\.cost\.per_false_positive: expected an amount from 0 on, got -2/,
  ],
  [
    '{ per_retraining: 400 }',
    / retraining\.cost: expected what mistakes cost\. Example: per_false/,
  ],
  [
    `{ per_retraining: a lot, ${mistakes} }`,
    /cost\.per_retraining: expected an amount of money, got/,
  ],
  [
    `{ per_retraining: 400, ${mistakes}, recovers: 70 }`,
    / retraining\.cost\.recovers: expected a share above 0, up to 1, got 70/,
  ],
  [
    `{ per_retraining: 400, ${mistakes}, recovers: 0 }`,
    /recovers: expected a share above 0, up to 1/,
  ],
  [`{ per_retraining: 400, ${mistakes}, rule: sum }`, /cost\.rule: .*expected, cumulative/],
  [
    `{ per_retraining: 400, ${mistakes}, per_false_negativ: 2 }`,
    /Did you mean "per_false_negative"\?/,
  ],
])('%s is refused', async (cost, words) => {
  const { told } = await readMonitor(monitor(cost));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(words);
});

test.each([
  [
    'a regression',
    { kind: '{ value: s }' },
    / retraining\.cost: cost needs mistakes of task binary, this one is regression$/,
  ],
  [
    'no labels',
    { labels: false },
    / retraining\.cost: cost needs labels: there is no section labels$/,
  ],
])('costs are refused for %s', async (_, file, words) => {
  const { told } = await readMonitor(monitor(`{ per_retraining: 400, ${mistakes} }`, file));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(words);
});
