import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseRows, Landing, Tables, TypedColumn } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import { withDuck, type Duck, type DuckOptions } from './duck.js';
import { columnsOf, fresh } from './window-files.js';
import { clockOf } from './window-time.js';

/**
 * What sources need of an engine, for as long as `run` takes: rows that come from elsewhere become
 * Parquet files with the types of their source, a part at a time. Every call writes the one file
 * that it names; a repeat writes it anew. An abort of the signal in `options` ends it.
 */
export async function withTables<T>(
  options: DuckOptions,
  run: (tables: Tables) => Promise<T>,
): Promise<T> {
  await mkdir(options.tempDirectory, { recursive: true });
  return withDuck(options, async (db) => {
    // A part is read once: what the engine would keep of it is only in the way.
    await perform(db, 'set global enable_external_file_cache = false');
    return run({
      async ofCsv({ file, columns, to }) {
        await perform(db, `copy (from ${csv(file, columns)}) to ${parquet(to)}`);
        return landing(db, to);
      },
      ofDuckdb: (from) => ofDatabase(options, from),
      columnsOfDuckdb: (from) =>
        withDatabase(options, from, async (own, view) =>
          Object.entries(await columnsOf(own, view)).map(([name, type]) => ({ name, type })),
        ),
    });
  });
}

/** Small row groups and buffers: 10 M rows take no more memory than 100,000. */
const parquet = (file: string): string =>
  `${quoteText(file)} (format parquet, compression snappy, row_group_size 40960)`;
const BUFFER_BYTES = 8 * 1024 ** 2;

/** Nothing is guessed: the types are those of the source, and an empty text is no null. */
function csv(file: string, columns: readonly TypedColumn[]): string {
  const types = columns.map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`);
  return (
    `read_csv(${quoteText(file)}, auto_detect = false, header = false, delim = ',', ` +
    `quote = '"', escape = '"', new_line = '\\n', nullstr = '\\N', allow_quoted_nulls = false, ` +
    `buffer_size = ${BUFFER_BYTES}, columns = {${types.join(', ')}})`
  );
}

async function landing(db: Duck, file: string): Promise<Landing> {
  const [found] = await ask(db, 'lake/sum', { file });
  const { size: bytes } = await stat(file);
  return { file, bytes, rows: Number(found?.['rows']), sum: String(found?.['sum']) };
}

async function ofDatabase(
  options: DuckOptions,
  { to, cut, ...from }: Parameters<Tables['ofDuckdb']>[0],
): Promise<Landing> {
  return withDatabase(options, { ...from, folder: path.dirname(to) }, async (db, view) => {
    let inside = '';
    if (cut !== null) {
      const { time, start, end } = cut;
      const type = (await columnsOf(db, view))[time.column];
      const clock = await clockOf(db, { view, type, file: from.database }, time);
      const column = quoteName(time.column);
      const [first, last] = [await clock.cut(start), await clock.cut(end)];
      inside = ` where ${column} >= ${first} and ${column} < ${last}`;
    }
    await perform(db, `copy (from ${view}${inside}) to ${parquet(to)}`);
    return landing(db, to);
  });
}

/**
 * Opens the rows of a DuckDB file in an instance that can read nothing else, and write below
 * `folder` only. The file is attached read-only: a process that has it open to write refuses that.
 */
async function withDatabase<T>(
  options: DuckOptions,
  { database, query, table, folder }: DatabaseRows & { folder?: string },
  run: (db: Duck, view: string) => Promise<T>,
): Promise<T> {
  return withDuck(options, async (db) => {
    const view = fresh('rows');
    const name = (table ?? '').split('.').map(quoteName).join('.');
    const rows = query === null ? name : `(\n${query}\n)`;
    const allowed = [options.tempDirectory, ...(folder === undefined ? [] : [folder])];
    const list = allowed.map((one) => quoteText(path.resolve(one))).join(', ');
    // What is set here counts for one connection: the one that questions one by one are asked on.
    await db.use(async (connection) => {
      await connection.run(`attach ${quoteText(database)} as source (read_only)`);
      await connection.run(`set allowed_directories = [${list}]`);
      await connection.run('set enable_external_access = false');
      await connection.run('set lock_configuration = true');
      await connection.run('use source');
      await connection.run(`create temp view ${view} as select * from ${rows}`);
    });
    return run(db, view);
  });
}
