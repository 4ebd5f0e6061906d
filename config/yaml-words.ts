import type { YAMLError } from 'yaml';
import { plainSecrets } from './secrets.js';

/** What is wrong by the parser's code, and what would be right. */
const words: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'a * begins a reference: expected quotes around the value',
  BAD_DQ_ESCAPE: 'this backslash stands for nothing: expected single quotes around the value',
  BAD_INDENT: 'it begins too far left or right: expected the spaces of the line it belongs to',
  BAD_SCALAR_START: 'no value begins with this sign: expected quotes around the value',
  BLOCK_AS_IMPLICIT_KEY:
    'a key is where a value ends: expected one "key: value" a line, its neighbours below it',
  BLOCK_IN_FLOW: 'keys or dashes of lines are within brackets: expected commas, as { a: 1, b: 2 }',
  MISSING_CHAR: 'a sign is missing',
  MULTILINE_IMPLICIT_KEY: 'this line is no key with a value: expected "key: value"',
  MULTIPLE_DOCS: 'a second document begins here: expected one for each file',
  NON_STRING_KEY: 'a list or a map is no key: expected a name',
  TAB_AS_INDENT: 'a tab is at its beginning: expected spaces',
  TAG_RESOLVE_FAILED: 'a ! begins a tag, and no tag means anything here: expected quotes around it',
  UNEXPECTED_TOKEN: 'this does not belong here: expected "key: value" or "- item"',
};

const TOO_DEEP = 'lists or maps are within each other too often: expected a few levels';

const ends: readonly [RegExp, string][] = [
  [/end with a ]/, 'a "[" was not closed: expected "]" before this line'],
  [/end with a }/, 'a "{" was not closed: expected "}" before this line'],
  [/Missing closing "quote/, 'a " was not closed: expected it before the end of the line'],
  [/Missing closing 'quote/, "a ' was not closed: expected it before the end of the line"],
  [/Maximum call stack/, TOO_DEEP],
  [/Missing , /, 'two items are side by side: expected a comma between them'],
];

/** A path as `data/{date}.csv`, where quotes are taken away. */
const BARE_PATH = /[^\s,[]*\{(?:date|hour|year|month|day)\}[^\s,\]}]*/;

/**
 * A fault of syntax: what is wrong, what would be right, and the line that was given. `key`: the
 * one that begins there, null: none does.
 */
export function faultOfSyntax(
  fault: Pick<YAMLError, 'code' | 'message'>,
  line: string,
  key: string | null,
): string {
  if (fault.code === 'DUPLICATE_KEY') {
    return `the key ${JSON.stringify(key)} is there already: expected it once`;
  }
  const [first = ''] = fault.message.split('\n');
  const [bare] = BARE_PATH.exec(line.replaceAll(/"[^"]*"|'[^']*'/g, '')) ?? [];
  if (bare !== undefined) {
    return `a { within a value begins a map of keys: expected quotes around it, as "${bare}"`;
  }
  const known = ends.find(([pattern]) => pattern.test(first))?.[1] ?? words[fault.code];
  // Nor is a secret repeated where the file cannot be read.
  const got = plainSecrets(line).length > 0 ? '' : line.trim();
  const given = got.length > 60 ? `${got.slice(0, 57)}…` : got;
  return `${known ?? first}${given === '' ? '' : `, got ${JSON.stringify(given)}`}`;
}

/** A key that changes what its map is. */
export const NO_KEY = 'no key';
/** A value within itself. */
export const CIRCLE = 'a value holds itself';

/** Why a file that can be parsed has no plain values; `alias`: which one is to blame, null: any. */
export function faultOfValue({ message }: Error): { alias: string | null; message: string } {
  const alias = /^Unresolved alias .*: (.*)$/.exec(message)?.[1];
  if (alias !== undefined) {
    const what = 'a * begins a reference, to nothing here: expected quotes around it';
    return { alias, message: `${what}, as "*${alias}"` };
  }
  const wanted = 'expected the values themselves';
  if (message === NO_KEY) return { alias: null, message: '__proto__ is no key: expected another' };
  if (message === CIRCLE) return { alias: null, message: `an alias (*) holds itself: ${wanted}` };
  if (message.startsWith('Excessive alias')) {
    return { alias: null, message: `its aliases (*) stand for too many values: ${wanted}` };
  }
  return { alias: null, message: message.startsWith('Maximum call') ? TOO_DEEP : message };
}
