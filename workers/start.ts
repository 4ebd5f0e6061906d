import { Client } from '@temporalio/client';
import { createActivities } from '../activities/index.js';
import type { App } from '../app/app.js';
import { depsOf } from '../app/deps.js';
import { entitiesOf } from '../app/entities.js';
import { UnavailableError } from '../app/errors.js';
import { connect, credentials, temporalAddress, withTemporal } from '../app/temporal.js';
import type { Queue } from '../domain/queues.js';
import { watchAway, type AwayWatch } from './away.js';
import { connectWorkers, runWorkers, type RunningWorkers } from './run.js';
import { installRuntime } from './runtime.js';
import { workflowCode } from './workflow-code.js';

/** Workers of this process, and how they end. */
export interface StartedWorkers extends Pick<RunningWorkers, 'done' | 'isRunning'> {
  /** The server that they work for. */
  address: string;
  /** Drains, closes the connections. */
  stop(): Promise<void>;
}

/**
 * Reads the settings, builds the dependencies and works on the queues until it is stopped. The
 * only place where activities get their parts. UnavailableError when no server is known.
 */
export async function startWorkers(
  app: App,
  options: { queues: readonly Queue[]; metricsAddress: string | null },
): Promise<StartedWorkers> {
  const { settings, log } = app;
  const address = await temporalAddress(settings);
  if (address === null) {
    throw new UnavailableError(
      'No Temporal server is known: set TEMPORAL_ADDRESS, or run "aftercare dev-server".',
    );
  }
  const away = awayWatch(app, address);
  installRuntime(log, { metricsAddress: options.metricsAddress, onRetry: away.noteRetry });
  const { namespace } = settings.temporal;
  const connection = await connectWorkers(credentials(address, settings));
  const clientConnection = await connect(address, settings);
  const client = new Client({ connection: clientConnection, namespace });
  const deps = await depsOf(app, entitiesOf(client));
  const workers = await runWorkers({
    connection,
    namespace,
    activities: createActivities(deps),
    queues: options.queues,
    host: deps.host,
    bundle: options.queues.includes('wf') ? await workflowCode() : null,
  });
  return {
    address,
    done: workers.done,
    isRunning: () => workers.isRunning(),
    stop: async () => {
      away.stop();
      await workers.stop();
      await connection.close();
      await clientConnection.close();
    },
  };
}

const EVERY = 2_000;

/** Two lines for an outage of the server, however long: when it began, when it was over. */
function awayWatch({ settings, log }: App, address: string): AwayWatch {
  return watchAway({
    asks: () =>
      withTemporal(settings, async ({ connection }) => {
        await connection.withDeadline(Date.now() + 5_000, () => connection.healthService.check({}));
      }),
    say: (state) => {
      if (state === 'back') log.warn({}, `Temporal at ${address} answers again`);
      else log.warn({}, `Temporal at ${address} does not answer; trying until it does`);
    },
    every: EVERY,
  });
}
