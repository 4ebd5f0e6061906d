import { nearPath } from '../config/paths.js';
import type { SourceSpec } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import { blankFiles } from '../lake/blank.js';
import type { Duck } from '../lake/duck.js';
import { columnsIn, repeatedIn } from '../lake/source-columns.js';
import { glance, listFiles, nothingAt } from '../sources/locate.js';

/** Files of one source that are looked at, the newest by name. */
const MOST_FILES = 20;

/** What the files of a source have. */
export interface Seen {
  /** null: no file tells. */
  columns: readonly string[] | null;
  /** In words, for whoever misses a column. */
  files: string;
  /** What is odd about the files, in words; null: nothing. */
  oddity: string | null;
}

/** Looks at the newest files of sources, at each source once. Reads footers and first lines. */
export function lookerAt(db: Duck): (source: SourceSpec, timezone: string) => Promise<Seen> {
  const seen = new Map<string, Promise<Seen>>();
  return (source, timezone) => {
    const key = `${source.kind} ${source.path}`;
    const found = seen.get(key) ?? lookAt(db, source, timezone);
    seen.set(key, found);
    return found;
  };
}

async function lookAt(db: Duck, source: SourceSpec, timezone: string): Promise<Seen> {
  const name = near(source.path);
  const all = await listFiles(source, { span: null, timezone });
  if (all.length === 0) {
    const why = await nothingAt(name, 'one by the time a window is evaluated');
    return { columns: null, files: name, oddity: `${name}: ${why}` };
  }
  const newest = all.slice(-MOST_FILES);
  const columns = new Set<string>();
  const odd: string[] = [];
  for (const file of newest) {
    const read = await columnsOf(db, source.kind, file);
    for (const column of read.columns) columns.add(column);
    if (read.oddity !== null) odd.push(read.oddity);
  }
  const some = all.length > newest.length ? `the newest ${MOST_FILES} files of ` : '';
  const [first = null, ...more] = odd;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return {
    columns: columns.size === 0 ? null : [...columns],
    files: `${some}${name}`,
    oddity: first === null ? null : `${first}${rest}`,
  };
}

/** The columns of a file, and what is odd about it. */
async function columnsOf(
  db: Duck,
  kind: SourceSpec['kind'],
  path: string,
): Promise<{ columns: readonly string[]; oddity: string | null }> {
  try {
    const bytes = await glance(kind, path);
    const file = { path, bytes, modified: 0, footer: null };
    const blank = await blankFiles({ kind, files: [file] });
    if (blank.length > 0) {
      const wanted = kind === 'csv' ? 'a header line with the names of the columns' : 'rows';
      return { columns: [], oddity: `${near(path)}: is empty; expected ${wanted}` };
    }
    const columns = await columnsIn(db, kind, path);
    const [twice] = kind === 'csv' ? await repeatedIn(db, path, columns) : [];
    if (twice === undefined) return { columns, oddity: null };
    const words = `has the column "${twice}" twice; expected a name of its own for each`;
    return { columns, oddity: `${near(path)}: ${words}` };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { columns: [], oddity: error.message.replace(path, near(path)) };
  }
}

const near = (file: string): string => nearPath(file, process.cwd());
