import type { SourceSpec } from './monitor.js';
import type { ManifestFile } from './run.js';

/** The files behind a source for one span of time, as they were when they were listed. */
export interface Located {
  kind: SourceSpec['kind'];
  /** As the monitor says it, for messages. */
  path: string;
  where: string | null;
  /**
   * In the order of their paths; [] when nothing is there, which is no error. An expression of the
   * user's may read these files and no other.
   */
  files: readonly ManifestFile[];
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

const KINDS: readonly (readonly [RegExp, SourceSpec['kind']])[] = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(csv|tsv)(\.gz|\.zst)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz|\.zst)?$/i, 'jsonl'],
];

/** The kind of source that a path's ending tells; null when it tells none. */
export function kindOfPath(path: string): SourceSpec['kind'] | null {
  return KINDS.find(([ending]) => ending.test(path))?.[1] ?? null;
}
