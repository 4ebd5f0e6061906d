import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { lastBoundary } from '../calendar/windows.js';
import { modelHead, publishedOf, watchedHead } from '../activities/deps.js';
import { didYouMean } from '../checks/spelling.js';
import { waitingOf, type ModelHead } from '../domain/model.js';
import type { Instant } from '../domain/window.js';
import { evaluateId } from '../workflows/messages.js';
import type { App } from './app.js';
import { firstFew, UnavailableError, UsageError } from './errors.js';
import { onSchedule } from './missing-schedules.js';
import { recordAct } from './model-record.js';
import { pauseNote, setPaused } from './schedules.js';

const LOOK_EVERY = 250;

/** The head of an applied model; UsageError when it is not applied. */
export async function appliedHead(app: App, model: string): Promise<ModelHead> {
  const head = await watchedHead(app, model);
  if (head !== null) return head;
  const heads = await app.lake.listModelHeads();
  const watched = heads.filter(({ retiredAt }) => retiredAt === null).map((one) => one.model);
  const known = watched.length === 0 ? '' : ` Applied: ${firstFew(watched)}.`;
  const hint = didYouMean(model, watched) || `${known} Run "aftercare apply" first.`;
  throw new UsageError(`Model "${model}" is not applied.${hint}`);
}

/** The zone of an applied model's windows, in which bare dates are meant and instants are told. */
export async function appliedZone(app: App, model: string): Promise<string> {
  const { monitor } = await publishedOf(app, (await appliedHead(app, model)).monitor);
  return monitor.windows.timezone;
}

/** Rings the bell: evaluates what is due, durably. One more ring while it runs is kept. */
export async function ring(app: App, client: Client, model: string): Promise<void> {
  await appliedHead(app, model);
  const handle = client.schedule.getHandle(evaluateId(model));
  await onSchedule(model, () => handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE));
}

/** Who rang a model's bell, and why. */
export function recordRing(
  app: App,
  model: string,
  who: { by: string; reason: string | null },
): Promise<void> {
  const act = { action: 'run', subject: evaluateId(model), repeat: 'again' } as const;
  return recordAct(app, model, { ...act, at: app.clock(), ...who });
}

/**
 * Waits until the watermark has reached the newest boundary that is due, or a window waits for a
 * marker; `onWindow` hears of each window. UnavailableError after `patience` ms without a step.
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
      if (seen !== null) options.onWindow(head);
      seen = head.watermark;
      movedAt = Date.now();
    }
    const boundary = lastBoundary(monitor.windows, app.clock() - monitor.schedule.lag);
    // A model that was never behind has no window yet, or those of a backfill, and so no advice.
    const isLive = head.windows.length > 0 && head.lastRunAt !== null;
    const isAnswered = head.advice !== null || !isLive;
    if (waitingOf(head, app.clock()) !== null) return head;
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

/**
 * Pauses the Schedule until somebody resumes it, or until an instant. A repeat changes the end;
 * gives the pause that it takes the place of, null: it rang.
 */
export async function pause(
  app: App,
  client: Client,
  input: { model: string; by: string; reason: string; until: Instant | null },
): Promise<ModelHead['paused']> {
  const { model, by, reason, until } = input;
  const head = await appliedHead(app, model);
  const note = pauseNote(input);
  await onSchedule(model, () => setPaused(client, { model, paused: true, note }));
  const paused = { by, reason, until, at: app.clock() };
  await app.lake.updateHead<ModelHead>(modelHead(model), (old) => ({ ...(old ?? head), paused }));
  return head.paused;
}

/**
 * Lets the bell ring again and rings it once, for what fell due meanwhile within `catchup`. One
 * that was not paused, by us or in Temporal, rings once.
 */
export async function resume(
  app: App,
  client: Client,
  { model, note }: { model: string; note: string },
): Promise<'paused' | 'ringing'> {
  const head = await appliedHead(app, model);
  const handle = client.schedule.getHandle(evaluateId(model));
  const { state } = await onSchedule(model, () => handle.describe());
  const ended = { model, paused: false, note: note === '' ? 'resumed' : note };
  await onSchedule(model, () => setPaused(client, ended));
  await app.lake.updateHead<ModelHead>(modelHead(model), (old) => ({
    ...(old ?? head),
    paused: null,
  }));
  await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  return state.paused || head.paused !== null ? 'paused' : 'ringing';
}
