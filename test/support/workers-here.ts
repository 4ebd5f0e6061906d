import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import pino from 'pino';
import { createActivities } from '../../activities/index.js';
import { openApp } from '../../app/app.js';
import { depsOf } from '../../app/deps.js';
import { entitiesOf } from '../../app/entities.js';
import { readSettings } from '../../config/settings.js';
import { queues } from '../../domain/queues.js';
import { connectWorkers, runWorkers } from '../../workers/run.js';
import { builtWorkflows } from './built.js';
import { cleanEnv } from './cli.js';
import type { Place } from './e2e.js';
import './quiet.js';

/**
 * Workers of all queues in this process while `run` runs, where nothing is proven of theirs: it
 * costs two seconds to start one. Secrets of `env:` are for workers that have a process.
 */
export async function withWorkersHere<T>(
  place: Pick<Place, 'env'> & { client: Client },
  run: () => Promise<T>,
): Promise<T> {
  const app = openApp(readSettings(cleanEnv(place.env)), pino({ level: 'silent' }));
  const { address, namespace } = app.settings.temporal;
  const connection = await connectWorkers({ address: address ?? '' });
  try {
    const deps = await depsOf(app, entitiesOf(place.client));
    const workers = await runWorkers({
      ...{ connection, namespace, queues, host: hostname() },
      activities: createActivities(deps),
      bundle: { codePath: await builtWorkflows() },
    });
    try {
      const died = workers.done.then(() => {
        throw new Error('the workers ended');
      });
      return await Promise.race([run(), died]);
    } finally {
      await workers.stop();
    }
  } finally {
    await connection.close();
  }
}
