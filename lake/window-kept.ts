import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Located } from '../domain/source.js';
import type { TimeSpec } from './window-time.js';

/** Copies that nobody asked for in this time are removed: no evaluation takes so long. */
const UNUSED_MS = 2 * 3_600_000;
/** Above so many bytes nothing more is kept. */
const MOST_BYTES = 4 * 1024 ** 3;

/** A staged copy: Parquet files in one folder, and the lines that could not be read as a row. */
export interface Copy {
  files: readonly string[];
  unreadable: number;
  /** Where the first of those lines is, its number null where that is not known; null: none. */
  first: { file: string; line: number | null } | null;
}

/** Raised when copies are made otherwise than before. */
const VERSION = 2;

/** Names a copy by all that it depends on: other bytes, or a time read otherwise, is another. */
function nameOf({ kind, files }: Located, time: TimeSpec | null): string {
  const read = files.map(({ path: file, bytes, modified, footer }) => [
    ...[file, bytes],
    footer ?? modified,
  ]);
  return createHash('sha256')
    .update(JSON.stringify({ version: VERSION, kind, read, time }))
    .digest('hex');
}

/**
 * The copy of a source in `folder`, made by `make` in an empty folder when it is not there: so the
 * windows of one text file read it once. null: nothing to be kept, as `make` said, or because the
 * folder is full. A copy appears whole or not at all, whatever dies; one that was not used for two
 * hours, and what a killed process left, is removed by the next call.
 */
export async function keptCopy(
  folder: string,
  of: { located: Located; time: TimeSpec | null },
  make: (empty: string) => Promise<Copy | null>,
): Promise<Copy | null> {
  await mkdir(folder, { recursive: true });
  const kept = path.join(folder, nameOf(of.located, of.time));
  const known = await read(kept);
  if (known !== null) return known;
  if ((await sweep(folder)) > MOST_BYTES) return null;
  const own = path.join(folder, `${randomUUID()}.tmp`);
  await mkdir(own);
  try {
    const made = await make(own);
    if (made === null) return null;
    const files = made.files.map((file) => path.basename(file));
    await writeFile(path.join(own, 'copy.json'), JSON.stringify({ ...made, files }));
    // Another attempt may have been faster: its copy is the same.
    await rename(own, kept).catch(() => undefined);
    return await read(kept);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function read(kept: string): Promise<Copy | null> {
  const now = new Date();
  try {
    await utimes(kept, now, now);
    const text = await readFile(path.join(kept, 'copy.json'), 'utf8');
    const copy = JSON.parse(text) as Copy;
    return { ...copy, files: copy.files.map((file) => path.join(kept, file)) };
  } catch {
    return null;
  }
}

/** Removes what is not used any more; the bytes that are left. */
async function sweep(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) {
    const one = path.join(folder, name);
    const used = await stat(one).catch(() => null);
    if (used === null) continue;
    if (Date.now() - used.mtimeMs > UNUSED_MS) {
      await rm(one, { recursive: true, force: true });
      continue;
    }
    for (const file of await readdir(one).catch(() => [])) {
      bytes += (await stat(path.join(one, file)).catch(() => null))?.size ?? 0;
    }
  }
  return bytes;
}
