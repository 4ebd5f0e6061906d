import { isDeepStrictEqual } from 'node:util';
import { endEvent } from '../activities/training.js';
import type { RequestSummary, RetrainHead } from '../domain/request.js';
import { isOpen } from '../domain/requests/state.js';
import type { TrainingState } from '../domain/retraining.js';
import { endInCallback } from '../trainers/callback.js';
import { deriveCallbackKey, verifyCallback } from '../trainers/signature.js';
import type { App } from './app.js';
import { entitiesOf } from './entities.js';
import { withTemporal } from './temporal.js';
import { faultOfReference } from './trained-rows.js';

/** A report of a trainer, as it came over HTTP. */
export interface Callback {
  key: string;
  body: Buffer;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Takes in a trainer's report: 401 when it is not genuine, 404 for a training that nobody started,
 * 400 when it reports no end, its result is not whole or the reference that it names is no table
 * (nothing has changed: a corrected report is taken), 409 when the request
 * has another end already, 202 once the entity has it. A repeat is answered alike and does nothing.
 */
export async function receiveCallback(
  app: App,
  callback: Callback,
): Promise<{ status: 202 | 400 | 401 | 404 | 409; title: string }> {
  const { secret } = app.settings.callback;
  if (secret === null) return { status: 404, title: 'no AFTERCARE_SERVER_SECRET: no callbacks' };
  const rawBody = callback.body.toString('utf8');
  const key = deriveCallbackKey(secret, callback.key);
  const verified = verifyCallback({ rawBody, headers: callback.headers, key, now: Date.now() });
  if (!verified.ok) {
    app.log.warn({ training: callback.key }, `callback refused: ${verified.reason}`);
    return { status: 401, title: verified.reason };
  }
  const request = await requestOf(app, callback.key);
  if (request === null) return { status: 404, title: 'no such training' };
  const told = endInCallback(rawBody);
  if (!told.ok) return { status: 400, title: told.reason };
  const known = whatBecame(request, told.end);
  if (known === 'the same') return { status: 202, title: 'taken' };
  if (known !== null) return { status: 409, title: known };
  const fault =
    told.end.state === 'succeeded' ? await faultOfReference(app, told.end.result.reference) : null;
  if (fault !== null) return { status: 400, title: `reference: ${fault}` };
  const id = `callback/${callback.key}/${verified.id}`;
  const event = endEvent(told.end, { id, request: request.id, via: 'callback' });
  await withTemporal(app.settings, ({ client }) =>
    entitiesOf(client).tellRetrain(request.model, event),
  );
  return { status: 202, title: 'taken' };
}

async function requestOf(app: App, key: string): Promise<RequestSummary | null> {
  const heads = await app.lake.listEntityHeads<RetrainHead>('retrain/');
  const all = heads.flatMap(({ value }) => value.requests);
  return all.find((request) => request.training?.key === key) ?? null;
}

/** What a request that no longer waits says to a reported end; null: it waits. */
export function whatBecame(
  request: RequestSummary,
  end: Extract<TrainingState, { state: 'succeeded' | 'failed' }>,
): string | null {
  const { id, result, status, outcome } = request;
  if (result === null && isOpen(request)) return null;
  const isSame =
    end.state === 'succeeded'
      ? isDeepStrictEqual(result, end.result)
      : result === null && outcome === `the training failed: ${end.reason}`;
  if (isSame) return 'the same';
  const why = isOpen(request) ? 'its training has ended already' : (outcome ?? 'it has ended');
  return `does not count: ${id} is ${status}: ${why}`;
}
