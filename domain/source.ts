import type { Manifest, ManifestFile } from './run.js';
import type { EventTime, FileKind, JoinSpec, RowShape } from './source-spec.js';
import type { Instant } from './window.js';

/** The files behind a source for one span of time, as they were when they were listed. */
export interface Located {
  kind: FileKind;
  /** As the monitor says it, for messages. */
  path: string;
  where: string | null;
  /** How its rows become those that are watched; absent: they are. */
  shape?: RowShape;
  /** What joins its rows; absent: nothing. */
  joins?: readonly LocatedJoin[];
  /**
   * In the order of their paths; [] when nothing is there, which is no error. An expression of the
   * user's may read these files and no other.
   */
  files: readonly ManifestFile[];
  /**
   * `here`: files of the user's. `fetched`: copies of files that can be fetched again as they are.
   * `pulled`: rows as a source gave them once, which may give others tomorrow. Absent: here.
   */
  origin?: 'here' | 'fetched' | 'pulled';
}

/** A source that is joined, and where its rows are. */
export interface LocatedJoin extends Omit<JoinSpec, 'from'> {
  located: Located;
}

/** A source and those that join it. */
export const withJoined = (located: Located): readonly Located[] => [
  located,
  ...(located.joins ?? []).map((join) => join.located),
];

/** The files of a source and, by name, of those that join it. */
export function filesOf({ files, joins }: Located): Pick<Manifest, 'files' | 'joins'> {
  if (joins === undefined) return { files };
  const named = joins.map(({ name, located }) => [name, located.files] as const);
  return { files, joins: Object.fromEntries(named) };
}

/** Whether no expression of the user's runs on the rows of a source. */
export const isPlain = (located: Located): boolean =>
  withJoined(located).every(({ where, shape }) => where === null && shape?.select === undefined);

/** Rows that were written as one Parquet file. */
export interface Landing {
  file: string;
  bytes: number;
  rows: number;
  /** The same for the same rows in any order, a whole number in digits; may be added up. */
  sum: string;
}

/** A column and its type, as DuckDB names it. */
export interface TypedColumn {
  name: string;
  type: string;
}

/** The rows of a select, or of a table, of a DuckDB file. */
export interface DatabaseRows {
  database: string;
  query: string | null;
  table: string | null;
}

/** What only the engine can do for a source. Every file that is named is of the caller's folder. */
export interface Tables {
  /** Rows of CSV as COPY of PostgreSQL writes it, null as \N, without a header. */
  ofCsv(csv: { file: string; columns: readonly TypedColumn[]; to: string }): Promise<Landing>;
  /**
   * Rows of a DuckDB file, opened read-only, nothing else readable; of a span only those whose
   * event time lies in [start, end).
   */
  ofDuckdb(
    from: DatabaseRows & {
      cut: { time: EventTime; start: Instant; end: Instant } | null;
      to: string;
    },
  ): Promise<Landing>;
  /** Columns of the same. */
  columnsOfDuckdb(from: DatabaseRows): Promise<TypedColumn[]>;
}

/**
 * Rows that cannot be read: which file, which column, what is wrong and what would be right. With a
 * column the problem is what is said of it, as `is missing`.
 */
export class SourceError extends Error {
  /** Path of the file, or the pattern when no single file is to blame. */
  readonly file: string;
  readonly column: string | null;

  constructor(file: string, column: string | null, problem: string) {
    super(column === null ? `${file}: ${problem}` : `${file}: column "${column}" ${problem}`);
    this.name = 'SourceError';
    this.file = file;
    this.column = column;
  }
}

const KINDS: readonly (readonly [RegExp, FileKind])[] = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(csv|tsv)(\.gz|\.zst)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz|\.zst)?$/i, 'jsonl'],
];

/** The kind of source that a path's ending tells; null when it tells none. */
export function kindOfPath(path: string): FileKind | null {
  return KINDS.find(([ending]) => ending.test(path))?.[1] ?? null;
}
