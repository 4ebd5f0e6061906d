import { hostname } from 'node:os';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { EntityActivities, EvaluateActivities } from '../../activities/types.js';
import { queues } from '../../domain/queues.js';
import type { Queue } from '../../domain/queues.js';
import { runWorkers } from '../../workers/run.js';
import './quiet.js';
import type { TestTemporal } from './namespace.js';

type Activities = EvaluateActivities & EntityActivities;

/** Activities of a test: what it does not give fails for good, by name. */
export function activitiesOf(given: Partial<Activities>): Activities {
  const absent = (name: string) => () => Promise.reject(new Error(`the test gives no ${name}`));
  const names = [
    ...(['planDue', 'evaluateWindow', 'writeOff', 'tell', 'advance', 'advise'] as const),
    ...(['planBackfill', 'finishBackfill', 'decide', 'write', 'attempt'] as const),
  ];
  const none = Object.fromEntries(names.map((name) => [name, absent(name)]));
  return { ...none, ...given } as Activities;
}

/** Workers of all queues (or those named) while `run` runs; they are drained at the end. */
export async function withWorkers<T>(
  temporal: TestTemporal,
  options: {
    bundle: WorkflowBundleOption;
    activities: Partial<Activities>;
    queues?: readonly Queue[];
    host?: string;
  },
  run: () => Promise<T>,
): Promise<T> {
  const workers = await runWorkers({
    connection: temporal.native,
    namespace: temporal.namespace,
    activities: activitiesOf(options.activities),
    queues: options.queues ?? queues,
    host: options.host ?? hostname(),
    bundle: options.bundle,
  });
  try {
    return await run();
  } finally {
    await workers.stop();
  }
}
