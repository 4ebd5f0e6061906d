import type { AcceptedLevel } from '../domain/level.js';
import { pack, sha256, unpack } from './objects.js';
import { encodeName, parseJson } from './store.js';
import type { Store } from './store.js';

const folder = (model: string) => `accepted/${encodeName(model)}/`;

/** Writes an accepted level once; a repeat, whoever makes it, returns the one that stands. */
export async function putAccepted(store: Store, level: AcceptedLevel): Promise<AcceptedLevel> {
  const key = `${folder(level.model)}${sha256(level.finding).slice(0, 32)}.json`;
  if (await store.putIfAbsent(key, JSON.stringify(pack(level)))) return level;
  return (await readLevel(store, key)) ?? level;
}

/** The levels that were accepted for a model, in the order in which they were. */
export async function acceptedOf(store: Store, model: string): Promise<AcceptedLevel[]> {
  const keys = await store.list(folder(model));
  const levels = await Promise.all(keys.map((key) => readLevel(store, key)));
  return levels.filter((level) => level !== null).sort((a, b) => a.at - b.at);
}

async function readLevel(store: Store, key: string): Promise<AcceptedLevel | null> {
  const stored = await store.get(key);
  return stored === null ? null : (unpack(parseJson(key, stored.body)) as AcceptedLevel);
}
