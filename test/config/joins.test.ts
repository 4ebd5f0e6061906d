import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { readMonitor, shortest, someTeams, withConfig } from '../support/config.js';

const joining = (joins: string): string => `${shortest}\njoins: ${joins}\n`;

describe('joins', () => {
  test('say where the rows are, their key and their columns', async () => {
    const text = joining(
      '[{ name: decisions, from: { path: data/d.csv, where: final }, on: { a: b, c: c }, ' +
        'columns: [decision] }, { name: shops, from: { path: data/s.csv }, on: { a: shop } }]',
    );
    const { told, lines } = await readMonitor(text);
    expect(told).toEqual([]);
    const own = lines.filter((line) => line.startsWith('joins.'));
    expect(own).toEqual([
      'joins.0.name: decisions',
      'joins.0.from.kind: csv  (default)',
      'joins.0.from.path: /srv/app/data/d.csv',
      'joins.0.from.where: final',
      'joins.0.on: a = b, c = c',
      'joins.0.columns: decision',
      'joins.0.expect: at_most_one  (default)',
      'joins.1.name: shops',
      'joins.1.from.kind: csv  (default)',
      'joins.1.from.path: /srv/app/data/s.csv',
      'joins.1.on: a = shop',
      'joins.1.columns: all but those of the key  (default)',
      'joins.1.expect: at_most_one  (default)',
    ]);
    const files = { 'm.yaml': text, 'teams.yaml': someTeams };
    const [monitor] = await withConfig(files, async (folder) => {
      return (await loadConfig(folder, { cwd: '/here' })).monitors.map((one) => one.monitor);
    });
    const from = { kind: 'csv', path: path.resolve('/here/data/d.csv'), where: 'final' };
    const on = { a: 'b', c: 'c' };
    const first = { name: 'decisions', from, on, columns: ['decision'] };
    expect(monitor?.predictions.joins?.[0]).toEqual(first);
    // training rows have the columns themselves
    const drift = monitor?.reference.drift;
    expect(drift?.kind === 'training' && drift.from.joins).toBeUndefined();
  });

  const from = 'from: { path: a.csv }';

  test.each([
    [`[{ ${from}, on: { a: a } }]`, / joins\[0\]\.name: missing/],
    ['[{ name: x, on: { a: a } }]', / joins\[0\]\.from: missing/],
    [`[{ name: x, ${from} }]`, / joins\[0\]\.on: missing/],
    [`[{ name: x, ${from}, on: {} }]`, / joins\[0\]\.on: expected at least one pair of columns/],
    [`[{ name: x, ${from}, on: a }]`, / joins\[0\]\.on: expected a map of columns to columns of/],
    [`[{ name: x, ${from}, on: { a: a }, expect: many }]`, /expect: expected one of: at_most_one/],
    [`[{ name: x, ${from}, on: { a: a }, columns: y }]`, /columns: expected a list of columns/],
    [
      `[{ name: x, ${from}, on: { a: a } }, { name: x, ${from}, on: { b: b } }]`,
      / joins\[1\]\.name: expected a name of its own, got "x" twice/,
    ],
    [`{ ${from} }`, / joins: expected a list of sources, each as \{ name, from, on \}/],
  ])('%s is refused with its place', async (joins, words) => {
    expect((await readMonitor(joining(joins))).told.join('\n')).toMatch(words);
  });

  test('do not go with windows of rows', async () => {
    const text = joining(`[{ name: x, ${from}, on: { a: a } }]`)
      .replace(/^windows: .*$/m, 'windows: { rows: 100 }')
      .replace(/^columns: .*$/m, 'columns: { id: [a] }');
    expect((await readMonitor(text)).told.join('\n')).toMatch(
      / joins: expected none: rows that are joined keep no number/,
    );
  });
});
