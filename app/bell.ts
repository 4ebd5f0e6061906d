import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { lastBoundary, windowsWithin } from '../calendar/windows.js';
import { modelHead, publishedOf, watchedHead } from '../activities/deps.js';
import type { ModelHead } from '../domain/model.js';
import { iso, type Instant } from '../domain/window.js';
import {
  backfillId,
  evaluateId,
  progress,
  workflowTypes,
  type BackfillInput,
  type Progress,
} from '../workflows/messages.js';
import type { App } from './app.js';
import { UnavailableError, UsageError } from './errors.js';
import { setPaused } from './schedules.js';

const LOOK_EVERY = 250;

/** The head of an applied model; UsageError when it is not applied. */
export async function appliedHead(app: App, model: string): Promise<ModelHead> {
  const head = await watchedHead(app, model);
  if (head !== null) return head;
  throw new UsageError(`Model "${model}" is not applied. Run "aftercare apply" first.`);
}

/** Rings the bell: evaluates what is due, durably. One more ring while it runs is kept. */
export async function ring(app: App, client: Client, model: string): Promise<void> {
  await appliedHead(app, model);
  await client.schedule.getHandle(evaluateId(model)).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

/**
 * Waits until the watermark has reached the newest boundary that is due; `onWindow` hears of each
 * window. UnavailableError after `patience` ms without a step.
 */
export async function watchRun(
  app: App,
  model: string,
  options: { patience: number; onWindow: (head: ModelHead) => void },
): Promise<ModelHead> {
  const { monitor } = await publishedOf(app, (await appliedHead(app, model)).monitor);
  let seen: Instant | null = null;
  let movedAt = Date.now();
  for (;;) {
    const head = await appliedHead(app, model);
    if (head.watermark !== seen) {
      seen = head.watermark;
      movedAt = Date.now();
      options.onWindow(head);
    }
    const boundary = lastBoundary(monitor.windows, app.clock() - monitor.schedule.lag);
    // A model that was never behind has no window yet, and so no advice.
    const isAnswered = head.advice !== null || head.windows.length === 0;
    if (head.watermark >= boundary && isAnswered) return head;
    if (Date.now() - movedAt > options.patience) {
      throw new UnavailableError(
        `${model}: no window was evaluated for ${options.patience / 1000} s. Is a worker running? ` +
          'Ask "aftercare doctor".',
      );
    }
    await sleep(LOOK_EVERY);
  }
}

/** Refuses a span that no evaluated window can lie in: UsageError that says which ones do. */
export async function checkSpan(
  app: App,
  { model, from, to }: { model: string; from: Instant; to: Instant },
): Promise<void> {
  const head = await appliedHead(app, model);
  const { monitor } = await publishedOf(app, head.monitor);
  const given = `[${iso(from)}, ${iso(to)})`;
  if (from >= to) {
    throw new UsageError(`Expected a span that ends after it begins, got ${given}.`);
  }
  const upTo = Math.min(to, head.watermark);
  if (windowsWithin(monitor.windows, from, upTo).length > 0) return;
  const { size, timezone } = monitor.windows;
  const later = from < head.watermark ? '' : '; later ones are evaluated live, as they fall due';
  throw new UsageError(
    `No window of ${size} (${timezone}) lies in ${given} and ends by ${iso(head.watermark)}, ` +
      `up to which "${model}" is evaluated${later}.`,
  );
}

/** Starts the backfill of the windows that lie in [from, to); one at a time for each model. */
export async function startBackfill(
  client: Client,
  input: Pick<BackfillInput, 'model' | 'from' | 'to' | 'which'>,
): Promise<void> {
  await client.workflow.start(workflowTypes.backfill, {
    workflowId: backfillId(input.model),
    taskQueue: 'wf',
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
  });
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
    const result = await Promise.race([ended, sleep(LOOK_EVERY * 4).then(() => null)]);
    if (result !== null) return result;
    const step = await handle.query(progress).catch(() => null);
    if (step !== null && step.evaluated + step.failed !== last) {
      last = step.evaluated + step.failed;
      onProgress(step);
    }
  }
}

/** Pauses the Schedule until somebody resumes it, or until an instant. A repeat changes the end. */
export async function pause(
  app: App,
  client: Client,
  input: { model: string; by: string; reason: string; until: Instant | null },
): Promise<void> {
  const { model, by, reason, until } = input;
  const head = await appliedHead(app, model);
  await setPaused(client, { model, paused: true, note: `${by}: ${reason}` });
  const paused = { by, reason, until, at: app.clock() };
  await app.lake.updateHead<ModelHead>(modelHead(model), (old) => ({ ...(old ?? head), paused }));
}

/** Lets the bell ring again and rings it once, for what fell due meanwhile within `catchup`. */
export async function resume(
  app: App,
  client: Client,
  { model, note }: { model: string; note: string },
): Promise<void> {
  const head = await appliedHead(app, model);
  await setPaused(client, { model, paused: false, note: note === '' ? 'resumed' : note });
  await app.lake.updateHead<ModelHead>(modelHead(model), (old) => ({
    ...(old ?? head),
    paused: null,
  }));
  await client.schedule.getHandle(evaluateId(model)).trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}
