import { byColumn } from '../domain/profile.js';
import { ROW_NUMBER } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { blame, columnsOf, fresh, lacks, reader, requireColumn } from './window-files.js';
import { withNumbers } from './window-numbers.js';
import { isText } from './window-casts.js';
import type { Want } from './window-casts.js';
import type { Dimension } from './window-parts.js';
import type { Copy } from './window-kept.js';
import { readingsOf } from './window-readings.js';
import type { Made } from './window-readings.js';
import { deliveredTime, shaped } from './window-shape.js';
import { stage } from './window-stage.js';
import type { TimeSpec } from './window-time.js';
import { bound, checkExpressions, createView } from './window-view.js';
import type { Unbound } from './window-view.js';

/** Which rows to open, and as what their columns are needed. */
export interface RowsSpec {
  located: Located;
  wants: Readonly<Record<string, Want>>;
  /** The column of event times; null: the rows have none. */
  time: TimeSpec | null;
  /** [start, end): what texts can be read as is asked of its rows only; absent: of all. */
  span?: { start: Instant; end: Instant } | undefined;
  /** What parts the rows: its texts are a column of the view, as `columnOf` names it. */
  dimensions?: readonly Dimension[];
  /** Columns to open; absent: all. */
  only?: readonly string[];
}

/** Rows that are open for questions. */
export interface Rows {
  /** A view of all rows of the files that `where` lets pass, columns read as wanted. */
  view: string;
  /** Column → its type as delivered, or of texts as what they can be read. */
  types: Readonly<Record<string, string>>;
  /** Column → column of the view that holds the texts which were read as numbers. */
  texts: Readonly<Record<string, string>>;
  /** Type of the event times in the view, null without. */
  timeType: string | null;
  /** Lines that could not be read as a row, and where the first is. */
  unreadable: number;
  first: Copy['first'];
  /** What was to part the rows, and cannot. */
  unbound: readonly Unbound[];
  /** A view of the rows whose list has no element, so that none came of them; null: of no lists. */
  bare: string | null;
}

/**
 * Opens the rows of a source for as long as `use` takes. Throws SourceError when a file cannot be
 * read or lacks the column of event times, and for a `where` that is no expression over the rows.
 * Files without content are no rows.
 */
export async function withRows<T>(
  db: Duck,
  spec: RowsSpec,
  use: (rows: Rows) => Promise<T>,
): Promise<T> {
  const { located } = spec;
  if (spec.time?.column === ROW_NUMBER) {
    const plain = { ...spec, time: null, span: undefined };
    return withRows(db, plain, (rows) => withNumbers(db, rows, use));
  }
  await checkExpressions(db, spec);
  const time = deliveredTime(spec);
  if (time !== null) await requireColumn(db, located, time.column);
  const views: string[] = [];
  let remove = () => Promise.resolve();
  try {
    const source = await open(db, { ...spec, time }, views);
    remove = source.remove;
    const made = await shaped(db, source, { ...spec, views });
    const rows = await read(db, { ...source, ...made, ...spec, views });
    return await use(rows);
  } catch (error) {
    if (error instanceof SourceError || !isEngineError(error)) throw error;
    return await blame(db, located, error);
  } finally {
    const drops = views.reverse().map((view) => `drop view if exists ${view}`);
    if (drops.length > 0) await perform(db, drops.join('; '));
    await remove();
  }
}

interface Source extends Omit<Copy, 'files'>, Made {
  remove: () => Promise<void>;
}

/** A view of the columns as they are delivered; texts are staged first. */
async function open(db: Duck, { located, time }: RowsSpec, views: string[]): Promise<Source> {
  const base = fresh('files');
  const none = () => Promise.resolve();
  views.push(base);
  const own = { base, texts: false, worded: [], marked: false, unreadable: 0, first: null };
  const make = async (from: string) => {
    await perform(db, `create view ${base} as ${from}`);
    return columnsOf(db, base);
  };
  const paths = located.files.map(({ path }) => path);
  const texts = isText(located.kind);
  if (paths.length > 0 && !texts) {
    const columns = await make(`from ${reader('parquet', paths)}`);
    if (time !== null && !(time.column in columns)) {
      throw lacks(paths[0] ?? located.path, time.column, Object.keys(columns).join(', '));
    }
    // Texts would be read as instants again by every question.
    const isRead = time !== null && time.as !== 'texts';
    if (!isRead || columns[time.column] !== 'VARCHAR') return { ...own, columns, remove: none };
    await perform(db, `drop view ${base}`);
  }
  const staged = paths.length === 0 ? null : await stage(db, located, time);
  if (staged === null) {
    // no file has anything in it: the view has a column of none
    await make('select 0 as nothing where false');
    return { ...own, columns: {}, remove: none };
  }
  const { unreadable, first, remove } = staged;
  try {
    const columns = await make(`from ${reader('parquet', staged.files)}`);
    return { ...own, columns, texts, unreadable, first, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function read(
  db: Duck,
  {
    base,
    columns,
    texts,
    worded,
    bare,
    unreadable,
    first,
    located,
    wants,
    time,
    span,
    only,
    dimensions = [],
    views,
  }: Source & RowsSpec & { bare: string | null; views: string[] },
): Promise<Rows> {
  const readings = await readingsOf(db, { columns, base, texts, worded, wants, time, span, only });
  const view = fresh('rows');
  views.push(view);
  const hidden = readings.filter(([, { text }]) => text !== null);
  const casts = readings.map(([name, { sql }]) => `${sql} as ${quoteName(name)}`);
  const raw = hidden.map(([name, { text }]) => `${text ?? ''} as ${quoteName(textOf(name))}`);
  const select = [...casts, ...raw].join(', ') || '0 as nothing';
  const { slices, unbound } = await bound(db, { dimensions, columns, select, base, texts });
  // without a file there is no row to choose from, nor a column that `where` could name
  const chosen = Object.keys(columns).length === 0 ? { ...located, where: null } : located;
  await createView(db, { view, select, slices, base, located: chosen, texts });
  return {
    view,
    types: byColumn(readings.map(([name, { type }]) => [name, type])),
    texts: byColumn(hidden.map(([name]) => [name, textOf(name)])),
    timeType: time === null ? null : (columns[time.column] ?? null),
    unreadable,
    first,
    unbound,
    bare,
  };
}

/** Name of the column that holds the texts of another. */
const textOf = (name: string): string => `text of ${name}`;

/** DuckDB's errors begin with their kind: `IO Error: …`. */
function isEngineError(error: unknown): boolean {
  return error instanceof Error && /^[A-Z][A-Za-z ]+ Error: /.test(error.message);
}
