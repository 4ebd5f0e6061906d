import { open } from 'node:fs/promises';
import type { Located } from '../domain/source.js';

const MOST_NAMED = 3;
const NEWLINE = 10;

/**
 * Notes on files of lines whose last line has no end, as a copy that broke off leaves them: their
 * last record may be half a one. Compressed files are left out. Reads one byte of each.
 */
export async function cutOff({ kind, files }: Located): Promise<string[]> {
  if (kind === 'parquet') return [];
  const found: string[] = [];
  for (const { path, bytes } of files) {
    if (bytes === 0 || /\.(gz|zst)$/.test(path)) continue;
    if ((await lastByte(path, bytes)) !== NEWLINE) found.push(path);
  }
  if (found.length === 0) return [];
  const more = found.length > MOST_NAMED ? ` and ${found.length - MOST_NAMED} more` : '';
  const names = found.slice(0, MOST_NAMED).join(', ');
  return [`the last line has no line end in ${names}${more}; is the file whole?`];
}

async function lastByte(path: string, bytes: number): Promise<number> {
  const file = await open(path).catch(() => null); // who reads the rows says what is wrong with it
  if (file === null) return NEWLINE;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, bytes - 1);
    return bytesRead === 1 ? (buffer[0] ?? NEWLINE) : NEWLINE;
  } finally {
    await file.close();
  }
}
