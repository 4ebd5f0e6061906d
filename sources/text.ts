import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SourceError } from '../domain/source.js';

/** Larger text files are told apart by size and time only: hashing them costs a read more. */
const LARGEST_HASHED = 64 * 1024 * 1024;

/**
 * sha256 of a text file of at most 64 MB, null for larger ones. A gzip file is unpacked to see
 * that it is whole, for a reader of rows would stop early and say nothing.
 */
export async function fingerprintText(file: {
  path: string;
  bytes: number;
}): Promise<string | null> {
  if (/\.gz$/i.test(file.path)) await unpack(file.path);
  if (file.bytes > LARGEST_HASHED) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file.path), hash);
  return hash.digest('hex');
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
    const problem = error instanceof Error ? error.message : String(error);
    throw new SourceError(path, null, `truncated or not gzip (${problem}); expected a whole file`);
  }
}
