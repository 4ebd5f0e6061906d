import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type { Became, EvaluateActivities } from '../activities/types.js';
import { dueName } from '../domain/due.js';
import type { Due } from '../domain/due.js';
import type { Queue } from '../domain/queues.js';
import { progress } from './messages.js';
import type { EvaluateInput, Progress } from './messages.js';

/** Short calls: tried until they work, for what they write must be written. */
export const io = proxyActivities<EvaluateActivities>({
  taskQueue: 'io' satisfies Queue,
  startToCloseTimeout: '60s',
  retry: {
    initialInterval: '500ms',
    maximumInterval: '60s',
    nonRetryableErrorTypes: ['BadConfig'],
  },
});

/** One evaluation: no schedule-to-close, for it may wait long for a slot. */
export function evaluation(taskQueue: Queue, due: Due): ActivityOptions {
  return {
    taskQueue,
    summary: dueName(due),
    startToCloseTimeout: '30m',
    heartbeatTimeout: '30s',
    retry: {
      initialInterval: '1s',
      backoffCoefficient: 3,
      maximumInterval: '1m',
      maximumAttempts: 5,
      nonRetryableErrorTypes: ['BadConfig'],
    },
  };
}

/** The words of a failed activity, as short as a sentence. */
export function reasonOf(error: unknown): string {
  if (isCancellation(error)) throw error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  const type = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
  return `${type === '' || type === 'Error' ? '' : `${type}: `}${text}`.slice(0, 500);
}

/** What is carried, without what only the loop needs. */
export function progressOf({ evaluated, failed, newest }: Progress): Progress {
  return { evaluated, failed, newest };
}

/**
 * Works off all windows of a model that are due, oldest first, one after another, and looks again
 * until none is left. Rung by the monitor's Schedule. Gives how many were evaluated and given up.
 */
export async function evaluate(input: EvaluateInput): Promise<Progress> {
  const start = { evaluated: 0, failed: 0, newest: null, except: [] };
  const pass = { ...(input.carried ?? start) };
  setHandler(progress, () => progressOf(pass));
  for (;;) {
    const page = await io.planDue({ model: input.model, except: pass.except });
    const dues = page.filter((due) => !pass.except.includes(due.window.end));
    if (dues.length === 0) break;
    for (const planned of dues) {
      const due = planned.waitUntil === undefined ? planned : await ready(pass, input, planned);
      if (due === null) break;
      pass.newest = due.window.end;
      if (await evaluateOne(input.model, due)) pass.evaluated++;
      else {
        pass.failed++;
        pass.except = [...pass.except, due.window.end];
      }
      if (workflowInfo().continueAsNewSuggested) {
        await makeContinueAsNewFunc<typeof evaluate>()({ model: input.model, carried: pass });
      }
      // The plan may be hours old.
      if (due !== planned) break;
    }
  }
  if (pass.newest !== null) await io.advise({ model: input.model });
  return progressOf(pass);
}

/** Asked until it is ready, which may take long: what is there is answered for before. */
async function ready(
  { newest }: Progress,
  { model }: EvaluateInput,
  due: Due,
): Promise<Due | null> {
  if (newest !== null) await io.advise({ model });
  return io.awaitReady({ model, due });
}

/** Commit → messages → watermark; false when the window could not be evaluated. */
async function evaluateOne(model: string, due: Due): Promise<boolean> {
  const { committed, ...became } = await attemptOrWriteOff(model, due);
  if (committed) await io.tell({ model, windowEnd: due.window.end, revision: due.revision });
  await io.advance({ model, due, ...became });
  return became.outcome !== 'not_evaluated';
}

async function attemptOrWriteOff(
  model: string,
  due: Due,
): Promise<Became & { committed: boolean }> {
  const { evaluateWindow } = proxyActivities<EvaluateActivities>(evaluation('cpu', due));
  let reason: string;
  try {
    return { ...(await evaluateWindow({ model, due, quiet: false })), committed: true };
  } catch (error) {
    reason = reasonOf(error);
  }
  const { committed } = await io.writeOff({ model, due, reason });
  return { outcome: 'not_evaluated', committed };
}
