import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SourceError } from '../domain/source.js';
import { fileSource } from './files.js';

/** Length of the footer (4 bytes, little-endian) and the magic, at the end of the file. */
const TAIL = 8;

/** Parquet files: their footer, which holds the place and statistics of every page, names them. */
export const parquet = fileSource('parquet', {
  async glance(file) {
    await footerOf(file);
  },
  fingerprint: fingerprintParquet,
});

/** sha256 of the footer; SourceError for a file that does not end with one. */
export async function fingerprintParquet(file: { path: string; bytes: number }): Promise<string> {
  return createHash('sha256')
    .update(await footerOf(file))
    .digest('hex');
}

async function footerOf({ path, bytes }: { path: string; bytes: number }): Promise<Buffer> {
  const file = await open(path);
  try {
    const tail = Buffer.alloc(TAIL);
    if (bytes >= TAIL) await file.read(tail, 0, TAIL, bytes - TAIL);
    const length = tail.readUInt32LE(0);
    if (tail.toString('latin1', 4) !== 'PAR1' || length + TAIL > bytes) {
      const wanted = 'expected a whole Parquet file, which ends with its footer and PAR1';
      throw new SourceError(path, null, `truncated or not Parquet (${bytes} bytes); ${wanted}`);
    }
    const footer = Buffer.alloc(length);
    await file.read(footer, 0, length, bytes - TAIL - length);
    return footer;
  } finally {
    await file.close();
  }
}
