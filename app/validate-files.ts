import { nearPath } from '../config/paths.js';
import type { SourceSpec } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import { blankFiles } from '../lake/blank.js';
import type { Duck } from '../lake/duck.js';
import { columnsIn, repeatedIn } from '../lake/source-columns.js';
import { isFiles, type FileKind, type FileSource } from '../domain/source-spec.js';
import { listFiles, nothingAt } from '../sources/files.js';
import { glance, look } from '../sources/locate.js';
import type { Asked, World } from '../sources/source.js';
import { withJoins } from './validate-joins.js';
import type { Seen } from './validate-seen.js';
import { withShape } from './validate-shape.js';

/** Files of one source that are looked at, the newest by name. */
const MOST_FILES = 20;

/** Looks at the newest files of sources, at each source once. Reads footers and first lines. */
export function lookerAt(
  db: Duck,
  world: World,
): (source: SourceSpec, asked: Asked) => Promise<Seen> {
  const seen = new Map<string, Promise<Seen>>();
  const lookOnce = (source: SourceSpec, asked: Asked): Promise<Seen> => {
    const key = JSON.stringify([source, asked]);
    const found =
      seen.get(key) ??
      (isFiles(source) ? lookAt(db, source, asked) : lookElsewhere(db, source, { asked, world }))
        .then((one) => withShape(db, one, source))
        .then((one) => withJoins(one, source, (other) => lookOnce(other, asked)));
    seen.set(key, found);
    return found;
  };
  return lookOnce;
}

async function lookAt(db: Duck, source: FileSource, asked: Asked): Promise<Seen> {
  const name = near(source.path);
  const all = await listFiles(source, asked);
  if (all.length === 0) {
    const why = await nothingAt(name, 'one by the time a window is evaluated');
    return { columns: null, files: name, oddity: `${name}: ${why}`, newest: null };
  }
  return seenIn(db, source.kind, { name, all });
}

/** A source that cannot be reached says nothing here; `doctor` says why. */
async function lookElsewhere(
  db: Duck,
  source: SourceSpec,
  { asked, world }: { asked: Asked; world: World },
): Promise<Seen> {
  const name = source.path;
  const found = await look(source, asked, world).catch((error: unknown) => {
    if (error instanceof SourceError) return error;
    throw error;
  });
  const none = { files: name, newest: null };
  if (found instanceof SourceError) return { ...none, columns: null, oddity: found.message };
  if (found.columns !== null) return { ...none, columns: found.columns, oddity: null };
  const kind = 'format' in source ? source.format : 'parquet';
  return seenIn(db, kind, { name, all: found.files });
}

async function seenIn(
  db: Duck,
  kind: FileKind,
  { name, all }: { name: string; all: readonly string[] },
): Promise<Seen> {
  const newest = all.slice(-MOST_FILES);
  const columns = new Set<string>();
  const odd: string[] = [];
  for (const file of newest) {
    const read = await columnsOf(db, kind, file);
    for (const column of read.columns) columns.add(column);
    if (read.oddity !== null) odd.push(read.oddity);
  }
  const some = all.length > newest.length ? `the newest ${MOST_FILES} files of ` : '';
  const [first = null, ...more] = odd;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const path = newest.at(-1);
  return {
    columns: columns.size === 0 ? null : [...columns],
    files: `${some}${name}`,
    oddity: first === null ? null : `${first}${rest}`,
    newest: path === undefined ? null : { kind, path },
  };
}

/** The columns of a file, and what is odd about it. */
async function columnsOf(
  db: Duck,
  kind: FileKind,
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
