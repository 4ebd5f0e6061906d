import { expect, test } from 'vitest';
import { isRoutine } from '../../workers/runtime.js';

test('what a worker says on a normal stop is no warning, and what is wrong stays one', () => {
  const stop = 'shutdown_worker rpc errored during worker shutdown: transport error';
  expect(isRoutine('warn', stop)).toBe(true);
  expect(isRoutine('warn', 'queue io: not polling for workflows')).toBe(true);
  expect(isRoutine('info', 'Worker state changed')).toBe(true);
  expect(isRoutine('error', stop)).toBe(false);
  expect(isRoutine('warn', 'a task failed')).toBe(false);
});
