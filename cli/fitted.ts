import { cut, table, widths, wrap } from './output.js';

/** Columns that are always there. */
const NARROW = 80;
/** Characters that a column which gives way keeps at least. */
const LEAST = 14;

/** Columns of the terminal, at least 80; where there is none, 80. */
export function columns(): number {
  const { columns: wide } = process.stdout as { columns?: number };
  return Math.max(NARROW, wide ?? NARROW);
}

/** A text that fits the terminal: the lines that go on are indented. */
export const hung = (text: string): string => wrap(text, columns(), '   ').trimStart();

/** A table that fits the terminal: the column `gives` is cut to what the others leave of it. */
export function fitted(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  gives: string,
): string {
  const at = head.indexOf(gives);
  const most = roomOf(head, rows, at);
  return table(
    head,
    rows.map((row) => row.map((cell, i) => (i === at ? cut(cell, most) : cell))),
  );
}

/**
 * A titled table whose last column says as much as it likes: beside the others where that takes one
 * line, else below them; nothing when it has no row.
 */
export function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  if (rows.length === 0) return [];
  const last = head.length - 1;
  const most = roomOf(head, rows, last);
  const isLong = (row: readonly string[]): boolean => Array.from(row[last] ?? '').length > most;
  const [top = '', ...lines] = table(
    head,
    rows.map((row) => (isLong(row) ? row.slice(0, last) : row)),
  ).split('\n');
  const below = (row: readonly string[]): string[] =>
    isLong(row) ? [wrap(broken(row[last] ?? '', columns() - 3), columns(), '   ')] : [];
  return ['', title, top, ...lines.flatMap((line, i) => [line, ...below(rows[i] ?? [])])];
}

/** Words that are longer than a line in pieces: a hash, a path. */
function broken(text: string, most: number): string {
  return text.replace(new RegExp(`\\S{${most}}(?=\\S)`, 'gu'), '$& ');
}

/** What the other columns leave of the terminal. */
function roomOf(head: readonly string[], rows: readonly (readonly string[])[], at: number): number {
  const taken = widths(head, rows).reduce((sum, width, i) => sum + (i === at ? 0 : width + 2), 1);
  return Math.max(LEAST, columns() - taken);
}
