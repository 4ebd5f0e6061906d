import { expect, test } from 'vitest';
import { idleQueues, type Temporal } from '../../app/temporal.js';
import type { Queue } from '../../domain/queues.js';

/** A server that saw a poller of each queue so many seconds ago; null: it lists none. */
function serverThatSaw(seconds: Readonly<Partial<Record<Queue, number | null>>>): Temporal {
  const describeTaskQueue = ({ taskQueue }: { taskQueue: { name: Queue } }) => {
    const ago = seconds[taskQueue.name] ?? null;
    const at = Math.floor(Date.now() / 1_000) - (ago ?? 0);
    return Promise.resolve({ pollers: ago === null ? [] : [{ lastAccessTime: { seconds: at } }] });
  };
  return { connection: { workflowService: { describeTaskQueue } }, namespace: 'n' } as never;
}

test('a worker that stopped is missed 70 s after its last poll, not when the server forgets it', async () => {
  const server = serverThatSaw({ wf: 61, io: 75, cpu: 0 });
  expect(await idleQueues(server, ['wf', 'io', 'cpu'])).toEqual(['io']);
});

test('a worker that is busy with one evaluation is not missed while the server lists it', async () => {
  const server = serverThatSaw({ wf: 0, io: 0, cpu: 250, backfill: null });
  expect(await idleQueues(server, ['wf', 'io', 'cpu', 'backfill'])).toEqual(['backfill']);
});
