import { Runtime } from '@temporalio/worker';
import type { LogLevel, LogMetadata } from '@temporalio/worker';

/** Where the SDK's own lines go: pino's order of arguments. */
export type WorkerLog = Record<
  'trace' | 'debug' | 'info' | 'warn' | 'error',
  (fields: object, message: string) => void
>;

/** Where in the SDK a call to the server is tried again. */
const RETRIES = 'temporalio_client::retry';

/**
 * Sets up the SDK, once in a process and before any connection. Its signal handlers stay away:
 * whoever runs the workers stops them. `metricsAddress`: `127.0.0.1:9464`, for Prometheus.
 * `onRetry` hears of each call that is tried again and says whether that is news: the SDK's own
 * lines of it, dozens a minute while a server is away, are for level debug, and only then.
 */
export function installRuntime(
  log: WorkerLog,
  { metricsAddress, onRetry }: { metricsAddress: string | null; onRetry: () => boolean },
): void {
  const at =
    (level: keyof WorkerLog) =>
    (message: string, meta?: LogMetadata): void => {
      const isRetry = meta?.['target'] === RETRIES;
      if (isRetry && !onRetry()) return;
      log[isRetry || isRoutine(level, message) ? 'debug' : level](meta ?? {}, message);
    };
  const lines = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
  const byLevel: Record<LogLevel, typeof lines.info> = {
    TRACE: lines.trace,
    DEBUG: lines.debug,
    INFO: lines.info,
    WARN: lines.warn,
    ERROR: lines.error,
  };
  Runtime.install({
    logger: { ...lines, log: (level, message, meta) => byLevel[level](message, meta) },
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metricsAddress === null
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: metricsAddress,
                countersTotalSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  });
}

/**
 * Nothing that anybody has to look at: a worker's states, queues that have only activities or only
 * workflows, and a worker that stops while its connection ends, whom the server misses by itself.
 */
export function isRoutine(level: keyof WorkerLog, message: string): boolean {
  const isUsual = /not polling for|^shutdown_worker rpc errored/.test(message);
  return level === 'info' || (level === 'warn' && isUsual);
}
