import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { predictionsOf } from '../../config/shape-schema.js';
import { readMonitor, shortest, someTeams, withConfig } from '../support/config.js';

const made = (keys: string, text = shortest): string =>
  text.replace(/^predictions: .*$/m, `predictions: { from: { path: a.csv }, ${keys} }`);

describe('predictions.select and predictions.unnest', () => {
  test('say what is made of the rows, and of the training rows as well', async () => {
    const text = made(`select: { amount: "payload->>'amount'" }, unnest: items`);
    const { told, lines } = await readMonitor(text);
    expect(told).toEqual([]);
    expect(lines).toContain("predictions.select.amount: payload->>'amount'");
    expect(lines).toContain('predictions.unnest: items');
    const shape = { unnest: 'items', select: { amount: "payload->>'amount'" } };
    const files = { 'm.yaml': text, 'teams.yaml': someTeams };
    const [monitor] = await withConfig(files, async (folder) => {
      return (await loadConfig(folder)).monitors.map((one) => one.monitor);
    });
    expect(monitor?.predictions.shape).toEqual(shape);
    const drift = monitor?.reference.drift;
    expect(drift?.kind === 'training' && drift.from.shape).toEqual(shape);
  });

  test('a database is not cut by a time that is made of its rows', () => {
    const from = {
      ...{ kind: 'duckdb' as const, path: 'a.db', where: null, query: null, table: 'scores' },
      ...{ time: null, timeout: 1000 },
    };
    const time = { column: 'at', timezone: 'UTC' };
    const timeOf = (select: Record<string, string>) => {
      const spec = predictionsOf({ predictions: { from, select }, joins: [] }, time);
      return spec.kind === 'duckdb' ? spec.time : undefined;
    };
    expect(timeOf({ x: 'a + b' })).toEqual(time);
    expect(timeOf({ at: "payload->>'at'" })).toBeNull();
  });

  test.each([
    [
      'select: { a: x, A: y }',
      / predictions\.select: expected names that differ in more than case/,
    ],
    ['select: {}', / predictions\.select: expected at least one column/],
    [
      'select: payload',
      / predictions\.select: expected a map of columns to SQL expressions, as \{ amount: "payload->>'amount'" \}/,
    ],
    [
      'select: { amount: 5 }',
      / predictions\.select\.amount: expected an SQL expression over the columns, as payload->>'amount', got 5/,
    ],
    ['unnest: [a, b]', / predictions\.unnest: expected a column's name/],
  ])('%s is refused with its place', async (keys, words) => {
    expect((await readMonitor(made(keys))).told.join('\n')).toMatch(words);
  });
});
