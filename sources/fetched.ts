import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileKind } from '../domain/source-spec.js';
import { fingerprintParquet } from './parquet.js';
import { fingerprintText } from './text.js';

/** A copy of a remote file, and what its server calls this state of it; null: it does not say. */
export interface Copy {
  file: string;
  etag: string | null;
}

/** `<folder>/<hash of the name>/<its last part>`: readers go by the ending, people by the name. */
function placeOf(folder: string, name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  const last =
    name
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  return path.join(folder, hash, last.replaceAll(/[^\w.=@+-]/g, '_').slice(-100) || 'rows');
}

/** The copy that is there, marked as used; null: none. */
async function copyAt(file: string): Promise<Copy | null> {
  const now = new Date();
  try {
    await stat(file);
    const { etag } = JSON.parse(await readFile(`${file}.json`, 'utf8')) as { etag: string | null };
    await utimes(`${file}.json`, now, now);
    return { file, etag };
  } catch {
    return null;
  }
}

/**
 * A copy of a remote file as it is now. `fetch` is given the state of the copy that is there, and
 * writes a file, or says that the copy is still right (`same`) or that there is no such file. A
 * copy is replaced whole or not at all; its state is written after it, so that a process that dies
 * in between fetches it again.
 */
export async function keptCopy(
  { folder, name }: { folder: string; name: string },
  fetch: (etag: string | null, to: string) => Promise<{ etag: string | null } | 'same' | 'none'>,
): Promise<Copy | null> {
  const file = placeOf(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  const known = await copyAt(file);
  const own = `${file}.${randomUUID()}.tmp`;
  try {
    const found = await fetch(known?.etag ?? null, own);
    if (found === 'none') return null;
    if (found === 'same') return known;
    await rm(`${file}.json`, { force: true });
    await rename(own, file);
    await writeFile(own, JSON.stringify({ etag: found.etag }));
    await rename(own, `${file}.json`);
    return { file, etag: found.etag };
  } finally {
    await rm(own, { force: true });
  }
}

/** What tells a fetched file apart, as of a file of this machine. */
export const fingerprintOf = (format: FileKind) =>
  format === 'parquet' ? fingerprintParquet : fingerprintText;
