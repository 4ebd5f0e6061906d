import type { Instant } from '../domain/window.js';

export type Body = string | Uint8Array;

/** A document and the state it was read in; the etag is for `replaceIf` only. */
export interface Stored {
  body: Uint8Array;
  etag: string;
}

/** What a killed process may leave behind: never read by anybody. */
export interface Leftover {
  key: string;
  modified: Instant;
}

/**
 * Where the lake lives: four verbs, over a folder now and an object store later. A key is
 * segments of [A-Za-z0-9_.:%~@+-] between slashes. What was put never changes; only a document that
 * was made by `replaceIf` may, and that one is never put.
 */
export interface Store {
  /** Writes a document once; false when the key is taken. Whole or not there, whatever dies. */
  putIfAbsent(key: string, body: Body): Promise<boolean>;
  /** The same with a local file, which is moved in (and is gone when the key was taken). */
  putFileIfAbsent(key: string, file: string): Promise<boolean>;
  /** null: there is none. */
  get(key: string): Promise<Stored | null>;
  /** All keys that begin with `prefix`, sorted; a replaceable document once. */
  list(prefix: string): Promise<string[]>;
  /** Writes the next state of a document if its present one has this etag; null: if none is. */
  replaceIf(key: string, etag: string | null, body: Body): Promise<boolean>;

  /** For housekeeping only. A repeat does nothing. */
  remove(key: string): Promise<void>;
  /** When a document was written; null: there is none. */
  modified(key: string): Promise<Instant | null>;
  /** What DuckDB opens to read this key. */
  location(key: string): string;
  /** Path of a local file that nobody else uses, to be written and then moved in. */
  scratch(): Promise<string>;
  leftovers(): Promise<Leftover[]>;
}

/** Throws a TypeError that names the first segment that no store could hold. */
export function checkKey(key: string): void {
  for (const segment of key.split('/')) {
    if (/^[A-Za-z0-9_%][A-Za-z0-9_.:%~@+-]*$/.test(segment)) continue;
    throw new TypeError(
      `The key "${key}" has the segment "${segment}"; expected letters, digits and _.:%~@+-, ` +
        'not beginning with a dot. Example: commits/churn/20261122T000000Z-1.json',
    );
  }
}

/** One segment for any name (a model id, a delivery id); `decodeName` gives the name back. */
export function encodeName(name: string): string {
  if (name === '') throw new TypeError('A name in the lake is empty; expected at least a letter.');
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name)
    .replace(/[!'()*~]/g, hex)
    .replace(/^[.-]/, hex);
}

export function decodeName(segment: string): string {
  return decodeURIComponent(segment);
}

/** Two segments for `kind/rest`, the names of entities and heads: `alert`, `churn%2Fdrift`. */
export function encodeEntity(entity: string): string {
  const slash = entity.indexOf('/');
  if (slash < 1 || slash === entity.length - 1) {
    throw new TypeError(`Expected an entity as kind/name, got "${entity}". Example: model/churn`);
  }
  return `${encodeName(entity.slice(0, slash))}/${encodeName(entity.slice(slash + 1))}`;
}

/** The inverse, from the two segments. */
export function decodeEntity(kind: string, rest: string): string {
  return `${decodeName(kind)}/${decodeName(rest)}`;
}

/** `20261122T000000Z`: a window's end as a segment; sorts as time does. */
export function windowName(end: Instant): string {
  if (!Number.isInteger(end) || end % 1000 !== 0) {
    throw new RangeError(`The window's end is ${end}; expected whole seconds since 1970, in ms.`);
  }
  return new Date(end).toISOString().replace(/[-:]|\.000/g, '');
}

/** The inverse of `windowName`; NaN for anything else. */
export function windowOfName(name: string): Instant {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name);
  if (parts === null) return NaN;
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  const [y = NaN, m = NaN, d = NaN] = [year, month, day];
  return Date.UTC(y, m - 1, d, hour, minute, second);
}

/** The document parsed, null when there is none; an error names the key. */
export async function getJson<T>(store: Store, key: string): Promise<T | null> {
  const stored = await store.get(key);
  return stored === null ? null : parseJson<T>(key, stored.body);
}

/** `T` is the caller's word for what this lake wrote there. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function parseJson<T>(key: string, body: Uint8Array): T {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as T;
  } catch {
    throw new Error(
      `${key} is not JSON (${body.length} bytes); expected a document as the lake wrote it. ` +
        '"aftercare lake verify" lists what else is damaged.',
    );
  }
}
