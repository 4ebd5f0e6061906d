import { expect, test } from 'vitest';
import { bellOf, bellWords } from '../../app/schedules.js';
import type { Monitor } from '../../domain/monitor.js';

const hour = 3_600_000;
const monitorOf = (size: string, timezone: string, lag: number): Monitor =>
  ({
    schedule: { lag, catchup: 0 },
    windows: { size, timezone, align: 'monday', minRows: 1 },
  }) as unknown as Monitor;

test('an hourly window rings hourly, its lag after the hour, with six minutes of jitter', () => {
  const bell = bellOf(monitorOf('1h', 'UTC', hour / 4));
  expect(bell).toEqual({ every: hour, offset: hour / 4, jitter: 6 * 60_000 });
  expect(bellWords(bell)).toBe('hourly at :15');
});

test.each([
  ['1d', 'UTC', 2 * hour, 'daily 02:00 UTC'],
  // Midnight in Paris is 23:00 UTC in winter and 22:00 in summer: the later one, plus the lag.
  ['1d', 'Europe/Paris', 2 * hour, 'daily 01:00 UTC'],
  // Midnight in New York is 05:00 UTC in winter and 04:00 in summer.
  ['1w', 'America/New_York', 0, 'daily 05:00 UTC'],
  ['1mo', 'Asia/Kolkata', 0, 'daily 18:30 UTC'],
])('a window of %s in %s rings daily', (size, timezone, lag, words) => {
  expect(bellWords(bellOf(monitorOf(size, timezone, lag)))).toBe(words);
});
