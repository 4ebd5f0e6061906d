import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import type { AlertHead } from '../../domain/alerting/state.js';
import type { DeliveryRecord } from '../../domain/audit.js';
import { commitKey } from '../../lake/commits.js';
import { markerOf, pointName } from './chaos.js';
import type { CrashProcess } from './crash-process.js';
import { until } from './namespace.js';
import type { Point } from './chaos.js';
import type { World } from './crash-world.js';
import { HOUR } from './lake.js';
import { historiesOf, replayAll } from './replay.js';
import type { FakeSlack } from './slack.js';
import type { FakeSmtp } from './smtp.js';
import type { Receiver } from './webhook.js';

/**
 * `evaluateWindow commit` → a point before and one after it. The first of two models has those
 * before, the second those after; one alone has all. A model is killed once at each of its points.
 */
export function pointsOf(models: readonly string[], effects: readonly string[]): Point[] {
  return effects.flatMap((effect) => {
    const [activity = '', verb = ''] = effect.split(' ');
    return (['before', 'after'] as const).map((side, index) => {
      const model = models[index % models.length] ?? '';
      return { model, side, activity, verb };
    });
  });
}

/** The models that the points are of. */
export function modelsOf(points: readonly Point[]): string[] {
  return [...new Set(points.map(({ model }) => model))];
}

/** Waits until every point has killed the process; says which have not. */
export async function allKilled(
  folder: string,
  points: readonly Point[],
  process: CrashProcess,
): Promise<void> {
  const isOver = () => process.failure !== null || unreached(folder, points).length === 0;
  await until(isOver, 'all are killed', 600).catch(() => undefined);
  expect(process.failure).toBeNull();
  expect(unreached(folder, points), 'points that nobody reached').toEqual([]);
}

/** Points that have not killed yet. */
function unreached(folder: string, points: readonly Point[]): string[] {
  return points.filter((point) => !existsSync(markerOf(folder, point))).map(pointName);
}

/** Every window has one result of each revision, in order and without a gap; the lake is whole. */
export async function expectWholeLake(
  world: World,
  models: readonly string[],
  windows: { from: number; to: number },
): Promise<void> {
  const { app } = world;
  const ends: number[] = [];
  for (let end = windows.from + HOUR; end <= windows.to; end += HOUR) ends.push(end);
  for (const model of models) {
    const commits = await app.lake.revisionsOf(model);
    expect(
      commits.map((one) => [one.window.end, one.revision, one.error]),
      model,
    ).toEqual(ends.map((end) => [end, 1, null]));
    const written = await Promise.all(
      commits.map((one) => app.lake.store.modified(commitKey(model, one.window.end, one.revision))),
    );
    expect(written, `${model}: in order`).toEqual(
      written.toSorted((a, b) => Number(a) - Number(b)),
    );
    expect((await world.head(model)).watermark, model).toBe(windows.to);
  }
  const { problems } = await app.lake.verify({
    expected: (_, from, to) => ends.filter((end) => end > from && end <= to),
  });
  expect(problems).toEqual([]);
}

export async function alertsOf({ app }: World, model: string) {
  const heads = await app.lake.listEntityHeads<AlertHead>(`alert/${model}/`);
  return heads.map(({ value }) => value.summary).filter(({ episode }) => episode > 0);
}

/** All transitions of the deliveries of a model's alerts and requests, by delivery. */
export async function deliveriesOf(
  { app }: World,
  model: string,
): Promise<Map<string, DeliveryRecord[]>> {
  const heads = await app.lake.listEntityHeads(`alert/${model}/`);
  const entities = [...heads.map(({ entity }) => entity), `retrain/${model}`];
  const all = new Map<string, DeliveryRecord[]>();
  for (const entity of entities) {
    for (const record of await app.lake.deliveriesOf(entity)) {
      all.set(record.deliveryId, [...(all.get(record.deliveryId) ?? []), record]);
    }
  }
  return all;
}

/** Where a channel can be read nothing is there twice. */
export function expectOnceInSlack(slack: FakeSlack): void {
  const ids = slack.messages.map(deliveryIn);
  expect(ids).not.toContain(undefined);
  expect(new Set(ids).size).toBe(ids.length);
}

/** The delivery id in a stored message's metadata. */
function deliveryIn({ metadata }: FakeSlack['messages'][number]): string | undefined {
  return (metadata as { event_payload?: { deliveryId?: string } } | null)?.event_payload
    ?.deliveryId;
}

/** A mail is repeated only after a try that was in doubt, under its own id, and says so. */
export function expectOnlyDoubtfulMailRepeats(
  smtp: FakeSmtp,
  records: ReadonlyMap<string, readonly DeliveryRecord[]>,
): string[] {
  const seen = new Map<string, FakeSmtp['mails']>();
  for (const one of smtp.mails) {
    const id = one.mail.messageId ?? '';
    seen.set(id, [...(seen.get(id) ?? []), one]);
  }
  const repeated: string[] = [];
  for (const [messageId, mails] of seen) {
    if (mails.length === 1) continue;
    const found = [...records].find(([deliveryId]) => messageId.includes(deliveryId));
    expect(
      found?.[1].map(({ state }) => state),
      messageId,
    ).toContain('doubtful');
    for (const { mail } of mails.slice(1)) {
      expect(mail.text).toContain('You may have this already');
    }
    repeated.push(found?.[0] ?? '');
  }
  return repeated;
}

/**
 * A webhook is called again only after a try that was in doubt, under the key that it had: who
 * looks calls up by their key acts on none of them twice. Gives the deliveries called again.
 */
export function expectOnlyDoubtfulCallsRepeat(
  hook: Receiver,
  records: ReadonlyMap<string, readonly DeliveryRecord[]>,
): string[] {
  const times = new Map<string, number>();
  for (const { headers, body } of hook.calls) {
    const { deliveryId } = JSON.parse(body) as { deliveryId: string };
    expect(headers['idempotency-key']).toBe(deliveryId);
    times.set(deliveryId, (times.get(deliveryId) ?? 0) + 1);
  }
  const repeated = [...times].filter(([, count]) => count > 1).map(([deliveryId]) => deliveryId);
  for (const deliveryId of repeated) {
    const states = records.get(deliveryId)?.map(({ state }) => state);
    expect(states, deliveryId).toContain('doubtful');
  }
  return repeated;
}

/** What is known as sent was never tried again. */
export function expectSentIsLast(records: ReadonlyMap<string, readonly DeliveryRecord[]>): void {
  for (const [deliveryId, transitions] of records) {
    const sent = transitions.filter(({ state }) => state === 'sent');
    expect(sent.length, deliveryId).toBeLessThanOrEqual(1);
    const last = Math.max(...transitions.map(({ attempt }) => attempt));
    for (const { attempt } of sent) expect(attempt, deliveryId).toBe(last);
  }
}

/** Every history replays, with the effects that it had. */
export async function expectReplays({ temporal, bundle }: World): Promise<void> {
  const histories = await historiesOf(temporal.client);
  expect(histories.length).toBeGreaterThan(0);
  for (const { workflowId, error, replayed, recorded } of await replayAll(bundle, histories)) {
    expect(error, workflowId).toBeUndefined();
    // The replay of one that still runs does what its next task would have done, too.
    expect(replayed.slice(0, recorded.length), workflowId).toEqual(recorded);
  }
}
