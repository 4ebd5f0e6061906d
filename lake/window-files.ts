import { byColumn } from '../domain/profile.js';
import type { FileKind } from '../domain/source-spec.js';
import type { ManifestFile } from '../domain/run.js';
import { SourceError, withJoined } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import { ask, perform, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { damageWords, engineWords } from './engine-words.js';

let made = 0;
/** A name for a view or table that nothing else of this process uses. */
export const fresh = (what: string): string => `${what}_${++made}`;

/** Columns of a view, with their types. */
export async function columnsOf(db: Duck, view: string): Promise<Record<string, string>> {
  const rows = await ask(db, 'window/columns', { view });
  return byColumn(rows.map(({ name, type }) => [String(name), String(type)]));
}

/**
 * The table function that reads files of a kind; JSON Lines as one column `json`. Delimited files
 * go one by one: rejected lines cannot be listed where columns are united by name.
 */
export function reader(kind: FileKind, paths: readonly string[], extra = ''): string {
  const list = `[${paths.map(quoteText).join(', ')}]`;
  switch (kind) {
    case 'parquet': {
      // Reading every footer first is only worth it where files may differ.
      const union = paths.length > 1 ? ', union_by_name = true' : '';
      return `read_parquet(${list}${union}, hive_partitioning = false${extra})`;
    }
    case 'csv':
      return (
        `read_csv(${list}, all_varchar = true, header = true, ` +
        `hive_partitioning = false, store_rejects = true${extra})`
      );
    case 'jsonl':
      return `read_ndjson_objects(${list}, ignore_errors = true)`;
  }
}

/** Says which file, or joined one, stands behind a failure to read: each is tried alone. */
export async function blame(db: Duck, located: Located, error: unknown): Promise<never> {
  db.options.signal?.throwIfAborted();
  const all = withJoined(located);
  for (const { kind, files } of all) {
    for (const { path } of files) {
      try {
        await tryFile(db, kind, path);
      } catch (own) {
        db.options.signal?.throwIfAborted();
        throw new SourceError(path, null, damageWords(kind, own));
      }
    }
  }
  const { where, path, files } = all.find((one) => one.where !== null) ?? located;
  const many = files.length > 1 ? 'together' : 'as rows';
  const how = where === null ? many : `with where: ${JSON.stringify(where)}`;
  throw new SourceError(path, null, `cannot be read ${how} (${engineWords(error)})`);
}

async function tryFile(db: Duck, kind: Located['kind'], path: ManifestFile['path']) {
  await perform(db, `select bit_xor(hash(columns(*))) from ${reader(kind, [path])}`);
}

/**
 * Throws SourceError for the first of several files that lacks a column: read together with the
 * others, its rows would only look empty. One alone shows it, texts are asked one by one when they
 * are read.
 */
export async function requireColumn(db: Duck, located: Located, column: string): Promise<void> {
  const paths = located.files.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  if (paths.length < 2 || located.kind !== 'parquet') return;
  const found = await ask(db, 'window/files_without', { files: paths, column }).catch(
    (error: unknown) => blame(db, located, error),
  );
  const first = found[0];
  if (first !== undefined) throw lacks(String(first['file']), column, String(first['columns']));
}

/**
 * Throws SourceError where two of the keys of JSON lines differ in case alone: the engine has one
 * column for both, and would give the other a name that changes from file to file.
 */
export function refuseTwins(file: string, keys: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const key of [...keys].sort()) {
    const twin = seen.get(key.toLowerCase());
    if (twin !== undefined) {
      const what = `has the keys "${twin}" and "${key}", which differ in case alone`;
      throw new SourceError(file, null, `${what}; expected one spelling, or two names`);
    }
    seen.set(key.toLowerCase(), key);
  }
}

/** A column that rows cannot do without: where it is missing, and what is there. */
export function lacks(file: string, column: string, there: string): SourceError {
  // A file without a header line has its first values as names.
  const bare = /(^|, )\d{4}-\d\d-\d\d/.test(there) ? '; is a header line missing?' : '';
  const [other] = there.split(', ').filter((name) => name.toLowerCase() === column.toLowerCase());
  const hint = other === undefined ? bare : `. Did you mean "${other}"? Case counts`;
  return new SourceError(file, column, `is missing; the columns are ${there}${hint}`);
}
