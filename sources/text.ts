import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { refusalWords } from '../domain/refusal.js';
import { SourceError } from '../domain/source.js';

/** So many first bytes tell a text from what is none. */
const HEAD = 4096;

/** Larger text files are told apart by size and time only: hashing them costs a read more. */
const LARGEST_HASHED = 64 * 1024 * 1024;

/** sha256 of gzip files that were unpacked to their end: every window of a file looks at it. */
const whole = new LRUCache<string, true>({ max: 1000 });

/**
 * sha256 of a text file of at most 64 MB, null for larger ones. A gzip file is unpacked to see
 * that it is whole, for a reader of rows would stop early and say nothing.
 */
export async function fingerprintText(file: {
  path: string;
  bytes: number;
}): Promise<string | null> {
  await glanceText(file);
  const found = file.bytes > LARGEST_HASHED ? null : await hashOf(file.path);
  if (!/\.gz$/i.test(file.path) || (found !== null && whole.has(found))) return found;
  await unpack(file.path);
  if (found !== null) whole.set(found, true);
  return found;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Throws SourceError for what begins with zero bytes, as UTF-16 and pictures do: it is no text. */
export async function glanceText({ path }: { path: string }): Promise<void> {
  if (/\.(gz|zst)$/i.test(path)) return;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    if (!buffer.subarray(0, bytesRead).includes(0)) return;
    if (buffer.toString('latin1', 0, 4) === 'PAR1') {
      const wanted = 'expected kind: parquet, or delimited text';
      throw new SourceError(path, null, `begins as a Parquet file does; ${wanted}`);
    }
    throw new SourceError(path, null, 'has zero bytes in it; expected text in UTF-8');
  } finally {
    await file.close();
  }
}

async function unpack(path: string): Promise<void> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), nowhere);
  } catch (error) {
    const problem = refusalWords(error);
    throw new SourceError(path, null, `truncated or not gzip (${problem}); expected a whole file`);
  }
}
