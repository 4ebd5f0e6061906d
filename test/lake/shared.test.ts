import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import type { Duck } from '../../lake/duck.js';
import { sharedDuck } from '../../lake/shared.js';

const own = (db: Duck) => Promise.resolve(db);
const options = { threads: 1, memoryLimitMb: 200, tempDirectory: tmpdir() };

afterEach(() => {
  vi.useRealTimers();
});

test('who reads at the same time, or soon after, has the same DuckDB; later another one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const shared = sharedDuck(options);
  const [first, beside] = await Promise.all([shared(own), shared(own)]);
  expect(beside).toBe(first);
  vi.advanceTimersByTime(499);
  expect(await shared(own)).toBe(first);
  vi.advanceTimersByTime(499);
  expect(await shared(own)).toBe(first);
  vi.advanceTimersByTime(500);
  expect(await shared(own)).not.toBe(first);
  vi.advanceTimersByTime(500);
});

test('a long reader keeps it, and what fails in one is no end for the next', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const shared = sharedDuck(options);
  await shared(async (db) => {
    vi.advanceTimersByTime(10_000);
    expect(await shared(own)).toBe(db);
    vi.advanceTimersByTime(10_000);
    expect(await shared(own)).toBe(db);
  });
  const failed = shared(() => Promise.reject(new Error('not this one')));
  await expect(failed).rejects.toThrow('not this one');
  expect(await shared(own)).toBeDefined();
  vi.advanceTimersByTime(500);
});
