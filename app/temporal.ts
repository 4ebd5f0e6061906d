import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import type { Settings } from '../config/settings.js';
import type { Queue } from '../domain/queues.js';
import { UnavailableError } from './errors.js';

/** An open connection to Temporal; whoever opened it closes it. */
export interface Temporal {
  client: Client;
  connection: Connection;
  address: string;
  namespace: string;
}

/** Where it is written down of a state folder that a dev server of ours runs for it. */
export function serverFileIn(state: string): string {
  return join(state, 'temporal.json');
}

/** TEMPORAL_ADDRESS, else the dev server that runs for this state folder; null: neither. */
export async function temporalAddress(settings: Settings): Promise<string | null> {
  if (settings.temporal.address !== null) return settings.temporal.address;
  try {
    const { address } = JSON.parse(await readFile(serverFileIn(settings.state), 'utf8')) as {
      address: string;
    };
    return address;
  } catch {
    return null;
  }
}

/** Runs with a connection; UnavailableError, with what to do, when no server answers in 5 s. */
export async function withTemporal<T>(
  settings: Settings,
  run: (temporal: Temporal) => Promise<T>,
): Promise<T> {
  const address = await temporalAddress(settings);
  if (address === null) {
    throw new UnavailableError(
      'No Temporal server is known: TEMPORAL_ADDRESS is not set, and none runs for ' +
        `${settings.state}. Start everything with "aftercare up", or only the server with ` +
        '"aftercare dev-server".',
    );
  }
  const { namespace } = settings.temporal;
  const connection = await connect(address, settings);
  try {
    return await run({
      client: new Client({ connection, namespace }),
      connection,
      address,
      namespace,
    });
  } catch (error) {
    // What is known of the outcome is told by whoever knows it.
    if (error instanceof UnavailableError || !isAway(error)) throw error;
    throw noAnswer(address, settings, error);
  } finally {
    await connection.close();
  }
}

/** Where to connect and, with TEMPORAL_API_KEY, as whom: then always over TLS. */
export function credentials(
  address: string,
  { temporal }: Settings,
): { address: string; apiKey?: string; tls?: true } {
  return temporal.apiKey === null ? { address } : { address, apiKey: temporal.apiKey, tls: true };
}

/** Connects, or says which address does not answer and what to do. */
export async function connect(address: string, settings: Settings): Promise<Connection> {
  try {
    return await Connection.connect({ ...credentials(address, settings), connectTimeout: 5_000 });
  } catch (error) {
    throw noAnswer(address, settings, error);
  }
}

function noAnswer(address: string, settings: Settings, cause: unknown): UnavailableError {
  const advice =
    settings.temporal.address === null
      ? 'Start it with "aftercare dev-server", or set TEMPORAL_ADDRESS to a server that runs.'
      : 'TEMPORAL_ADDRESS names it, so it is not ours to start: start it, or unset ' +
        'TEMPORAL_ADDRESS and start one of ours with "aftercare dev-server".';
  return new UnavailableError(`Temporal does not answer at ${address}. ${advice}`, { cause });
}

/** The gRPC status of a server that is gone, and of one that does not answer in time. */
const AWAY: ReadonlySet<number> = new Set([14, 4]);

/** A call failed because the server is gone, or does not answer. */
export function isAway(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return isGrpcServiceError(cause) && AWAY.has(cause.code);
}

/** A poll lasts a minute: whoever has not come back by then is gone. */
const LAST_SEEN = 70_000;

/**
 * Queues without anybody who works on them. The server lists a poller for five minutes after its
 * last poll, stopped or not; `wf` and `io`, whose workers always poll, are known as idle 70 s after
 * theirs. A worker of another queue does not poll while it is busy with one evaluation, so there
 * the server's own list counts, up to five minutes, unless its process polls `wf` or `io` no more.
 */
export async function idleQueues(
  server: Pick<Temporal, 'connection' | 'namespace'>,
  names: readonly Queue[],
): Promise<Queue[]> {
  const polls = await lastPolls(server, names);
  return polls.flatMap(({ queue, age }) => (isAlive(queue, age) ? [] : [queue]));
}

/** Who asked for work, and how long ago, ms. */
interface Poll {
  queue: Queue;
  /** The worker's process: `pid@host`. */
  identity: string;
  age: number;
}

/**
 * For each queue how long ago a worker asked it for work, ms; null: none did in five minutes, or
 * those that did are gone.
 */
export async function lastPolls(
  server: Pick<Temporal, 'connection' | 'namespace'>,
  names: readonly Queue[],
): Promise<{ queue: Queue; age: number | null }[]> {
  const polls: Poll[] = [];
  for (const queue of names) polls.push(...(await pollsOf(server, queue)));
  return names.map((queue) => {
    const ages = polls
      .filter((poll) => poll.queue === queue && !isGone(poll, polls))
      .map(({ age }) => age);
    return { queue, age: ages.length === 0 ? null : Math.min(...ages) };
  });
}

async function pollsOf(
  { connection, namespace }: Pick<Temporal, 'connection' | 'namespace'>,
  queue: Queue,
): Promise<Poll[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    // The enum is not exported: 1 workflow, 2 activity.
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    taskQueueType: queue === 'wf' ? 1 : 2,
  });
  return pollers.map(({ lastAccessTime, identity }) => {
    const age = Math.max(0, Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000);
    return { queue, identity: identity ?? '', age };
  });
}

/** Its process polled a queue that is always polled, and does so no more. */
function isGone({ queue, identity, age }: Poll, polls: readonly Poll[]): boolean {
  if (alwaysPolls(queue) || age < LAST_SEEN || identity === '') return false;
  const others = polls.filter((one) => alwaysPolls(one.queue) && one.identity === identity);
  return others.length > 0 && others.every((one) => one.age >= LAST_SEEN);
}

function alwaysPolls(queue: Queue): boolean {
  return queue === 'wf' || queue === 'io';
}

/** A queue that is busy with an evaluation is not asked meanwhile. */
export function isAlive(queue: Queue, age: number | null): boolean {
  if (age === null) return false;
  return !alwaysPolls(queue) || age < LAST_SEEN;
}
