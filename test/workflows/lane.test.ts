import { expect, test } from 'vitest';
import { msToNumber } from '@temporalio/common/lib/time.js';
import { lane } from '../../workflows/lane.js';

test('every lane is one try with an end of its own, so that an entity always settles', () => {
  for (const kind of ['notice', 'start', 'poll', 'stop', 'promote', 'of tomorrow']) {
    const options = lane({ kind });
    expect(options.retry).toEqual({ maximumAttempts: 1 });
    const attempt = msToNumber(options.startToCloseTimeout as string);
    expect(attempt).toBeGreaterThan(0);
    expect(msToNumber(options.scheduleToCloseTimeout as string)).toBeGreaterThan(attempt);
  }
});

test('a job that is bound to a host goes to the queue of that host, another to any', () => {
  expect(lane({ kind: 'start', host: 'gpu-1' }).taskQueue).toBe('train@gpu-1');
  expect(lane({ kind: 'poll', host: 'gpu-1' }).taskQueue).toBe('train@gpu-1');
  expect(lane({ kind: 'stop', host: 'gpu-1' }).taskQueue).toBe('train@gpu-1');
  expect(lane({ kind: 'start', host: '' }).taskQueue).toBe('io');
  expect(lane({ kind: 'poll' }).taskQueue).toBe('io');
});

test('a promotion, which builds a reference, runs where evaluations run and heartbeats', () => {
  expect(lane({ kind: 'promote' })).toMatchObject({ taskQueue: 'cpu', heartbeatTimeout: '30s' });
});
