import type { Duration } from './window.js';

/** What a file can be read as. */
export type FileKind = 'parquet' | 'csv' | 'jsonl';

/** The column that a source cuts spans of time by, and the zone of times without an offset. */
export interface EventTime {
  column: string;
  timezone: string;
}

/**
 * How the rows of a source become those that are watched: first unnested, then selected, and of
 * these `where` chooses. Each step sees the columns that the one before it left.
 */
export interface RowShape {
  /**
   * A column of lists: one row for each element. The fields of structs become columns; a plain
   * value takes the place of its list. Rows without it are taken as they are.
   */
  unnest?: string;
  /**
   * Column → an expression of the user's over a row, locked down when it runs; one that fails on a
   * row gives null. Rows that lack a column which it names keep their own column of that name.
   */
  select?: Readonly<Record<string, string>>;
}

/** Another source, of which each row gets the columns of at most one row. */
export interface JoinSpec {
  name: string;
  from: SourceSpec;
  /** Column of the rows → column of the other source; those of a pair hold the same key. */
  on: Readonly<Record<string, string>>;
  /** Columns of the other source that are joined; absent: all but those of the key. */
  columns?: readonly string[];
}

/** Which rows of a source are watched, and as what. */
interface Chosen {
  /** An expression of the user's over the source's own columns; locked down when it runs. */
  where: string | null;
  /** Absent: rows are watched as they are. */
  shape?: RowShape;
  /**
   * Joined one after another once rows have their shape, before `where` chooses; a later one may
   * name columns of an earlier one. Absent: none.
   */
  joins?: readonly JoinSpec[];
}

/** Files of this machine. Paths are absolute once resolved; templates keep `{date}`, `{hour}`. */
export interface FileSource extends Chosen {
  kind: FileKind;
  path: string;
}

/** The rows of one select of a database. */
interface Queried extends Chosen {
  /** What people call it in messages: the table, or `query`. Of a DuckDB file, its path. */
  path: string;
  /** One select, as the database writes it; null: all of `table`. */
  query: string | null;
  /** `scores` or `schema.scores`, not quoted; null: `query` says it. */
  table: string | null;
  /** null: rows have no time, and all of them are read for every span. */
  time: EventTime | null;
  /** How long one query may take. */
  timeout: Duration;
}

/** A PostgreSQL server. */
export interface PostgresSource extends Queried {
  kind: 'postgres';
  /** Secret reference of the address, `env:NAME` or `file:PATH`. */
  url: string;
  /** Rows come up to so long after their event time: until then a span is read again. */
  overlap: Duration;
}

/** A DuckDB file, opened read-only. */
export interface DuckdbSource extends Queried {
  kind: 'duckdb';
}

/** Objects of an S3-compatible store. */
export interface S3Source extends Chosen {
  kind: 's3';
  /** `s3://bucket/key`; the key may be a glob or a template. */
  path: string;
  format: FileKind;
  /** null: that of AWS. */
  endpoint: string | null;
  region: string;
  /** Secret references; null: who the machine is for AWS. */
  keys: { id: string; secret: string } | null;
  timeout: Duration;
}

/** Rows that an HTTP server answers with. */
export interface HttpSource extends Chosen {
  kind: 'http';
  /** An address, which may be a template, or the secret reference of one. */
  path: string;
  format: FileKind;
  /** Secret reference of a bearer token. */
  token: string | null;
  timeout: Duration;
  /** A longer answer is refused. */
  mostBytes: number;
}

/** Where rows come from. */
export type SourceSpec = FileSource | PostgresSource | DuckdbSource | S3Source | HttpSource;

/** Whether a source is files of this machine. */
export function isFiles(spec: SourceSpec): spec is FileSource {
  return spec.kind === 'parquet' || spec.kind === 'csv' || spec.kind === 'jsonl';
}

/** Sources whose files have a folder to lie in. */
export const hasFolders = (spec: SourceSpec): spec is FileSource | S3Source =>
  isFiles(spec) || spec.kind === 's3';

/** The folder of a path, with the slash at its end; '' where it names none. */
export const folderIn = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
