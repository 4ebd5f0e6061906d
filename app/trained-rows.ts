import { mkdir } from 'node:fs/promises';
import { kindOfPath, SourceError } from '../domain/source.js';
import { withDuck } from '../lake/duck.js';
import { columnsIn } from '../lake/source-columns.js';
import { locate } from '../sources/locate.js';
import type { App } from './app.js';
import { scratchFolder } from './settings.js';

/**
 * Why the training rows that a trainer names cannot become a reference, in words; null: here they
 * are a table. Opens their files, counts no row.
 */
export async function faultOfReference({ settings }: App, path: string): Promise<string | null> {
  const kind = kindOfPath(path) ?? 'parquet';
  try {
    const { files } = await locate({ kind, path, where: null }, { span: null, timezone: 'UTC' });
    if (files.length === 0) return `${path}: no such file; expected the rows it was trained on`;
    const tempDirectory = scratchFolder(settings);
    await mkdir(tempDirectory, { recursive: true });
    const { threads, memoryLimitMb } = settings;
    return await withDuck({ threads, memoryLimitMb, tempDirectory }, async (db) => {
      for (const file of files) {
        const columns = await columnsIn(db, kind, file.path);
        if (columns.length === 0) {
          return `${file.path}: cannot be read as ${kind}; expected rows with columns`;
        }
      }
      return null;
    });
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}
