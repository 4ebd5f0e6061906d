import { formatDuration } from '../../calendar/durations.js';
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

/** A limit as a monitor file says it: `0.25`, `24h`, `{ drop: 5% }`; a dash for none. */
export function limitText(limit: Limit | null, unit: string): string {
  if (limit === null) return '–';
  const number = (value: number): string =>
    /^ms\b|duration/.test(unit) ? formatDuration(value) : String(value);
  if (typeof limit === 'number') return code(number(limit));
  if ('dropShare' in limit) return code(`{ drop: ${limit.dropShare * 100}% }`);
  if ('drop' in limit) return code(`{ drop: ${limit.drop} }`);
  return 'above' in limit
    ? code(`{ above: ${number(limit.above)} }`)
    : code(`{ below: ${number(limit.below)} }`);
}
