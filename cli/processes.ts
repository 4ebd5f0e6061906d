import { InvalidArgumentError, type Command } from 'commander';
import { ensureServer, initTemporal, type Server } from '../app/dev-server.js';
import type { App } from '../app/app.js';
import { UnavailableError } from '../app/errors.js';
import { watchRounds } from '../app/serve.js';
import { temporalAddress } from '../app/temporal.js';
import { queues, type Queue } from '../domain/queues.js';
import { logOption, option, runAction, withGlobals, type Context } from './context.js';
import { runParts, type Part } from './parts.js';
import {
  hostOption,
  metricsPortOption,
  servePortOption,
  temporalPortOption,
  uiPortOption,
} from './ports.js';

interface ProcessOptions {
  /** Of `serve`. */
  port: number;
  /** Of the embedded Temporal server. */
  temporalPort: number;
  host: string;
  uiPort?: number;
  queues: readonly Queue[];
  metricsPort?: number;
}

/** `up`, `worker`, `serve`, `dev-server`, `init-temporal`. */
export function processCommands(program: Command): void {
  const up = program
    .command('up')
    .description('everything in one process group: Temporal, workers, serve')
    .addOption(servePortOption(8080))
    .addOption(temporalPortOption('--temporal-port'))
    .addOption(hostOption())
    .addOption(uiPortOption())
    .addOption(logOption('people'));
  withGlobals(up).action((options: ProcessOptions) =>
    runAction(up, async (context) =>
      runParts(context, async (add) => {
        add(asPart(await startServer(context, options)));
        add(await workerPart(context.app, { ...options, queues }));
        add(await servePart(context, options));
        return 'run';
      }),
    ),
  );
  const worker = program
    .command('worker')
    .description('a worker: evaluates, decides, notifies, trains')
    .addOption(
      option('--queues <names>', 'wf,io,cpu,backfill,train', 'QUEUES')
        .argParser(parseQueues)
        .default(queues, 'all'),
    )
    .addOption(metricsPortOption())
    .addOption(hostOption())
    .addOption(logOption('service'));
  withGlobals(worker).action((options: ProcessOptions) =>
    runAction(worker, async (context) =>
      runParts(context, async (add) => {
        const worker = await workerPart(context.app, options);
        add(worker);
        const { namespace } = context.app.settings.temporal;
        const names = options.queues.join(', ');
        context.progress(`worker for Temporal at ${worker.address} (${namespace}): ${names}`);
        return 'run';
      }),
    ),
  );
  serveCommand(program);
  serverCommands(program);
}

function serveCommand(program: Command): void {
  const serve = program
    .command('serve')
    .description('health, metrics, trainer callbacks; watches that windows come')
    .addOption(servePortOption(8080))
    .addOption(hostOption())
    .addOption(logOption('service'));
  withGlobals(serve).action((options: ProcessOptions) =>
    runAction(serve, async (context) =>
      runParts(context, async (add) => {
        add(await servePart(context, options));
        return 'run';
      }),
    ),
  );
}

function serverCommands(program: Command): void {
  const server = program
    .command('dev-server')
    .description('the embedded Temporal server; its data outlives a restart')
    .addOption(temporalPortOption('--port, --temporal-port'))
    .addOption(uiPortOption());
  withGlobals(server).action((options: ProcessOptions) =>
    runAction(server, async (context) =>
      runParts(context, async (add) => {
        const started = await startServer(context, options);
        add(asPart(started));
        if (started.pid !== null) return 'run';
        context.progress('Nothing was started.');
        return 'stop';
      }),
    ),
  );
  const init = program
    .command('init-temporal')
    .description('register our search attributes on the namespace; a repeat changes nothing');
  withGlobals(init).action(() =>
    runAction(init, async ({ app, progress }) => {
      const address = await temporalAddress(app.settings);
      if (address === null) throw new UnavailableError('No Temporal server: set TEMPORAL_ADDRESS.');
      await initTemporal(app, address);
      progress(`${address}: search attributes are registered.`);
      return 0;
    }),
  );
}

async function startServer(
  { app, progress }: Context,
  options: Pick<ProcessOptions, 'temporalPort' | 'uiPort'>,
): Promise<Server> {
  const uiPort = options.uiPort ?? null;
  const server = await ensureServer(app, { port: options.temporalPort, uiPort, progress });
  progress(`Temporal at ${server.address}${uiPort === null ? '' : `, UI at 127.0.0.1:${uiPort}`}`);
  return server;
}

/** The server as a part. */
export function asPart(server: Server): Part {
  return { stop: () => server.stop(), done: server.exited };
}

/** A worker of this process as a part. */
export async function workerPart(
  app: App,
  options: { queues: readonly Queue[]; metricsPort?: number; host?: string },
): Promise<Part & { address: string }> {
  const { metricsPort, host = '127.0.0.1' } = options;
  const metricsAddress = metricsPort === undefined ? null : `${host}:${metricsPort}`;
  const { startWorkers } = await import('../workers/start.js'); // not for a server alone
  return startWorkers(app, { queues: options.queues, metricsAddress });
}

export async function servePart(
  { app, progress }: Context,
  options: { port: number; host: string },
): Promise<Part> {
  const { apiServer } = await import('../api/server.js');
  const server = apiServer(app);
  const stopping = new AbortController();
  const address = await server.listen({ port: options.port, host: options.host });
  const rounds = watchRounds(app, stopping.signal);
  progress(`serve at ${address}`);
  return {
    stop: async () => {
      stopping.abort();
      await server.close();
      await rounds;
    },
    done: rounds,
  };
}

function parseQueues(text: string): Queue[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !queues.includes(name as Queue));
  if (wrong === undefined) return names as Queue[];
  throw new InvalidArgumentError(`Expected some of ${queues.join(', ')}, got "${wrong}".`);
}
