import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SourceSpec } from '../domain/monitor.js';
import { kindOfPath, SourceError, type Located } from '../domain/source.js';
import { holdsNothing } from '../lake/blank.js';
import { withDuck, type Duck } from '../lake/duck.js';
import { lookAtColumns, type ColumnLook } from '../lake/preview.js';
import { listColumns } from '../lake/schema.js';
import { repeatedIn } from '../lake/source-columns.js';
import { missingFolder, namesOneFile } from '../sources/files.js';
import { locate } from '../sources/locate.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';
import type { Columns } from './init-guess.js';
import { scratchFolder } from './settings.js';

/** A data file that a first monitor is made from. */
export interface DataFile {
  /** The flag that named it. */
  flag: string;
  path: string;
  located: Located;
  columns: Columns;
  /** What each of them holds. */
  looks: ReadonlyMap<string, ColumnLook>;
}

const WANTED = 'expected a table as .parquet, .csv or .jsonl with a name for each column';

/** Runs with a DuckDB of its own; what cannot be read of the file is a UsageError. */
export async function withTable<T>(
  app: App,
  named: { flag: string; path: string },
  use: (db: Duck) => Promise<T>,
): Promise<T> {
  const { threads, memoryLimitMb } = app.settings;
  const tempDirectory = join(scratchFolder(app.settings), 'spill');
  try {
    return await withDuck({ threads, memoryLimitMb, tempDirectory }, use);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new UsageError(`${named.flag} ${refusedWords(error, named.path)}.`);
  }
}

/** What is wrong with a file, and what would be right: of several files which one. */
function refusedWords({ file, message }: SourceError, path: string): string {
  const said = message.replace(`${file}: `, '').replace(/\.$/, '');
  const which = file === path || file === resolve(path) ? path : `${path}: ${file}`;
  return `${which}: ${said}${said.includes('; expected') ? '' : `; ${WANTED}`}`;
}

/**
 * The columns of a data file. UsageError for what is no table with at least two columns and a row:
 * a folder, a picture, an empty file.
 */
export async function readTable(
  db: Duck,
  { flag, path }: { flag: string; path: string },
): Promise<DataFile> {
  const refuse = (what: string, wanted = WANTED): never => {
    throw new UsageError(`${flag} ${path}: ${what}; ${wanted}.`);
  };
  if (/^[a-z][\w+.-]*:\/\//i.test(path)) {
    refuse('is an address, which is not available yet in this version', 'expected a path of files');
  }
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) {
    refuse('is a folder', `expected a file, or files by a pattern, as "${join(path, '*.csv')}"`);
  }
  const kind = kindOfPath(path) ?? refuse('its ending names no kind of table');
  const spec: SourceSpec = { kind, path, where: null };
  const located = await locate(spec, { span: null, timezone: 'UTC' });
  if (located.files.length === 0) {
    refuse(
      `${namesOneFile(path) ? 'no such file' : 'no file matches'}${await missingFolder(path)}`,
    );
  }
  if (await holdsNothing(located)) refuse('is empty');
  const types = await listColumns(db, located);
  const columns = Object.entries(types).map(([name, type]) => ({ name, type }));
  const [first] = columns;
  // A picture read as text has such names.
  if (columns.some(({ name }) => /[\u0000-\u001f\ufffd]/.test(name))) refuse('is no text table');
  if (first === undefined) return refuse('has no columns');
  const value = columns.find(({ name }) => kind === 'csv' && /^\d{4}-\d\d-\d\d/.test(name))?.name;
  if (value !== undefined) {
    const wanted = 'expected a header line with a name for each column';
    refuse(`has no header: its first line has the value ${JSON.stringify(value)}`, wanted);
  }
  const names = columns.map(({ name }) => name);
  const [file] = located.files;
  const [twice] = kind === 'csv' && file ? await repeatedIn(db, file.path, names) : [];
  if (twice !== undefined) {
    refuse(`has the column "${twice}" twice`, 'expected a name of its own for each');
  }
  if (columns.length === 1) {
    refuse(
      `has one column, ${JSON.stringify(first.name)}`,
      'expected a timestamp and at least one other column, apart by commas, tabs, ; or |',
    );
  }
  const looks = await lookAtColumns(db, located, names);
  if ([...looks.values()].every(({ known }) => known === 0)) refuse('has columns and no row');
  return { flag, path, located, columns, looks };
}
