import { limitText as limitOf } from '../../config/limit-example.js';
import type { Limit } from '../../domain/limits.js';

/** The first lines of every generated page. */
export function pageHead(title: string, about: string): string {
  const made = '<!-- Made by `npm run docs` from the code; a test fails when it is stale. -->';
  return `${made}\n\n# ${title}\n\n${about}\n`;
}

/** A table in Markdown; a bar in a cell would end it. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `code` in Markdown. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A limit as a monitor file says it, in Markdown; a dash for none. */
export function limitText(limit: Limit | null, unit: string): string {
  return limit === null ? '–' : code(limitOf(limit, { unit }));
}
