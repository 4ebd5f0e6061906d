import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Due } from '../domain/due.js';
import type { ModelHead, Waiting } from '../domain/model.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { readyCounts } from '../domain/ready.js';
import { SourceError } from '../domain/source.js';
import { hasFolders } from '../domain/source-spec.js';
import type { Duration, Window } from '../domain/window.js';
import { askedOf } from '../sources/locate.js';
import { isThere, markersOf } from '../sources/markers.js';
import type { World } from '../sources/source.js';
import { modelHead, publishedOf, watchedHead, type Deps } from './deps.js';
import type { ProfiledAnew } from './evaluate-labels.js';

interface Looking {
  request: { monitor: Monitor; window: Window };
  world: World;
  signal?: AbortSignal | undefined;
}

/** The markers of a window that are not there, and all of them; `most` ends the search early. */
async function lookFor(
  { request: { monitor, window }, world, signal }: Looking,
  most = Infinity,
): Promise<{ all: string[]; missing: string[] }> {
  const { ready, predictions } = monitor;
  if (ready === undefined || !hasFolders(predictions)) return { all: [], missing: [] };
  const asked = { ...askedOf(monitor, window), ...(signal && { signal }) };
  const all = markersOf(predictions, ready, { ...asked, span: window });
  const missing: string[] = [];
  for (const marker of all) {
    if (missing.length >= most) break;
    if (!(await isThere(predictions, marker, { asked, world }))) missing.push(marker);
  }
  return { all, missing };
}

/**
 * Adds the answer `ready` to a profile: which markers of its window are there. Reads only. Throws
 * SourceError when nobody can tell.
 */
export async function withReady(profiled: ProfiledAnew, looking: Looking): Promise<ProfiledAnew> {
  const { monitor, window } = looking.request;
  if (monitor.ready === undefined) return profiled;
  const until = window.end + monitor.schedule.lag + monitor.ready.wait;
  const ready = readyCounts({ ...(await lookFor(looking)), until });
  const add = (one: Profile): Profile => ({ ...one, asked: { ...one.asked, ready } });
  return { ...profiled, profile: add(profiled.profile), stored: add(profiled.stored) };
}

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
    return (await lookFor(looking, 1)).missing[0] ?? null;
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
