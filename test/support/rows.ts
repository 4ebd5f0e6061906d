import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { perform, quoteText } from '../../lake/ask.js';
import { withDuck } from '../../lake/duck.js';
import type { Duck } from '../../lake/duck.js';
import type { Counts } from '../../domain/profile.js';

/** A folder of its own and a DuckDB, for as long as a test takes. */
export async function withFolder<T>(run: (db: Duck, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aftercare-'));
  try {
    const tempDirectory = path.join(folder, 'tmp');
    return await withDuck({ threads: 1, memoryLimitMb: 200, tempDirectory }, (db) =>
      run(db, folder),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the rows of a query as a Parquet file. */
export async function writeRows(db: Duck, file: string, select: string): Promise<string> {
  await perform(db, `copy (${select}) to ${quoteText(file)} (format parquet)`);
  return file;
}

/** Cells as an object: key, or keys joined by a space → one of the sums. */
export function cellsOf(counts: Counts | null | undefined, sum = 'n'): Record<string, number> {
  const keys = Object.values(counts?.by ?? {});
  const list = [...(counts?.sums[sum] ?? [])].map((n, row) => [
    keys.map((key) => String(key[row])).join(' '),
    n,
  ]);
  return Object.fromEntries(list) as Record<string, number>;
}

/** The one cell of an answer: its sums. */
export function sumsOf(counts: Counts | undefined): Record<string, number> {
  const sums = Object.entries(counts?.sums ?? {}).map(([name, [n]]) => [name, n ?? NaN]);
  return Object.fromEntries(sums) as Record<string, number>;
}
