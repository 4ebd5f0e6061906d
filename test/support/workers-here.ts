import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import pino from 'pino';
import { createActivities } from '../../activities/index.js';
import { openApp } from '../../app/app.js';
import { depsOf } from '../../app/deps.js';
import { entitiesOf } from '../../app/entities.js';
import { readSettings } from '../../config/settings.js';
import type { RetryPolicy } from '../../domain/delivering/delivery.js';
import { queues } from '../../domain/queues.js';
import { connectWorkers, runWorkers, type RunningWorkers } from '../../workers/run.js';
import { builtWorkflows } from './built.js';
import { cleanEnv, type Env } from './cli.js';
import './quiet.js';

export interface HereOptions {
  env: Env;
  client: Client;
  /** File with the workflows; absent: the product's. */
  codePath?: string;
  /** How often deliveries are tried; absent: as the product does. */
  retry?: RetryPolicy;
}

/**
 * Workers of all queues in this process, where nothing is proven of theirs: to start one takes two
 * seconds of a processor. Secrets of `env:` are those of this process.
 */
export async function startWorkersHere(
  options: HereOptions,
): Promise<Pick<RunningWorkers, 'stop' | 'done' | 'isRunning'>> {
  const { env, client, retry } = options;
  const app = openApp(readSettings(cleanEnv(env)), pino({ level: 'silent' }));
  const { address, namespace } = app.settings.temporal;
  const connection = await connectWorkers({ address: address ?? '' });
  const deps = await depsOf(app, entitiesOf(client));
  const workers = await runWorkers({
    ...{ connection, namespace, queues, host: hostname() },
    activities: createActivities({ ...deps, ...(retry && { retry }) }),
    bundle: { codePath: options.codePath ?? (await builtWorkflows()) },
  });
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await workers.stop();
    await connection.close();
  };
  return { ...workers, stop: () => (stopped ??= stop()) };
}

/** As `withWorkerProcess`, with workers of this process, which has their variables meanwhile. */
export async function withWorkersHere<T>(options: HereOptions, run: () => Promise<T>): Promise<T> {
  const before = process.env;
  process.env = cleanEnv(options.env);
  try {
    const workers = await startWorkersHere(options);
    const died = workers.done.then(() => {
      throw new Error('the workers ended');
    });
    try {
      return await Promise.race([run(), died]);
    } finally {
      await workers.stop();
    }
  } finally {
    process.env = before;
  }
}
