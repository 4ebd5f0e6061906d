import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kindOfPath, SourceError, type Located } from '../domain/source.js';
import type { ComparedTables } from '../lake/compare.js';
import { withDuck } from '../lake/duck.js';
import { nothingAt } from '../sources/files.js';
import { locate } from '../sources/locate.js';
import { UsageError } from './errors.js';

/** UsageError for a column that the first table does not have. */
export function requireColumns(
  columns: readonly string[],
  { path, tables: { grid, types } }: { path: string; tables: ComparedTables },
): void {
  for (const column of columns) {
    if (column in grid.axes) continue;
    const there = Object.keys(types.reference).join(', ');
    throw new UsageError(
      `--columns "${column}": ${path} has no such column; its columns are ${there}`,
    );
  }
}

/** The files behind a path or a pattern; UsageError when there are none. */
export async function filesOf(path: string): Promise<Located> {
  const kind = kindOfPath(path);
  if (kind === null) {
    throw new UsageError(
      `${path}: expected a file ending in .parquet, .csv, .tsv or .jsonl, or two windows as churn@2026-11-22`,
    );
  }
  const located = await locate({ kind, path, where: null }, { span: null, timezone: 'UTC' });
  if (located.files.length === 0) {
    throw new UsageError(`${path}: ${await nothingAt(path, 'a table')}`);
  }
  return located;
}

/** A DuckDB with a folder of its own, gone afterwards; a segment that is no column is usage. */
export async function withScratch<T>(
  {
    duck,
    segments,
  }: { duck: { threads: number; memoryLimitMb: number }; segments: readonly string[] },
  run: Parameters<typeof withDuck<T>>[1],
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-compare-'));
  try {
    return await withDuck({ ...duck, tempDirectory: folder }, run);
  } catch (error) {
    const isSegment = error instanceof SourceError && segments.includes(error.column ?? '');
    throw isSegment ? new UsageError(`--segments: ${error.message}`) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
