import { expect, test } from 'vitest';
import { reach } from '../../calendar/reach.js';
import type { WindowGrid } from '../../domain/window.js';

const grid = (size: '1h' | '1d' | '1w' | '1mo', timezone = 'Europe/Paris'): WindowGrid => ({
  ...{ size, timezone, align: 'monday' },
});
const of = (template: string, [from, to]: [string, string], windows: WindowGrid) => {
  const found = reach(template, { start: Date.parse(from), end: Date.parse(to) }, windows);
  return found && [found.start, found.end].map((at) => new Date(at).toISOString().slice(0, 16));
};

test('a row beyond the windows that open its file is in none', () => {
  const day: [string, string] = ['2026-11-02T23:00Z', '2026-11-03T23:00Z'];
  const hour: [string, string] = ['2026-11-03T05:00Z', '2026-11-03T06:00Z'];
  const november = ['2026-10-31T23:00', '2026-11-30T23:00'];
  const itself = ['2026-11-02T23:00', '2026-11-03T23:00'];
  expect(of('{date}.csv', day, grid('1d'))).toEqual(itself);
  expect(of('{date}/{hour}.csv', day, grid('1d'))).toEqual(itself);
  // every hour of the date opens its file, and every day of the month that of the month
  expect(of('{date}.csv', hour, grid('1h'))).toEqual(itself);
  expect(of('{year}-{month}.csv', day, grid('1d'))).toEqual(november);
  // a week of two months opens both; so do the weeks at their ends
  expect(of('{year}-{month}.csv', ['2026-10-25T23:00Z', '2026-11-01T23:00Z'], grid('1w'))).toEqual([
    '2026-09-27T22:00',
    '2026-12-06T23:00',
  ]);
  expect(of('{year}.csv', day, grid('1mo'))).toEqual(['2025-12-31T23:00', '2026-12-31T23:00']);
});

test('the hour that a clock change repeats is one partition', () => {
  const first: [string, string] = ['2026-10-25T00:00Z', '2026-10-25T01:00Z'];
  expect(of('{date}/{hour}.csv', first, grid('1h'))).toEqual([
    '2026-10-25T00:00',
    '2026-10-25T02:00',
  ]);
});

test('a path that names no stretch of time, and windows cut by rows, have no bounds', () => {
  const day: [string, string] = ['2026-11-02T23:00Z', '2026-11-03T23:00Z'];
  for (const path of ['all-*.csv', '{hour}.csv', '{month}.csv', '{year}/{day}.csv']) {
    expect(of(path, day, grid('1d')), path).toBeNull();
  }
  expect(of('{date}.csv', day, { ...grid('1d'), rows: 500 })).toBeNull();
});
