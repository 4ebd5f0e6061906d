import { expect, test } from 'vitest';
import { numberedInWords } from '../../calendar/words.js';
import {
  lastBoundary,
  nextBoundary,
  windowNumbered,
  windowsWithin,
} from '../../calendar/windows.js';

const grid = { size: '1d', timezone: 'Europe/Paris', align: 'monday', rows: 5000 } as const;

test('window 27 of 5,000 rows holds rows 135,000 to 139,999', () => {
  const window = windowNumbered(grid, 27);
  expect(window).toMatchObject({ start: 135_000, end: 140_000 });
  expect(numberedInWords(window)).toBe('window 27 · rows 135000 to 139999');
});

test('boundaries are multiples of the rows, whatever the zone', () => {
  expect(lastBoundary(grid, 139_999)).toBe(135_000);
  expect(lastBoundary(grid, 140_000)).toBe(140_000);
  expect(nextBoundary(grid, 135_000)).toBe(140_000);
  expect(windowsWithin(grid, 0, 15_000).map(({ end }) => end)).toEqual([5000, 10_000, 15_000]);
});

test('a number that is none is refused', () => {
  expect(() => windowNumbered(grid, -1)).toThrow('expected the number of a window');
  expect(() => windowNumbered(grid, 1.5)).toThrow('expected the number of a window');
  const ofTime = { size: '1d', timezone: 'UTC', align: 'monday' } as const;
  expect(() => windowNumbered(ofTime, 1)).toThrow('expected the number of a window');
});
