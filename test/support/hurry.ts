import { msOptionalToNumber } from '@temporalio/common/lib/time.js';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** The longest that a call, and the silence of one that beats, may last here, ms. */
const longest = 12_000;
/** The longest wait before the next try, ms. */
const longestPause = 2_000;

/**
 * A killed worker's calls are tried again when their limits are over: half a minute to a minute in
 * the product, too long to wait for at every kill. Here they are over sooner, and what is tried
 * more than once is tried until it works: a process is killed more often than the product allows.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) => {
        const { retry: { maximumAttempts, ...retry } = {}, ...options } = input.options;
        const limit = options.heartbeatTimeout === undefined ? 'startToClose' : 'heartbeat';
        const name = `${limit}Timeout` as const;
        const pause = atMost(retry.maximumInterval, longestPause);
        return next({
          ...input,
          options: {
            ...options,
            [name]: atMost(options[name], longest),
            retry:
              maximumAttempts === 1
                ? { ...retry, maximumAttempts }
                : { ...retry, maximumInterval: pause },
          },
        });
      },
    },
  ],
});

function atMost(given: unknown, most: number): number {
  return Math.min(msOptionalToNumber(given) ?? most, most);
}
