import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { readyCounts } from '../domain/ready.js';
import { hasFolders } from '../domain/source-spec.js';
import type { Window } from '../domain/window.js';
import { askedOf } from '../sources/locate.js';
import { isThere, markersOf } from '../sources/markers.js';
import type { World } from '../sources/source.js';
import type { ProfiledAnew } from './evaluate-labels.js';

/** Whose markers are looked for, of which window. */
export interface Looking {
  request: { monitor: Monitor; window: Window };
  world: World;
  signal?: AbortSignal | undefined;
}

/** The markers of a window that are not there, and all of them; `most` ends the search early. */
export async function lookForMarkers(
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
  const ready = readyCounts({ ...(await lookForMarkers(looking)), until });
  const add = (one: Profile): Profile => ({ ...one, asked: { ...one.asked, ready } });
  return { ...profiled, profile: add(profiled.profile), stored: add(profiled.stored) };
}
