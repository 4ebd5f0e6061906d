import {
  makeContinueAsNewFunc,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { EvaluateActivities } from '../activities/types.js';
import type { Due } from '../domain/due.js';
import type { Instant } from '../domain/window.js';
import { evaluation, io, progressOf, reasonOf } from './evaluate.js';
import { progress } from './messages.js';
import type { BackfillInput, Progress } from './messages.js';

/** Between two looks at the plan: a run ends only between pages. */
const PAGE = 100;

const { finishBackfill } = proxyActivities<EvaluateActivities>({
  taskQueue: 'backfill',
  startToCloseTimeout: '30m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '60s', nonRetryableErrorTypes: ['BadConfig'] },
});

/**
 * Evaluates old windows at a capped pace, without a message for each; at the end the episodes are
 * written and the entities told once. A window that cannot be evaluated is written off and counted.
 */
export async function backfill(input: BackfillInput): Promise<Progress> {
  const { model, from, to, which } = input;
  const pass: Progress & { after: Instant | null } = {
    ...(input.carried ?? { evaluated: 0, failed: 0, newest: null, after: null }),
  };
  setHandler(progress, () => progressOf(pass));
  for (;;) {
    const planned = await io.planBackfill({ model, from, to, which, after: pass.after });
    const page = planned.slice(0, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    await evaluatePage(input, page, pass);
    pass.after = last.window.end;
    if (workflowInfo().continueAsNewSuggested) {
      const carried = { ...pass, after: last.window.end };
      await makeContinueAsNewFunc<typeof backfill>()({ ...input, carried });
    }
  }
  await finishBackfill({ model, from, to });
  return progressOf(pass);
}

/** So many workers take the windows of a page, in order, until none is left. */
async function evaluatePage(
  input: BackfillInput,
  page: readonly Due[],
  pass: Progress,
): Promise<void> {
  const left = [...page];
  const work = async () => {
    for (let due = left.shift(); due !== undefined; due = left.shift()) {
      pass.newest = due.window.end;
      if (await evaluateQuietly(input.model, due)) pass.evaluated++;
      else pass.failed++;
    }
  };
  await Promise.all(Array.from({ length: input.inFlight ?? 1 }, work));
}

async function evaluateQuietly(model: string, due: Due): Promise<boolean> {
  const { evaluateWindow } = proxyActivities<EvaluateActivities>(evaluation('backfill', due));
  try {
    const { outcome } = await evaluateWindow({ model, due, quiet: true });
    return outcome !== 'not_evaluated';
  } catch (error) {
    await io.writeOff({ model, due, reason: reasonOf(error) });
    return false;
  }
}
