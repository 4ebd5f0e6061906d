import { expect, test } from 'vitest';
import pino from 'pino';
import { openApp } from '../../app/app.js';
import { ensureServer } from '../../app/dev-server.js';
import { idleQueues, type Temporal } from '../../app/temporal.js';
import { readSettings } from '../../config/settings.js';
import type { Queue } from '../../domain/queues.js';
import { cleanEnv } from '../support/cli.js';
import { withPlace } from '../support/e2e.js';

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

/** A server that saw pollers of these processes, seconds ago. */
function serverWith(pollers: Readonly<Partial<Record<Queue, Record<string, number>>>>): Temporal {
  const now = Math.floor(Date.now() / 1_000);
  const describeTaskQueue = ({ taskQueue }: { taskQueue: { name: Queue } }) =>
    Promise.resolve({
      pollers: Object.entries(pollers[taskQueue.name] ?? {}).map(([identity, ago]) => {
        return { identity, lastAccessTime: { seconds: now - ago } };
      }),
    });
  return { connection: { workflowService: { describeTaskQueue } }, namespace: 'n' } as never;
}

test('a process that died is missed on all of its queues, also where it may have been busy', async () => {
  const dead = { '7@host': 75 };
  const server = serverWith({ wf: dead, io: dead, cpu: { '7@host': 90 } });
  expect(await idleQueues(server, ['wf', 'io', 'cpu'])).toEqual(['wf', 'io', 'cpu']);
});

test('a busy process of its own is not missed when another one died', async () => {
  const dead = { '7@host': 75 };
  const cpu = { '7@host': 75, '8@host': 200 };
  const server = serverWith({ wf: { ...dead, '9@host': 3 }, io: { ...dead, '9@host': 3 }, cpu });
  expect(await idleQueues(server, ['wf', 'io', 'cpu'])).toEqual([]);
});

test('a server of somebody else is named at once, and who may start it when it does not answer', () =>
  withPlace({}, async ({ env }) => {
    const variables = cleanEnv({ ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    const app = openApp(readSettings(variables), pino({ level: 'silent' }));
    const said: string[] = [];
    const progress = (line: string) => said.push(line);
    const started = ensureServer(app, { port: 0, uiPort: null, progress });
    await expect(started).rejects.toThrow(
      'Temporal does not answer at 127.0.0.1:1. TEMPORAL_ADDRESS names it, so it is not ours to ' +
        'start: start it, or unset TEMPORAL_ADDRESS and start one of ours with "aftercare ' +
        'dev-server".',
    );
    expect(said).toEqual([
      'TEMPORAL_ADDRESS names a server of somebody else: 127.0.0.1:1; none is started',
    ]);
  }));
