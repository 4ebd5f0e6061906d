import type { Instant } from '../domain/window.js';
import { getJson, windowOfName } from './store.js';
import type { Store } from './store.js';

/** Where the evaluations of one model and month lie, once files were merged. */
export interface MergeManifest {
  version: 1;
  /** Every evaluation is in at most one merged file. */
  merged: readonly { key: string; holds: readonly string[] }[];
  /** Files that nobody is sent to any more; they are deleted a day after `at`. */
  retired: readonly { key: string; at: Instant }[];
}

export const NOTHING_MERGED: MergeManifest = { version: 1, merged: [], retired: [] };

/** An evaluation's key in its parts; null: it is none. */
function parseEvaluationKey(key: string): { model: string; end: Instant } | null {
  const [, model = '', name = ''] = /^evaluations\/([^/]+)\/(\w+)\/[^/]+$/.exec(key) ?? [];
  const end = windowOfName(name);
  return Number.isNaN(end) ? null : { model, end };
}

/** `2026-11`, of the window's end, in UTC. */
export function monthOf(end: Instant): string {
  return new Date(end).toISOString().slice(0, 7);
}

/** `model` as it stands in keys. */
export function manifestKey(model: string, month: string): string {
  return `manifests/${model}/${month}`;
}

/** Evaluation key → key of the file that holds it now. */
export async function placesNow(
  store: Store,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const manifests = new Set<string>();
  for (const key of keys) {
    const parts = parseEvaluationKey(key);
    if (parts !== null) manifests.add(manifestKey(parts.model, monthOf(parts.end)));
  }
  const places = new Map(keys.map((key) => [key, key]));
  for (const name of manifests) {
    const manifest = await getJson<MergeManifest>(store, name);
    for (const { key, holds } of manifest?.merged ?? []) {
      for (const held of holds) if (places.has(held)) places.set(held, key);
    }
  }
  return places;
}

/** The files that DuckDB opens to read these evaluations, each once. */
export async function locate(store: Store, keys: readonly string[]): Promise<string[]> {
  const places = await placesNow(store, keys);
  return [...new Set(places.values())].map((key) => store.location(key));
}
