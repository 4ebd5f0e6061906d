import type { FileKind } from '../domain/source-spec.js';
import { perform, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';
import { nodesIn, parsed } from './sql-tree.js';
import { isText } from './window-casts.js';
import { columnsOf, fresh, reader } from './window-files.js';
import { unnested } from './window-unnest.js';

/** A file, and the names of its columns. */
interface Head {
  kind: FileKind;
  path: string;
  columns: readonly string[];
}

/** Rows of a file that are looked at. */
const MOST_ROWS = 1_000;

/** The type of a column that nobody knows it of: it goes with everything. */
export const NO_TYPE = '"NULL"';

/**
 * The columns of a file → their types, once its rows are unnested, which the first ones are; texts
 * have none. `unnest` is one of its columns or null; the type of one that holds no list is `flat`.
 * Throws SourceError for a field with the name of a column.
 */
export async function deliveredIn(
  db: Duck,
  { kind, path, columns }: Head,
  unnest: string | null,
): Promise<{ types: Record<string, string>; flat: string | null }> {
  const base = fresh('head');
  const views = [base];
  const list = kind === 'jsonl' ? columns.map(fieldOf).join(', ') : '*';
  const select = `select ${list} from ${reader(kind, [path])} limit ${MOST_ROWS}`;
  try {
    await perform(db, `create view ${base} as ${select}`);
    const texts = isText(kind);
    const head = { base, columns: await columnsOf(db, base), texts, worded: [], marked: false };
    const of = { column: unnest ?? '', path, views, isTraining: true };
    const made = unnest === null ? head : await unnested(db, head, of);
    const all = Object.entries(made.columns);
    const types = Object.fromEntries(all.map(([name, type]) => [name, texts ? NO_TYPE : type]));
    const flat = unnest === null || made.marked ? null : (head.columns[unnest] ?? NO_TYPE);
    return { types, flat };
  } finally {
    const drops = views.reverse().map((view) => `drop view if exists ${view}`);
    await perform(db, drops.join('; '));
  }
}

function fieldOf(name: string): string {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return `json_extract_string(json, ${quoteText(pointer)}) as ${quoteName(name)}`;
}

/** Whether an expression names no column but these, as far as its text tells. Nothing is run. */
export async function namesOnly(
  db: Duck,
  text: string,
  columns: readonly string[],
): Promise<boolean> {
  const { statements } = await parsed(db, `select (\n${text}\n)`);
  const nodes = [...nodesIn(statements)];
  // What a lambda calls its own is no column.
  if (nodes.some((node) => node['class'] === 'LAMBDA')) return true;
  const there = new Set(columns.map((name) => name.toLowerCase()));
  const named = nodes.flatMap((node) => (node['column_names'] as string[] | undefined)?.[0] ?? []);
  return named.every((name) => there.has(name.toLowerCase()));
}
