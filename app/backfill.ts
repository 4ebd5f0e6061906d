import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { windowsWithin } from '../calendar/windows.js';
import { windowInWords } from '../calendar/words.js';
import { publishedOf } from '../activities/deps.js';
import type { Instant } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import {
  backfillId,
  progress,
  workflowTypes,
  type BackfillInput,
  type Progress,
} from '../workflows/messages.js';
import { appliedHead } from './bell.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';

const LOOK_EVERY = 1_000;
const ANSWER_WITHIN = 2_000;

/** What a person asks of a backfill: windows that lie in [from, to). */
export type Asked = Pick<BackfillInput, 'model' | 'from' | 'to' | 'which'>;

/** A backfill that runs. */
export interface RunningBackfill {
  model: string;
  /** null: an older program started it, which did not write it down. */
  asked: Asked | null;
  /** How far it is; null: no worker answers. */
  progress: Progress | null;
}

/** Refuses a span that no evaluated window can lie in: UsageError that says which ones do. */
export async function checkSpan(
  app: App,
  { model, from, to }: { model: string; from: Instant; to: Instant },
): Promise<void> {
  const head = await appliedHead(app, model);
  const { monitor } = await publishedOf(app, head.monitor);
  const { size, timezone } = monitor.windows;
  const given = `[${inZone(from, timezone)}, ${inZone(to, timezone)})`;
  if (from >= to) {
    throw new UsageError(`Expected a span that ends after it begins, got ${given}.`);
  }
  const upTo = Math.min(to, head.watermark);
  if (windowsWithin(monitor.windows, from, upTo).length > 0) return;
  const later = from < head.watermark ? '' : '; later ones are evaluated live, as they fall due';
  throw new UsageError(
    `No window of ${size} lies in ${given} and ends by ${inZone(head.watermark, timezone)}, ` +
      `up to which "${model}" is evaluated${later}.`,
  );
}

/**
 * Starts the backfill of the windows that lie in [from, to). One of the model that runs already is
 * left alone and given; null: there was none.
 */
export async function startBackfill(client: Client, input: Asked): Promise<RunningBackfill | null> {
  const { model } = input;
  const workflowId = backfillId(model);
  try {
    await client.workflow.start(workflowTypes.backfill, {
      ...{ workflowId, taskQueue: 'wf', args: [input], memo: { asked: input } },
      workflowIdConflictPolicy: 'FAIL',
    });
    return null;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await client.workflow.getHandle(workflowId).describe();
    return running(client, model, memo);
  }
}

/** The backfills that run, of all models; their progress is asked for at most 2 s. */
export async function runningBackfills(client: Client): Promise<RunningBackfill[]> {
  const query = `WorkflowType = '${workflowTypes.backfill}' AND ExecutionStatus = 'Running'`;
  const found: Promise<RunningBackfill>[] = [];
  for await (const { workflowId, memo } of client.workflow.list({ query })) {
    found.push(running(client, workflowId.slice(backfillId('').length), memo));
  }
  return Promise.all(found);
}

async function running(
  client: Client,
  model: string,
  memo: Record<string, unknown> | undefined,
): Promise<RunningBackfill> {
  const asked = (memo?.['asked'] ?? null) as Asked | null;
  return { model, asked, progress: await progressOf(client, model) };
}

/** null: no worker answers. */
function progressOf(client: Client, model: string): Promise<Progress | null> {
  const handle = client.workflow.getHandle(backfillId(model));
  return client
    .withDeadline(Date.now() + ANSWER_WITHIN, () => handle.query(progress))
    .catch(() => null);
}

/** True where the one that runs does what is asked. */
export function isSame({ asked }: RunningBackfill, input: Asked): boolean {
  const { from, to, which } = input;
  return asked?.from === from && asked.to === to && asked.which === which;
}

/** The refusal to start a backfill beside one that runs. */
export function alreadyRuns({ model, asked, progress }: RunningBackfill, timezone: string) {
  const span = asked === null ? '' : `, of ${windowInWords(spanOf(asked), timezone)}`;
  const far = progress === null ? '' : ` (${progress.evaluated + progress.failed} windows so far)`;
  const how = asked === null ? '' : ` "${commandOf(asked, timezone)}" waits for it.`;
  return new UsageError(
    `A backfill of "${model}" runs already${span}${far}, one at a time for each model: ask again ` +
      `when it is done.${how}`,
  );
}

const spanOf = ({ from, to }: Asked) => ({ start: from, end: to });

/** What watches it: the same span is no second backfill. */
function commandOf(asked: Asked, timezone: string): string {
  const words = windowInWords(spanOf(asked), timezone).replace(` ${timezone}`, '');
  const span = words.replace(' → ', '..').replaceAll(' ', 'T');
  const again = asked.which === 'all' ? ' --again' : '';
  return `aftercare backfill ${asked.model} ${span}${again} --watch`;
}

/** Waits for a backfill to end and gives its counts; `onProgress` hears of each step. */
export async function watchBackfill(
  client: Client,
  model: string,
  onProgress: (progress: Progress) => void,
): Promise<Progress> {
  const handle = client.workflow.getHandle(backfillId(model));
  const ended = handle.result() as Promise<Progress>;
  let last = -1;
  for (;;) {
    const result = await Promise.race([ended, sleep(LOOK_EVERY).then(() => null)]);
    if (result !== null) return result;
    const step = await progressOf(client, model);
    if (step !== null && step.evaluated + step.failed !== last) {
      last = step.evaluated + step.failed;
      onProgress(step);
    }
  }
}
