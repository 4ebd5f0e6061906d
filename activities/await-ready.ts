import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Due } from '../domain/due.js';
import type { ModelHead, Waiting } from '../domain/model.js';
import { SourceError } from '../domain/source.js';
import type { Duration } from '../domain/window.js';
import { modelHead, publishedOf, watchedHead, type Deps } from './deps.js';
import { lookForMarkers, type Looking } from './ready.js';

const LONGEST: Duration = 5 * 60_000;

/**
 * The window, known now, once its markers are there or the wait is over; null: its monitor is no
 * more the one that holds, so plan again. Else throws a failure that is tried again after 1 s, then
 * ever later, up to 5 min; the head says for what it waits. A source that cannot be reached has no
 * marker yet. A repeat changes nothing.
 */
export async function awaitReady(
  deps: Deps,
  { model, due }: { model: string; due: Due },
): Promise<Due | null> {
  const head = await watchedHead(deps, model);
  if (head?.monitor !== due.monitor) return null;
  const { monitor } = await publishedOf(deps, due.monitor);
  const { window, waitUntil: until = 0 } = due;
  const [now, request] = [deps.clock(), { monitor, window }];
  const looking = { request, world: deps.world, signal: cancellationSignal() };
  const marker = now >= until ? null : await missingOf(looking);
  await noteWaiting(deps, head, marker === null ? null : { end: window.end, marker, until });
  if (marker === null) return { ...due, knownAt: now };
  const { attempt } = activityInfo();
  throw ApplicationFailure.create({
    type: 'Waiting',
    message: `waiting for ${marker} until ${new Date(until).toISOString()}`,
    nextRetryDelay: Math.min(1000 * 2 ** Math.min(attempt - 1, 20), LONGEST, until - now),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** The first marker that is not there, or that nobody can look for; null: all are. */
async function missingOf(looking: Looking): Promise<string | null> {
  try {
    return (await lookForMarkers(looking, 1)).missing[0] ?? null;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return error.message;
  }
}

async function noteWaiting(
  { lake }: Deps,
  { model, waiting: known = null }: ModelHead,
  waiting: Waiting | null,
): Promise<void> {
  if (known?.end === waiting?.end && known?.marker === waiting?.marker) return;
  await lake.updateHead<ModelHead>(modelHead(model), (head) => {
    if (head === null) throw new Error(`Model "${model}" has no head; run aftercare apply.`);
    return { ...head, waiting };
  });
}
