import { dirname, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import type { Verdict } from '../domain/finding.js';

const SHAPES: Readonly<Record<Verdict, string>> = { ok: '●', warn: '▲', alert: '■', unknown: '○' };
const COLOURS = { ok: pc.green, warn: pc.yellow, alert: pc.red, unknown: pc.dim };

/** A verdict as a word, or as `word`, with its shape, coloured where the terminal allows it. */
export function verdictWord(verdict: Verdict, word: string = verdict): string {
  return COLOURS[verdict](`${SHAPES[verdict]} ${word}`);
}

/** How bad an alert is, as the verdict that made it so. */
export function severityWord(severity: 'critical' | 'warning'): string {
  return verdictWord(severity === 'critical' ? 'alert' : 'warn');
}

/** Where a verdict would be, of a score that nobody judges. */
export const shownWord = (): string => pc.dim('· shown');

/** `■ 1 alert  ▲ 1 warn  ● 18 ok  ○ 1 unknown  · 8 shown` */
export function countLine(counts: Readonly<Record<Verdict, number>>, shown: number): string {
  const order = ['alert', 'warn', 'ok', 'unknown'] as const;
  const words = order
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => verdictWord(verdict).replace(' ', ` ${counts[verdict]} `));
  if (shown > 0) words.push(shownWord().replace(' ', ` ${shown} `));
  return words.join('  ');
}

/** The last windows as one shape each, oldest first: `●●▲■`. */
export function strip(verdicts: readonly Verdict[]): string {
  return verdicts.map((verdict) => COLOURS[verdict](SHAPES[verdict])).join('');
}

const width = (text: string): number => Array.from(stripVTControlCharacters(text)).length;
const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)));

/** The colours that we write ourselves: bold, dim, red, green, yellow, and their ends. */
const COLOUR = /(\u001b\[(?:1|2|22|31|32|33|39)m)/;
/** What a terminal obeys or hides: control characters, and marks that turn texts around. */
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text of somebody's data as a terminal may show it: `\\x1b` for what it would obey. */
export function harmless(text: string): string {
  return text
    .split(COLOUR)
    .map((piece, i) => (i % 2 === 1 && pc.isColorSupported ? piece : piece.replace(OBEYED, spelt)))
    .join('');
}

function spelt(letter: string): string {
  if (letter === '\t') return ' ';
  const code = letter.charCodeAt(0);
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** A text with the paths below the working folder, or beside it, as people would type them. */
export function near(text: string): string {
  const here = process.cwd();
  // Without a dot or a slash it would look like a word.
  const below = nearTo(here, text, (rest) => (/^[\w-]+(?![\w-]|[./]\w)/.test(rest) ? './' : ''));
  const above = dirname(here);
  return dirname(above) === above ? below : nearTo(above, below, () => '../');
}

function nearTo(folder: string, text: string, lead: (rest: string) => string): string {
  return text.split(`${folder}${sep}`).reduce((told, rest) => {
    // A path may stand behind a quote or a bracket; behind a letter it goes on from elsewhere.
    const isOwn = !/[\w./:=]$/.test(told);
    return `${told}${isOwn ? lead(rest) : `${folder}${sep}`}${rest}`;
  });
}

/** Letters that each column of a table needs. */
export function widths(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly number[] {
  const widest = (most: number, cell: string | undefined) => Math.max(most, width(cell ?? ''));
  return head.map((name, i) => rows.reduce((most, row) => widest(most, row[i]), width(name)));
}

/** Columns with two spaces between; the last one is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A line end in a value would begin a row.
  const shown = rows.map((row) => row.map((cell) => harmless(cell.replaceAll('\n', ' '))));
  const all = [head.map((name) => pc.bold(name)), ...shown];
  const wide = widths(head, shown);
  return all
    .map(
      (row) =>
        ' ' +
        row
          .map((cell, i) => pad(cell, wide[i] ?? 0))
          .join('  ')
          .trimEnd(),
    )
    .join('\n');
}

/** Cuts a text to `most` characters, with … at the end. */
export function cut(text: string, most: number): string {
  const letters = Array.from(text);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

/** Breaks a text into lines of at most `most` characters, at plain spaces, behind `indent`. */
export function wrap(text: string, most: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of harmless(text).split(/[ \n\t]+/)) {
    if (line !== '' && width(line) + 1 + width(word) > most - width(indent)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}

/** Results go to stdout; everything else to stderr. Nothing in them is obeyed by a terminal. */
export function print(text: string): void {
  process.stdout.write(`${harmless(text)}\n`);
}

export function say(text: string): void {
  process.stderr.write(`${harmless(text)}\n`);
}

/** Characters that are written at a time. */
const MOST_WRITTEN = 1_000_000;

/** One JSON document on stdout, exact; never all of it at once: of a wide table it is 200 MB. */
export function printJson(value: unknown): void {
  let text = '';
  for (const piece of jsonPieces(value)) {
    text += piece;
    if (text.length < MOST_WRITTEN) continue;
    process.stdout.write(text);
    text = '';
  }
  process.stdout.write(`${text}\n`);
}

/** What `jsonText` gives, lists of an object item by item. */
export function* jsonPieces(value: unknown): Generator<string, void, void> {
  const isPlain = typeof value === 'object' && value !== null && !('toJSON' in value);
  if (!isPlain || Array.isArray(value)) return yield jsonText(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  if (entries.length === 0) return yield '{}';
  let before = '{';
  for (const [name, one] of entries as [string, unknown][]) {
    yield `${before}\n  ${jsonText(name)}: `;
    before = ',';
    if (!Array.isArray(one) || one.length === 0) yield indented(one, '  ');
    else {
      for (const [place, item] of one.entries()) {
        yield `${place === 0 ? '[' : ','}\n    ${indented(item, '    ')}`;
      }
      yield '\n  ]';
    }
  }
  yield '\n}';
}

/** The breaks in texts are escaped. */
const indented = (value: unknown, by: string): string =>
  jsonText(value ?? null).replaceAll('\n', `\n${by}`);

/** A value as JSON; what a terminal would obey is escaped in it. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(OBEYED, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
