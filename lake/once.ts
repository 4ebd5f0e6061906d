import type { AcceptedLevel } from '../domain/level.js';
import type { RegisteredVersion } from '../domain/version.js';
import { pack, sha256, unpack } from './objects.js';
import { encodeName, parseJson } from './store.js';
import type { Store } from './store.js';

/** A kind of documents that are written once and never change, in a folder for each model. */
interface Kind<T> {
  folder: string;
  /** Unique among those of a model. */
  nameOf(document: T): string;
}

export const ACCEPTED: Kind<AcceptedLevel> = {
  folder: 'accepted',
  nameOf: ({ finding }) => finding,
};
export const VERSIONS: Kind<RegisteredVersion> = {
  folder: 'versions',
  nameOf: ({ version }) => version,
};

const folderOf = ({ folder }: Kind<never>, model: string) => `${folder}/${encodeName(model)}/`;

/** Writes a document; whoever comes later, with the same name, gets the one that stands. */
export async function putOnce<T extends { model: string }>(
  store: Store,
  kind: Kind<T>,
  document: T,
): Promise<T> {
  const name = sha256(kind.nameOf(document)).slice(0, 32);
  const key = `${folderOf(kind, document.model)}${name}.json`;
  if (await store.putIfAbsent(key, JSON.stringify(pack(document)))) return document;
  return (await read<T>(store, key)) ?? document;
}

/** The documents of a model, oldest first; those of one instant in the order of their names. */
export async function writtenOnce<T extends { at: number }>(
  store: Store,
  kind: Kind<T>,
  model: string,
): Promise<T[]> {
  const keys = await store.list(folderOf(kind, model));
  const found = await Promise.all(keys.map((key) => read<T>(store, key)));
  return found
    .filter((document) => document !== null)
    .sort((a, b) => a.at - b.at || (kind.nameOf(a) < kind.nameOf(b) ? -1 : 1));
}

async function read<T>(store: Store, key: string): Promise<T | null> {
  const stored = await store.get(key);
  return stored === null ? null : (unpack(parseJson(key, stored.body)) as T);
}
