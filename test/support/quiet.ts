import { DefaultLogger, Runtime } from '@temporalio/worker';

/** What tests provoke is not worth a line: refused updates, failing activities, missing sinks. */
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});
