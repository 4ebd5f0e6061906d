import { Runtime } from '@temporalio/worker';
import type { LogLevel, LogMetadata } from '@temporalio/worker';

/** Where the SDK's own lines go: pino's order of arguments. */
export type WorkerLog = Record<
  'trace' | 'debug' | 'info' | 'warn' | 'error',
  (fields: object, message: string) => void
>;

/**
 * Sets up the SDK, once in a process and before any connection. Its signal handlers stay away:
 * whoever runs the workers stops them. `metricsAddress`: `127.0.0.1:9464`, for Prometheus.
 */
export function installRuntime(log: WorkerLog, metricsAddress: string | null): void {
  const at =
    (level: keyof WorkerLog) =>
    (message: string, meta?: LogMetadata): void =>
      log[isRoutine(level, message) ? 'debug' : level](meta ?? {}, message);
  const [trace, debug, info, warn, error] = [
    at('trace'),
    at('debug'),
    at('info'),
    at('warn'),
    at('error'),
  ];
  const byLevel: Record<LogLevel, typeof info> = {
    TRACE: trace,
    DEBUG: debug,
    INFO: info,
    WARN: warn,
    ERROR: error,
  };
  Runtime.install({
    logger: {
      trace,
      debug,
      info,
      warn,
      error,
      log: (level, message, meta) => byLevel[level](message, meta),
    },
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

/** A worker's states, and queues that have only activities or only workflows: as they should be. */
function isRoutine(level: keyof WorkerLog, message: string): boolean {
  return level === 'info' || (level === 'warn' && message.includes('not polling for'));
}
