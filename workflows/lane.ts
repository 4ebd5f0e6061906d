import type { ActivityOptions } from '@temporalio/workflow';
import { trainQueue } from '../domain/queues.js';

/** What the loop has to know of an effect; everything else is for the activity that performs it. */
export interface Effect {
  /** `notice`, `start`, `poll`, `stop`, `promote`. */
  kind: string;
  /** The one host that can perform it; absent or empty: any. */
  host?: string;
}

/**
 * The queue and the time limits of one attempt. Every lane has an end also when nobody works on its
 * queue, for an entity continues as new only when no attempt is in flight.
 */
export function lane(effect: Effect): ActivityOptions {
  const once = { retry: { maximumAttempts: 1 }, summary: effect.kind };
  if (effect.kind === 'promote') {
    return {
      ...once,
      taskQueue: 'cpu',
      startToCloseTimeout: '10m',
      heartbeatTimeout: '30s',
      scheduleToCloseTimeout: '1h', // evaluations may be before it in the queue
    };
  }
  if (effect.kind === 'start' || effect.kind === 'poll' || effect.kind === 'stop') {
    const host = effect.host ?? '';
    return {
      ...once,
      taskQueue: host === '' ? 'io' : trainQueue(host),
      startToCloseTimeout: '60s',
      scheduleToCloseTimeout: '2m',
    };
  }
  return { ...once, taskQueue: 'io', startToCloseTimeout: '15s', scheduleToCloseTimeout: '30s' };
}
