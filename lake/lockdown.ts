import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { SourceError, withJoined } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { quoteText, perform } from './ask.js';
import { withDuck } from './duck.js';
import type { Duck, DuckOptions } from './duck.js';
import { functionsIn, parsed, shapeWithout } from './sql-tree.js';

/** A question about rows that an expression chooses may take so long, */
const LEAST_SECONDS = 60;
/** and a second more for so many bytes of their files: a tenth of the speed they are read at. */
const BYTES_A_SECOND = 10e6;

/**
 * As `withDuck`, for SQL that a user wrote: an instance of its own that reads the files of these
 * sources only, cannot be told otherwise, and gives up a query that takes too long for their size.
 */
export async function withLocked<T>(
  options: DuckOptions,
  sources: readonly Located[],
  run: (db: Duck) => Promise<T>,
): Promise<T> {
  // Its scratch folder can be read too: it must not be the one that others stage rows in.
  const tempDirectory = path.resolve(options.tempDirectory, `locked-${randomUUID()}`);
  await mkdir(tempDirectory, { recursive: true });
  // Nor may it read what is kept of other sources.
  const { threads, memoryLimitMb, signal } = options;
  const all = sources.flatMap(withJoined);
  const own = {
    threads,
    memoryLimitMb,
    tempDirectory,
    limit: limitOf(all),
    ...(signal && { signal }),
  };
  const work = async (db: Duck): Promise<T> => {
    const paths = all.flatMap(({ files }) => files.map((file) => quoteText(file.path)));
    // In this order: what is locked cannot be set any more. A folder would be too much: beside the
    // files of a source may lie those of others.
    await perform(db, `set allowed_paths = [${paths.join(', ')}]`);
    await perform(db, `set allowed_directories = [${quoteText(tempDirectory)}]`);
    await perform(db, 'set enable_external_access = false');
    await perform(db, 'set lock_configuration = true');
    return run(db);
  };
  try {
    return await withDuck(own, work);
  } finally {
    await rm(tempDirectory, { recursive: true, force: true });
  }
}

function limitOf(sources: readonly Located[]): Required<DuckOptions>['limit'] {
  const bytes = sources.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
  const seconds = Math.ceil(LEAST_SECONDS + bytes / BYTES_A_SECOND);
  const chosen = sources.find(({ where }) => where !== null);
  const isMade = sources.some(({ shape }) => shape?.select !== undefined);
  const other = isMade ? 'predictions.select' : 'segments.by';
  const said = chosen?.where == null ? other : `where: ${JSON.stringify(chosen.where)}`;
  const error = () =>
    new SourceError(
      (chosen ?? sources[0])?.path ?? 'where',
      null,
      `${said} is not answered within ${seconds} s; expected an expression over one row at a time`,
    );
  return { ms: seconds * 1000, error };
}

/** Functions that tell of the engine and its surroundings, and nothing of a row. */
const SETTINGS = /^(current_setting|getvariable|getenv|(duckdb|pragma)_\w+)$/;

/**
 * Throws SourceError when what a user wrote is not one expression over a row: a syntax error, a
 * second statement, text that closes the bracket around it, or one that reads settings.
 */
export async function checkExpression(
  db: Duck,
  where: string,
  { path, key }: { path: string; key: string },
): Promise<void> {
  const given = await parsed(db, `select * from rows where (\n${where}\n)`);
  const plain = await parsed(db, 'select * from rows where (true)');
  // Alone it may say more than in its bracket, or less: text that closes that is no expression.
  const alone = await parsed(db, `select * from rows where\n${where}\n`);
  const shapes = [given, alone, plain].map((one) => shapeWithout('where_clause', one));
  const more = new Set(shapes).size > 1 ? 'it is more than one expression' : null;
  const open = JSON.stringify(given.statements).includes('"class":"PARAMETER"');
  const setting = functionsIn(given.statements).find((name) => SETTINGS.test(name));
  const reads = setting === undefined ? null : `${setting} reads settings, and not the row`;
  const problem =
    given.problem ?? alone.problem ?? more ?? (open ? 'it leaves a value open' : reads);
  if (problem !== null) {
    const said = `${key}: ${JSON.stringify(where)}: ${problem}`;
    throw new SourceError(path, null, `${said}. Example: ${exampleOf(key)}`);
  }
}

function exampleOf(key: string): string {
  if (key === 'where') return `where: "env = 'prod'"`;
  if (key.startsWith('predictions.select.')) return `amount: "payload->>'amount'"`;
  return 'by: "split_part(zip, \'-\', 1)"';
}
