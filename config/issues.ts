import type { z } from 'zod';
import { exampleAt } from './example-at.js';
import { knownKeys, valueAt } from './known-keys.js';
import { limitExample } from './limit-example.js';
import type { KnownCheck } from './limit-schema.js';
import { isLater, laterChecks } from './planned.js';
import { didYouMean } from '../checks/spelling.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A fault at a path, in the house's words. */
export interface Told {
  path: Path;
  message: string;
  /** The fault is the key, not its value. */
  at: 'key' | 'value';
}

/** What is needed to put zod's issues into words. */
export interface Asked {
  /** The plain values that were parsed. */
  value: unknown;
  /** The schema as JSON Schema, for the keys that are known. */
  schema: Record<string, unknown>;
  /** Right files, the shorter ones first: where examples come from. */
  examples: readonly unknown[];
  /** The checks that there are. */
  checks: readonly KnownCheck[];
  /** Whether keys of a later version are refused as such; absent: those of monitors are. */
  later?: 'none';
}

/** Zod's issues as sentences: what is wrong, what was given, what would be right. */
export function tell(issues: readonly Issue[], asked: Asked): Told[] {
  return issues.flatMap((issue) => flatten(issue)).flatMap((issue) => words(issue, asked));
}

/** Without "got none" where a key that is unknown there says what was given. */
export function withoutEchoes(told: readonly Told[]): Told[] {
  const unknown = told.filter(({ at }) => at === 'key').map(({ path }) => path.slice(0, -1).join());
  return told.filter(({ path, message }) => {
    return !message.includes(', got none') || !unknown.includes(path.join());
  });
}

/** The issues of the branch that was meant: the one whose outermost shape fits. */
export function flatten(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors
    .filter((branch) => branch.length > 0 && branch.every((own) => !isWrongShape(own)))
    .sort((a, b) => a.length - b.length)[0];
  if (meant === undefined) return [issue];
  return meant
    .map((own) => ({ ...own, path: [...issue.path, ...own.path] }))
    .flatMap((own) => flatten(own));
}

function isWrongShape(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return !('discriminator' in issue);
  return issue.code !== 'unrecognized_keys' && issue.code !== 'custom';
}

function words(issue: Issue, asked: Asked): Told[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...issue.path, key], asked));
  }
  if (isUnknownCheck(issue)) return [unknownCheck(issue.path, asked)];
  const given = valueAt(asked.value, issue.path);
  const message = expected(issue);
  if (given === undefined && issue.code !== 'custom') {
    return [{ path: issue.path, message: `missing${exampleOf(issue.path, asked)}`, at: 'value' }];
  }
  if (!message.startsWith('expected') || message.includes(', got ')) {
    return [{ path: issue.path, message, at: 'value' }];
  }
  const got = `${message}, got ${inWords(given)}`;
  // A hint ends the sentence: `… or a list. Did you mean "psi"?`
  const [, hint] = / (Did you mean .*)$/.exec(message) ?? [];
  const told =
    hint === undefined
      ? `${got}${message.includes(' as ') ? '' : exampleOf(issue.path, asked)}`
      : `${message.replace(` ${hint}`, '')}, got ${inWords(given)}. ${hint}`;
  return [{ path: issue.path, message: told, at: 'value' }];
}

function isUnknownCheck(issue: Issue): boolean {
  if (issue.code === 'custom') return issue.message === 'unknown check';
  const isChoice = issue.code === 'invalid_union' && 'discriminator' in issue;
  return isChoice && issue.path.includes('checks');
}

function unknownCheck(path: Path, asked: Asked): Told {
  const named = path.at(-1) === 'check' ? path : [...path, 'check'];
  const given = valueAt(asked.value, named) ?? valueAt(asked.value, path);
  const own = valueAt(asked.value, named) === undefined ? path : named;
  if (typeof given !== 'string') {
    return { path, message: 'missing: the name of the check. Example: check: psi', at: 'value' };
  }
  const names = asked.checks.map(({ name }) => name);
  const list = names.join(', ');
  const message = laterChecks.includes(given)
    ? `check "${given}" is not available yet in this version`
    : `unknown check "${given}".${didYouMean(given, names)} Known: ${list}`;
  return { path: own, message, at: 'value' };
}

const MERGED =
  'merge keys are not read: expected the keys themselves; what all monitors share goes into ' +
  '_defaults.yaml';

function unknownKey(path: Path, asked: Asked): Told {
  if (asked.later !== 'none' && isLater(path)) {
    return { path, message: 'not available yet in this version', at: 'key' };
  }
  const key = String(path.at(-1));
  if (key === '<<') return { path, message: MERGED, at: 'key' };
  const known = knownKeys(asked.schema, asked.value, path.slice(0, -1));
  const hint = didYouMean(key, known);
  const list = known.length > 0 ? ` Known: ${known.join(', ')}` : '';
  return { path, message: `unknown key "${key}".${hint}${list}`, at: 'key' };
}

const shapes: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  boolean: 'true or false',
};

function expected(issue: Issue): string {
  if (!issue.message.startsWith('Invalid') && !issue.message.startsWith('Too')) {
    return issue.message;
  }
  if (issue.code === 'invalid_type') return `expected ${shapes[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') return `expected at least ${String(issue.minimum)}`;
  if (issue.code === 'too_big') return `expected at most ${String(issue.maximum)}`;
  if (issue.code === 'invalid_value')
    return `expected one of: ${issue.values.map(String).join(', ')}`;
  return 'expected something else';
}

function exampleOf(path: Path, asked: Asked): string {
  const example = exampleOfLimit(path, asked) ?? exampleAt(asked.examples, path);
  return example === null ? '' : `. Example: ${example}`;
}

/** What is a limit of one check is none of another; null: the path is not that of a limit. */
function exampleOfLimit(path: Path, { value, checks }: Asked): string | null {
  const key = path.at(-1);
  if (key !== 'warn' && key !== 'alert') return null;
  const named = valueAt(value, [...path.slice(0, -1), 'check']);
  const check = checks.find(({ name }) => name === named);
  return check === undefined ? null : `${key}: ${limitExample(check, key)}`;
}

/** `{date}` without quotes is a map with one key and no value. */
function mapInWords(given: object): string {
  const [[key, value] = ['', ''], ...more] = Object.entries(given) as [string, unknown][];
  if (more.length > 0 || value !== null) return 'a map of keys';
  return `a map of keys: expected quotes around it, as "{${key}}", if it is a text`;
}

/** What was given, short enough for a line. */
function inWords(given: unknown): string {
  if (given === undefined || given === null) return 'nothing';
  if (Array.isArray(given)) return given.length === 0 ? 'an empty list' : 'a list';
  if (typeof given === 'object') return mapInWords(given);
  // JSON has no word for infinity.
  if (typeof given === 'number') return String(given);
  const text = JSON.stringify(given);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
