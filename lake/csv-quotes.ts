import { readFile, stat } from 'node:fs/promises';

/** Larger files are read for longer than their quotes are looked for. */
const SMALL = 1_000_000;
const MARKS = ['"', "'", '\\'].map((mark) => mark.charCodeAt(0));
const isPacked = (path: string): boolean => /\.(gz|zst)$/i.test(path);

/**
 * What `reader` takes of a small delimited file without quotes and backslashes: how it would quote.
 * The engine tries one way after another, which takes it longer than all else. '' of others.
 */
export async function quotesOf(path: string): Promise<string> {
  if (isPacked(path)) return '';
  // Whoever reads a file that is gone says so.
  const size = await stat(path).then(
    (found) => found.size,
    () => Infinity,
  );
  const bytes = size > SMALL ? null : await readFile(path).catch(() => null);
  if (bytes === null || MARKS.some((mark) => bytes.includes(mark))) return '';
  return `, quote = '"', escape = '"'`;
}
