import fs from 'node:fs/promises';
import path from 'node:path';
import type { Dirent } from 'node:fs';
import {
  codeOf,
  ifThere,
  moveSynced,
  put,
  readdir,
  readFile,
  statOf,
  temporaryIn,
  TEMPORARY,
  writeSynced,
} from './file.js';
import { checkKey } from './store.js';
import type { Body, Leftover, Store, Stored } from './store.js';

/** Generations of a replaceable document that stay: a reader may just be opening the older one. */
const KEPT = 2;
/** And all that are younger: a slow writer must find the name of its generation taken. */
const KEPT_FOR = 10 * 60_000;
const GENERATION = /^\d+$/;

/**
 * The lake in a folder. A document is written to a temporary file beside its place, synced, and
 * hard-linked to its name, which fails when the name is taken. A replaceable document is a folder
 * of generations, `<key>/<n>`; the highest is the present one.
 */
export function folderStore(root: string): Store {
  const at = (key: string) => {
    checkKey(key);
    return path.join(root, ...key.split('/'));
  };
  const once = (key: string) => {
    if (GENERATION.test(path.posix.basename(key))) {
      throw new TypeError(`The key "${key}" ends in a bare number, which names a generation.`);
    }
    return at(key);
  };
  return {
    putIfAbsent: (key, body) => put(once(key), (temporary) => writeSynced(temporary, body)),
    putFileIfAbsent: async (key, file) => {
      const created = await put(once(key), (temporary) => moveSynced(file, temporary));
      await fs.rm(file, { force: true });
      return created;
    },
    get: (key) => read(at(key)),
    list: (prefix) => list(root, prefix),
    replaceIf: (key, etag, body) => replace(at(key), etag, body),
    remove: (key) => remove(path.join(root, ...key.split('/'))),
    modified: async (key) => (await statOf(at(key)))?.mtimeMs ?? null,
    location: at,
    scratch: async () => {
      await fs.mkdir(root, { recursive: true });
      return temporaryIn(root);
    },
    leftovers: () => leftovers(root),
  };
}

async function generations(folder: string): Promise<number[]> {
  const names = (await ifThere(readdir(folder))) ?? [];
  return names
    .filter((name) => GENERATION.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function read(file: string): Promise<Stored | null> {
  // Both looks together find whatever there is; the likelier one first spares the other.
  const looks = path.extname(file) === '' ? [newest, whole] : [whole, newest];
  for (const look of looks) {
    const found = await look(file);
    if (found !== null) return found;
  }
  return null;
}

async function whole(file: string): Promise<Stored | null> {
  try {
    return { body: await readFile(file), etag: 'once' };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return null;
    throw error;
  }
}

async function newest(folder: string): Promise<Stored | null> {
  for (;;) {
    const generation = (await generations(folder)).at(-1);
    if (generation === undefined) return null;
    const body = await ifThere(readFile(path.join(folder, String(generation))));
    if (body !== null) return { body, etag: String(generation) };
    // Two newer ones came between the look and the read: look again.
  }
}

async function replace(folder: string, etag: string | null, body: Body): Promise<boolean> {
  const lookedAt = Date.now();
  const before = (await generations(folder)).at(-1) ?? null;
  if (etag !== (before === null ? null : String(before))) return false;
  const next = (before ?? 0) + 1;
  const file = path.join(folder, String(next));
  if (!(await put(file, (temporary) => writeSynced(temporary, body)))) return false;
  const now = await generations(folder);
  if (now.at(-1) !== next && Date.now() - lookedAt >= KEPT_FOR) {
    // It slept so long that the name may have been free only because housekeeping had passed.
    // Sooner, a newer generation was made from this one, and this one counts.
    await fs.rm(file, { force: true });
    return false;
  }
  await forget(folder, now.slice(0, -KEPT));
  return true;
}

/** Removes generations that nobody can be about to write again. */
async function forget(folder: string, old: readonly number[]): Promise<void> {
  for (const generation of old) {
    const file = path.join(folder, String(generation));
    const stat = await statOf(file);
    if (stat !== null && Date.now() - stat.mtimeMs < KEPT_FOR) return; // those after it are younger
    await fs.rm(file, { force: true });
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return (await ifThere(readdir(folder, { withFileTypes: true }))) ?? [];
}

async function list(root: string, prefix: string): Promise<string[]> {
  const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const found: string[] = [];
  const walk = async (key: string): Promise<void> => {
    const folders: string[] = [];
    let replaceable = false;
    for (const entry of await entriesOf(path.join(root, key))) {
      if (entry.isDirectory()) folders.push(`${key}${entry.name}/`);
      else if (GENERATION.test(entry.name)) replaceable = true;
      else if (!TEMPORARY.test(entry.name)) found.push(`${key}${entry.name}`);
    }
    if (replaceable) found.push(key.slice(0, -1));
    const inside = (folder: string) => folder.startsWith(prefix) || prefix.startsWith(folder);
    await Promise.all(folders.filter(inside).map(walk));
  };
  await walk(base);
  return found.filter((key) => key.startsWith(prefix)).sort();
}

async function remove(file: string): Promise<void> {
  await fs.rm(file, { force: true, recursive: true });
  // An empty folder is no document; one that just got a file refuses.
  await fs.rmdir(path.dirname(file)).catch(() => undefined);
}

async function leftovers(root: string): Promise<Leftover[]> {
  const names = (await ifThere(fs.readdir(root, { recursive: true }))) ?? [];
  const found: Leftover[] = [];
  for (const name of names.filter((one) => TEMPORARY.test(path.basename(one))).sort()) {
    const stat = await statOf(path.join(root, name));
    const key = name.split(path.sep).join('/');
    if (stat !== null) found.push({ key, modified: stat.mtimeMs });
  }
  return found;
}
