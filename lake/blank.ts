import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Located } from '../domain/source.js';

/** A file of more bytes has something in it. */
const MOST_BYTES = 1024;

/** The files of a source of text that hold nothing, not even a header line. Reads small ones. */
export async function blankFiles({ kind, files }: Pick<Located, 'kind' | 'files'>) {
  if (kind === 'parquet') return [];
  const are = await Promise.all(files.map(isBlank));
  return files.filter((_, index) => are[index]);
}

/** True when no file of a source has anything in it; of Parquet a file without a byte has none. */
export async function holdsNothing({ kind, files }: Pick<Located, 'kind' | 'files'>) {
  if (kind === 'parquet') return files.every(({ bytes }) => bytes === 0);
  return (await blankFiles({ kind, files })).length === files.length;
}

async function isBlank({ path, bytes }: Located['files'][number]): Promise<boolean> {
  if (bytes === 0 || bytes > MOST_BYTES) return bytes === 0;
  try {
    const content = await readFile(path);
    const text = /\.gz$/i.test(path) ? gunzipSync(content) : content;
    // A byte order mark counts as a space here.
    return text.toString('utf8').trim() === '';
  } catch {
    return false; // who reads the rows says what is wrong with it
  }
}
