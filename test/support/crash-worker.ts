import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { createActivities } from '../../activities/index.js';
import { openApp } from '../../app/app.js';
import { depsOf } from '../../app/deps.js';
import { entitiesOf } from '../../app/entities.js';
import { readSettings } from '../../config/settings.js';
import type { RetryPolicy } from '../../domain/delivering/delivery.js';
import { queues } from '../../domain/queues.js';
import { connectWorkers, runWorkers } from '../../workers/run.js';
import { chaosDeps } from './chaos.js';
import type { ChaosOptions } from './chaos.js';
import './quiet.js';

/** What the process works with: its only argument, as JSON. */
export interface CrashWorkerInput {
  /** As `readSettings` reads it; `TEMPORAL_ADDRESS` and `TEMPORAL_NAMESPACE` are in it. */
  environment: Record<string, string>;
  codePath: string;
  chaos: ChaosOptions;
  /** Evaluations at a time. */
  cpuSlots: number;
  /** How often deliveries are tried; absent: as the product does. */
  retry?: RetryPolicy;
}

const given = JSON.parse(process.argv[2] ?? '{}') as CrashWorkerInput;
const { codePath, chaos, cpuSlots, retry } = given;

const app = openApp(readSettings(given.environment), pino({ level: 'silent' }));
const { address, namespace } = app.settings.temporal;
const connection = await connectWorkers({ address: address ?? '' });
const client = new Client({
  connection: await Connection.connect({ address: address ?? '' }),
  namespace,
});
const deps = chaosDeps(await depsOf(app, entitiesOf(client)), chaos);
const workers = await runWorkers({
  connection,
  namespace,
  activities: createActivities({ ...deps, ...(retry && { retry }) }),
  queues: queues.filter((queue) => queue !== 'backfill'),
  host: deps.host,
  bundle: { codePath },
  cpuSlots,
});
process.stdout.write('ready\n');
await workers.done;
