import { byColumn } from '../domain/profile.js';
import type { FileKind } from '../domain/source-spec.js';
import { SourceError } from '../domain/source.js';
import { ask, perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { quotesOf } from './csv-quotes.js';
import { damageWords } from './engine-words.js';
import { readText } from './window-casts.js';
import { columnsOf, fresh, reader, refuseTwins } from './window-files.js';

/** Lines of a file of text that are looked at. */
const MOST_LINES = 1_000;

/**
 * The columns of a file, from its footer, head or first lines: no row is counted. Throws
 * SourceError when it cannot be read.
 */
export async function columnsIn(db: Duck, kind: FileKind, path: string): Promise<string[]> {
  const view = fresh('head');
  const lines = kind === 'jsonl' ? ` limit ${MOST_LINES}` : '';
  try {
    const quotes = kind === 'csv' ? await quotesOf(path) : '';
    await perform(db, `create view ${view} as from ${reader(kind, [path], quotes)}${lines}`);
    if (kind !== 'jsonl') return Object.keys(await columnsOf(db, view));
    const keys = await ask(db, 'window/keys', { rows: view });
    const names = keys.flatMap(({ name }) => (name === null ? [] : [String(name)]));
    refuseTwins(path, names);
    return names;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    db.options.signal?.throwIfAborted();
    throw new SourceError(path, null, damageWords(kind, error));
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}

/**
 * Names that the header line of a delimited file has twice, of these columns: the engine calls the
 * second one `name_1`.
 */
export async function repeatedIn(
  db: Duck,
  path: string,
  columns: readonly string[],
): Promise<string[]> {
  const first = (name: string): string => name.replace(/_\d+$/, '');
  if (!columns.some((name) => first(name) !== name && columns.includes(first(name)))) return [];
  const from = `read_csv([${quoteText(path)}], all_varchar = true, header = false)`;
  const head = await db.use(async (connection) => {
    const result = await connection.runAndReadAll(`from ${from} limit 1`);
    return (result.getRowsJS()[0] ?? []).map(String);
  });
  return head.filter((name, index) => head.indexOf(name) < index);
}

/**
 * Some columns of a file → their types; of texts what most of the first ones can be read as, where
 * there are any. {}: it cannot be read, or holds documents. Names count in any case, as in SQL.
 */
export async function typesIn(
  db: Duck,
  { kind, path }: { kind: FileKind; path: string },
  names: readonly string[],
): Promise<Record<string, string>> {
  if (kind === 'jsonl') return {};
  const asked = new Set(names.map((name) => name.toLowerCase()));
  const view = fresh('types');
  try {
    const quotes = kind === 'csv' ? await quotesOf(path) : '';
    const some = kind === 'csv' ? ` limit ${MOST_LINES}` : '';
    await perform(db, `create view ${view} as from ${reader(kind, [path], quotes)}${some}`);
    const all = Object.entries(await columnsOf(db, view));
    const own = all.filter(([name]) => asked.has(name.toLowerCase()));
    if (kind === 'parquet' || own.length === 0) return byColumn(own);
    const columns = own.map(([name]) => name);
    const counts = await ask(db, 'window/text_types', { rows: view, columns });
    return byColumn(
      counts.map((row) => {
        const name = String(row['name']);
        return [name, readText(name, row, undefined).type];
      }),
    );
  } catch {
    db.options.signal?.throwIfAborted();
    return {};
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}

/** The first texts of a column of a file, at most 1,000; null: it cannot be read or lacks it. */
export async function firstTexts(
  db: Duck,
  { kind, path, column }: { kind: FileKind; path: string; column: string },
): Promise<string[] | null> {
  const view = fresh('first');
  const pointer = `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const value =
    kind === 'jsonl' ? `json_extract_string(json, ${quoteText(pointer)})` : quoteName(column);
  try {
    const quotes = kind === 'csv' ? await quotesOf(path) : '';
    const rows = `select ${value} as value from ${reader(kind, [path], quotes)}`;
    await perform(db, `create view ${view} as ${rows}`);
    const found = await ask(db, 'probe/first', { rows: view });
    return found.map((row) => String(row['value']));
  } catch {
    db.options.signal?.throwIfAborted();
    return null;
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}
