import { expect, test } from 'vitest';
import { whatBecame } from '../../app/callbacks.js';
import type { RequestSummary } from '../../domain/request.js';
import { result } from '../trainers/jobs.js';

const request = (change: Partial<RequestSummary>) =>
  ({
    ...{ id: 'eta#1', status: 'executing', result: null, outcome: null, ...change },
  }) as RequestSummary;
const trained = { state: 'succeeded' as const, result };
const failed = { state: 'failed' as const, reason: 'its callback says failed' };

test.each(['executing', 'uncertain'] as const)('a request that is %s takes an end', (status) => {
  expect(whatBecame(request({ status }), trained)).toBeNull();
  expect(whatBecame(request({ status }), failed)).toBeNull();
});

test('the repeat of an end that was taken is the same, whatever became of it', () => {
  const again = { ...trained, result: structuredClone(result) };
  expect(whatBecame(request({ result }), again)).toBe('the same');
  expect(whatBecame(request({ result, status: 'gate_failed' }), again)).toBe('the same');
  const outcome = 'the training failed: its callback says failed';
  expect(whatBecame(request({ status: 'failed', outcome }), failed)).toBe('the same');
});

test('another end of a request that has one does not count, and is told why', () => {
  const other = { ...trained, result: { ...result, version: 'v3' } };
  expect(whatBecame(request({ result }), other)).toBe(
    'does not count: eta#1 is executing: its training has ended already',
  );
  const outcome = 'the training failed: it did not end within 40s';
  expect(whatBecame(request({ status: 'failed', outcome }), trained)).toBe(
    `does not count: eta#1 is failed: ${outcome}`,
  );
  expect(whatBecame(request({ status: 'failed', outcome }), failed)).toContain('does not count');
});
