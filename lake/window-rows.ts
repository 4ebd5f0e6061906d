import { byColumn } from '../domain/profile.js';
import { ROW_NUMBER } from '../domain/monitor.js';
import { SourceError } from '../domain/source.js';
import type { Located } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { delivered } from './window-source.js';
import type { Delivered } from './window-source.js';
import { blame, fresh, requireColumn } from './window-files.js';
import { partnerOf } from './window-join.js';
import type { JoinedSource } from './window-join.js';
import { withNumbers } from './window-numbers.js';
import type { Want } from './window-casts.js';
import type { Dimension } from './window-parts.js';
import type { Copy } from './window-kept.js';
import { readingsOf } from './window-readings.js';
import { deliveredTime, shaped } from './window-shape.js';
import type { Shaped } from './window-shape.js';
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
  /** Sources that were joined, and a column of the view for each, as `partnerOf` names it. */
  joins: readonly JoinedSource[];
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
  const tables: string[] = [];
  let remove = () => Promise.resolve();
  try {
    const source = await delivered(db, { located, time }, views);
    remove = source.remove;
    const made = await shaped(db, source, { ...spec, views, tables });
    const rows = await read(db, { ...source, ...made, ...spec, views });
    return await use(rows);
  } catch (error) {
    if (error instanceof SourceError || !isEngineError(error)) throw error;
    return await blame(db, located, error);
  } finally {
    const drops = [
      ...views.reverse().map((view) => `drop view if exists ${view}`),
      ...tables.map((table) => `drop table if exists ${table}`),
    ];
    if (drops.length > 0) await perform(db, drops.join('; '));
    await remove();
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
    joins,
    unreadable,
    first,
    located,
    wants,
    time,
    span,
    only,
    dimensions = [],
    views,
  }: Delivered & Shaped & RowsSpec & { views: string[] },
): Promise<Rows> {
  const readings = await readingsOf(db, { columns, base, worded, wants, time, span, only });
  const view = fresh('rows');
  views.push(view);
  const hidden = readings.filter(([, { text }]) => text !== null);
  const casts = readings.map(([name, { sql }]) => `${sql} as ${quoteName(name)}`);
  const raw = hidden.map(([name, { text }]) => `${text ?? ''} as ${quoteName(textOf(name))}`);
  const partners = joins.map(({ name }) => quoteName(partnerOf(name)));
  const select = [...casts, ...raw, ...partners].join(', ') || '0 as nothing';
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
    joins,
  };
}

/** Name of the column that holds the texts of another. */
const textOf = (name: string): string => `text of ${name}`;

/** DuckDB's errors begin with their kind: `IO Error: …`. */
function isEngineError(error: unknown): boolean {
  return error instanceof Error && /^[A-Z][A-Za-z ]+ Error: /.test(error.message);
}
