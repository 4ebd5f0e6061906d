import type { ModelHead } from '../domain/model.js';
import { canonical } from './objects.js';
import { decodeEntity, encodeEntity, getJson, parseJson } from './store.js';
import type { Store } from './store.js';

/** The head of an entity: replaced only by one of a higher sequence. */
export interface EntityHead<T = unknown> {
  entity: string;
  sequence: number;
  value: T;
}

/** `model/<id>`, `alert/<model>/<category>`, `retrain/<model>`. */
export function headKey(name: string): string {
  return `heads/${encodeEntity(name)}`;
}

/** null: there is none yet. */
export async function readHead<T>(store: Store, name: string): Promise<T | null> {
  return getJson<T>(store, headKey(name));
}

const MOST_TRIES = 200;

/**
 * Changes a head: reads it, applies `change`, writes the next state unless somebody else did so
 * meanwhile, and then begins again. `change` may therefore run more than once; it changes its own
 * fields and keeps the others. Returns the state that stands; the same state again writes nothing.
 */
export async function updateHead<T>(
  store: Store,
  name: string,
  change: (old: T | null) => T,
): Promise<T> {
  const key = headKey(name);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const stored = await store.get(key);
    const old = stored === null ? null : parseJson<T>(key, stored.body);
    const before = stored === null ? null : canonical(old);
    const next = change(old);
    if (canonical(next) === before) return next;
    if (await store.replaceIf(key, stored?.etag ?? null, JSON.stringify(next))) return next;
    await pause(tries);
  }
  throw new Error(`The head ${name} changed ${MOST_TRIES} times while it was to be written.`);
}

/** A few milliseconds, by chance, so that writers do not meet again. */
async function pause(tries: number): Promise<void> {
  const most = Math.min(2 ** tries, 32);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
}

/**
 * Writes the head of an entity if its sequence is higher than the one that stands: a repeat or a
 * late attempt never puts an older head over a newer. True when this value stands now.
 */
export async function putEntityHead(store: Store, head: EntityHead): Promise<boolean> {
  const stands = await updateHead<EntityHead>(store, head.entity, (old) =>
    old !== null && old.sequence >= head.sequence ? old : head,
  );
  return stands === head;
}

/** What the entity's head says; null: it never wrote one. */
export async function readEntityHead<T>(store: Store, entity: string): Promise<T | null> {
  return (await readHead<EntityHead<T>>(store, entity))?.value ?? null;
}

/** Names of heads that begin with `prefix` (`alert/`, `alert/churn/`), sorted. */
export async function headNames(store: Store, prefix: string): Promise<string[]> {
  const kind = prefix.includes('/') ? prefix.slice(0, prefix.indexOf('/') + 1) : '';
  const names = (await store.list(`heads/${kind}`)).map((key) => {
    const [, first = '', rest = ''] = key.split('/');
    return decodeEntity(first, rest);
  });
  return names.filter((name) => name.startsWith(prefix)).sort();
}

/** The heads whose names begin with `prefix`, by name. */
async function listHeads<T>(store: Store, prefix: string): Promise<T[]> {
  const names = await headNames(store, prefix);
  const heads = await Promise.all(names.map((name) => readHead<T>(store, name)));
  return heads.filter((head) => head !== null);
}

/** The heads of the entities whose names begin with `prefix`, by name. */
export async function listEntityHeads<T>(store: Store, prefix: string): Promise<EntityHead<T>[]> {
  return listHeads<EntityHead<T>>(store, prefix);
}

/** Every model's head, by id. */
export async function listModelHeads(store: Store): Promise<ModelHead[]> {
  return listHeads<ModelHead>(store, 'model/');
}
