import { NativeConnection, Worker } from '@temporalio/worker';
import type {
  NativeConnectionOptions,
  WorkerOptions,
  WorkflowBundleOption,
} from '@temporalio/worker';
import type { EntityActivities, EvaluateActivities } from '../activities/types.js';
import { trainQueue } from '../domain/queues.js';
import type { Queue } from '../domain/queues.js';

export interface RunWorkersOptions {
  connection: NativeConnection;
  namespace: string;
  activities: EvaluateActivities & EntityActivities;
  /** Which queues this process works on. */
  queues: readonly Queue[];
  /** This host's name, for `train@<host>`. */
  host: string;
  /** Needed for `wf` only. */
  bundle: WorkflowBundleOption | null;
  /** Evaluations at a time on `cpu`, 1 by default: DuckDB uses all cores for one. */
  cpuSlots?: number;
}

export interface RunningWorkers {
  /** Drains: running activities have 20 s, then they are cancelled. Resolves when all stopped. */
  stop(): Promise<void>;
  /** Resolves when all stopped; rejects with the first worker that failed, the others stop. */
  done: Promise<void>;
  /** Every worker polls. */
  isRunning(): boolean;
}

/** One worker for each queue, in this process, over one connection. */
export async function runWorkers(options: RunWorkersOptions): Promise<RunningWorkers> {
  const workers: Worker[] = [];
  for (const queue of options.queues) workers.push(await Worker.create(optionsOf(queue, options)));
  const stopAll = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      stopAll();
    }
  });
  const done = Promise.allSettled(runs).then((results) => {
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  });
  done.catch(() => undefined); // whoever awaits it sees it; nobody has to
  return {
    stop: async () => {
      stopAll();
      await done;
    },
    done,
    isRunning: () => workers.every((worker) => worker.getState() === 'RUNNING'),
  };
}

function optionsOf(queue: Queue, options: RunWorkersOptions): WorkerOptions {
  const { connection, namespace, activities, host } = options;
  const common = {
    connection,
    namespace,
    taskQueue: queue === 'train' ? trainQueue(host) : queue,
    shutdownGraceTime: '20s',
    shutdownForceTime: '60s',
    // The default of 60 s would send a heartbeat only every 24 s of a 30 s limit.
    maxHeartbeatThrottleInterval: '5s',
    defaultHeartbeatThrottleInterval: '5s',
  } as const;
  const slots = (count: number) => ({ maxConcurrentActivityTaskExecutions: count });
  switch (queue) {
    case 'wf':
      return { ...common, ...loops(options) };
    case 'io':
      return { ...common, activities, ...slots(100) };
    case 'cpu':
      return { ...common, activities, ...slots(options.cpuSlots ?? 1) };
    case 'backfill':
      return { ...common, activities, ...slots(1) };
    case 'train':
      return { ...common, activities, ...slots(10) };
  }
}

function loops({ activities, bundle }: RunWorkersOptions): Partial<WorkerOptions> {
  if (bundle === null) throw new Error('queue wf needs the bundle of the workflows; got none');
  const decide: EntityActivities['decide'] = (...args) => activities.decide(...args);
  return {
    workflowBundle: bundle,
    activities: { decide },
    enableNonLocalActivities: false,
    maxCachedWorkflows: 300,
    // After a worker was killed, its entities wait that long for it.
    stickyQueueScheduleToStartTimeout: '2s',
  };
}

/**
 * Connects, trying again every second until `patience` (ms) is over: the first connection fails
 * fast, and a server may start beside us. Then throws the last error, naming the address.
 */
export async function connectWorkers(
  options: NativeConnectionOptions & { address: string },
  patience = 30_000,
): Promise<NativeConnection> {
  const rounds = Math.max(1, Math.ceil(patience / 1_000));
  for (let round = 1; ; round++) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (round >= rounds) {
        const said = error instanceof Error ? error.message : String(error);
        const why = /message: "([^"]+)"/.exec(said)?.[1] ?? said; // of the SDK's own structures
        throw new Error(`no Temporal server answers at ${options.address}: ${why}`, {
          cause: error,
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
