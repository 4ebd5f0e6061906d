import { didYouMean } from '../checks/spelling.js';
import type { FileKind } from '../domain/source-spec.js';

/** What the files of a source have. */
export interface Seen {
  /** null: no file tells. */
  columns: readonly string[] | null;
  /** In words, for whoever misses a column. */
  files: string;
  /** What is odd about the files, in words; null: nothing. */
  oddity: string | null;
  /** Where others are made of them: the columns before that → their types, as far as known. */
  delivered?: Readonly<Record<string, string>>;
  /** Where other sources join them: the files and columns without those. */
  own?: { columns: readonly string[]; files: string };
  /** Why a list cannot be unnested, in words; absent: it can. */
  fault?: string;
  /** The newest file, where the source is of files and there is one. */
  newest: { kind: FileKind; path: string } | null;
}

/** A name that is a number or a date: the first line of a file without a header. */
const VALUE = /^-?\d+(\.\d+)?$|^\d{4}-\d\d-\d\d/;

/** That no file has a column, and which there are. */
export function unknownColumn(
  column: string,
  there: readonly string[],
  seen: readonly Seen[],
): string {
  const files = [...new Set(seen.map((one) => one.files))].join(' and ');
  const bare = there.some((name) => VALUE.test(name));
  const hint = bare ? ' Is a header line missing?' : didYouMean(column, there);
  const list = there.map((name) => (/[\u0000-\u001f]/.test(name) ? JSON.stringify(name) : name));
  return (
    `expected a column of ${files}, got ${JSON.stringify(column)}.${hint} ` +
    `There are: ${list.join(', ')}`
  );
}
