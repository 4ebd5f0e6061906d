import { expect, test } from 'vitest';
import { boundsInWords, spanInWords } from '../../domain/judging/figures.js';
import { quantileOf } from '../../domain/judging/moments.js';
import { binned, axisOf } from '../checks/evidence.js';

test.each([
  [0.018793540883061656, 37.55668370540959, '0.01879 … 37.56'],
  [0, 1, '0 … 1'],
  [1, 123_456, '1 … 123456'],
  [1_000_000.25, 1_000_000.75, '1000000.25 … 1000000.75'],
  [-3.9, 4.123456789, '-3.9 … 4.123'],
  [5.123456789, 5.123456789, '5.123 … 5.123'],
])('from %d to %d, said with the digits that it takes', (low, high, words) => {
  expect(spanInWords(low, high)).toBe(words);
});

test('bounds that no digit shown tells apart are not told as two', () => {
  expect(boundsInWords(0.71, 0.79)).toBe('surely within 0.71 and 0.79');
  expect(boundsInWords(0.77191, 0.77194)).toBe('exact in the digits shown');
  expect(boundsInWords(0.5, 0.5)).toBe('exact');
});

test('the median of decimals is one of them, that of values around nothing no rounding error', () => {
  const tenths = Array.from({ length: 101 }, (_, k) => k / 10 - 5);
  const axis = axisOf(tenths, { low: -5.05, inverseWidth: 10 });
  expect(quantileOf(axis, binned(axis, tenths), 0.5)).toBe(0);
  expect(quantileOf(axis, binned(axis, tenths), 0.25)).toBe(-2.5);
});
