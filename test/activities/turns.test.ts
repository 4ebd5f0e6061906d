import { expect, test } from 'vitest';
import { inTurns } from '../../activities/turns.js';

/** Steps that each take longer than a turn. */
function* slow(steps: number): Generator<void, string, void> {
  for (let step = 0; step < steps; step++) {
    const from = performance.now();
    while (performance.now() - from < 10);
    yield;
  }
  return 'done';
}

test('others have their turn between long steps, and the result comes out', async () => {
  let turns = 0;
  const count = () => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  expect(await inTurns(slow(5))).toBe('done');
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(4);
});

test('what fails in a step fails as a whole', async () => {
  const failing = slow(0);
  failing.next = () => {
    throw new Error('the second step');
  };
  await expect(inTurns(failing)).rejects.toThrow('the second step');
});
