import type { RegisteredVersion } from '../domain/version.js';
import { pack, sha256, unpack } from './objects.js';
import { encodeName, parseJson } from './store.js';
import type { Store } from './store.js';

const folder = (model: string) => `versions/${encodeName(model)}/`;

/** Writes a version once; whoever comes later gets the one that stands. */
export async function putVersion(
  store: Store,
  version: RegisteredVersion,
): Promise<RegisteredVersion> {
  const key = `${folder(version.model)}${sha256(version.version).slice(0, 32)}.json`;
  if (await store.putIfAbsent(key, JSON.stringify(pack(version)))) return version;
  return (await readVersion(store, key)) ?? version;
}

/** The versions of a model, in the order in which they were registered. */
export async function versionsOf(store: Store, model: string): Promise<RegisteredVersion[]> {
  const keys = await store.list(folder(model));
  const read = await Promise.all(keys.map((key) => readVersion(store, key)));
  const found = read.filter((version) => version !== null);
  return found.sort((a, b) => a.at - b.at || (a.version < b.version ? -1 : 1));
}

async function readVersion(store: Store, key: string): Promise<RegisteredVersion | null> {
  const stored = await store.get(key);
  return stored === null ? null : (unpack(parseJson(key, stored.body)) as RegisteredVersion);
}
