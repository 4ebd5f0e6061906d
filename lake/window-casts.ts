import type { Located } from '../domain/source.js';
import { quoteName, quoteText } from './ask.js';
import type { Row } from './ask.js';
import { isVector, isWords } from './measured.js';
import { isNumber } from './window-time.js';

/**
 * What a column is needed as: numbers, lists of numbers, texts of categories and ids, or labels: as
 * they came, for one that is no class or number is told with its text.
 */
export interface Want {
  as: 'number' | 'text' | 'label' | 'vector';
  /** Its type in the reference; null: nothing is expected, texts of a typed file stay as typed. */
  type: string | null;
}

/** How a column is read: its type as it is, or as its texts are best read, and SQL for it. */
export interface Reading {
  type: string;
  sql: string;
  /** SQL of the texts that were read as numbers, where some may be none, or that are no vector. */
  text: string | null;
}

/**
 * So many of the texts must be readable for a type that nobody expects: a source that breaks spoils
 * some, and a column that is spoilt has to be watched all the more.
 */
const MOST = 0.8;
/** Of fewer texts most of them are enough. */
const FEW = 20;
/** Fewer, and a column has another type than the one expected. */
const HALF = 0.5;

/** Type of a Parquet column that was written without a type, for all of it is null. */
const NOTHING = '"NULL"';

const BARE = { number: 'DOUBLE', text: 'VARCHAR', vector: 'DOUBLE[]' } as const;

/** A text that is a list of numbers: the engine would read `["a"]` as one with a hole. */
const VECTOR = String.raw`\s*\[([-+0-9.eE,\s]|null|NaN|nan)*\]\s*`;

/** A text as a list of numbers; `text` is there where it came and is none. */
function vectorOf(text: string): Pick<Reading, 'sql' | 'text'> {
  const numbers =
    `case when regexp_full_match(${text}, ${quoteText(VECTOR)}) ` +
    `then try_cast(${text} as ${BARE.vector}) end`;
  const unread = `${text} is not null and (${numbers}) is null`;
  return { sql: numbers, text: `case when ${unread} then 'unread' end` };
}

/** How a column of a typed file is read. A type that is neither number nor category stays. */
export function readTyped(name: string, type: string, want: Want | undefined): Reading {
  const column = quoteName(name);
  const plain = { type, sql: column, text: null };
  if (want?.as === 'label') return plain;
  // Nothing but nulls was written: no type of its own, and none that changed.
  if (type === NOTHING && want !== undefined) {
    const expected = want.type ?? BARE[want.as];
    const type = expected.startsWith('ENUM') ? 'VARCHAR' : expected;
    return { type, sql: `null::${want.as === 'vector' ? BARE.vector : type}`, text: null };
  }
  if (want?.as === 'vector') {
    if (isVector(type)) return plain;
    if (isWords(type)) return { type, ...vectorOf(`${column}::varchar`) };
    return { ...plain, sql: `null::${BARE.vector}` };
  }
  const words = type === 'VARCHAR' || type.startsWith('ENUM');
  if (want === undefined || !(words || isNumber(type) || type === 'BOOLEAN')) return plain;
  if (want.as === 'text')
    return words || want.type === null ? plain : { ...plain, sql: `${column}::varchar` };
  if (words) return { type, sql: `try_cast(${column}::varchar as double)`, text: column };
  return type === 'BOOLEAN' ? { ...plain, sql: `${column}::integer` } : plain;
}

/**
 * How a column of a text file is read: as expected when at least half of it can be. `counts`: its
 * row of sql/window/text_types.sql; undefined: it has no text.
 */
export function readText(name: string, counts: Row | undefined, want: Want | undefined): Reading {
  const share = (count: string) => {
    const present = Number(counts?.['present'] ?? 0);
    return present === 0 ? null : Number(counts?.[count] ?? 0) / present;
  };
  const few = Number(counts?.['present'] ?? 0) < FEW;
  const read = want?.type == null ? guess(share, few ? HALF : MOST) : expected(want.type, share);
  const type = want?.as === 'text' && isVector(read) ? 'VARCHAR' : read;
  const column = quoteName(name);
  if (want?.as === 'vector' || (want === undefined && isVector(type))) {
    return { type, ...vectorOf(column) };
  }
  if (want?.as === 'number') {
    return { type, sql: `try_cast(${column} as double)`, text: column };
  }
  if (want?.as === 'label' && isNumber(type)) return { type, sql: labelText(column), text: null };
  if (type === 'BOOLEAN') return { type, sql: `lower(${column})`, text: null };
  if (want?.as === 'text' || want?.as === 'label' || type === 'VARCHAR')
    return { type, sql: column, text: null };
  return { type, sql: `try_cast(${column} as ${type})`, text: isNumber(type) ? column : null };
}

/** SQL: a whole number as people write it, 1 for 1.0; all else as it came. */
function labelText(column: string): string {
  const number = `try_cast(${column} as double)`;
  const whole = `${number} = floor(${number}) and abs(${number}) < 1e15`;
  return `case when ${whole} then ${number}::bigint::varchar else ${column} end`;
}

type Share = (count: string) => number | null;

function expected(type: string, share: Share): string {
  const plain = isNumber(type) ? 'numbers' : type === 'BOOLEAN' ? 'booleans' : null;
  const count = isVector(type) ? 'vectors' : plain;
  return count === null || (share(count) ?? 1) >= HALF ? type : 'VARCHAR';
}

function guess(share: Share, least: number): string {
  const fits = (count: string) => (share(count) ?? 0) >= least && (share(count) ?? 0) > HALF;
  // 007 is a name that happens to be written in digits.
  const codes = (share('codes') ?? 0) > 0;
  if (fits('integers') && !codes) return 'BIGINT';
  if (fits('numbers') && !codes) return 'DOUBLE';
  if (fits('booleans')) return 'BOOLEAN';
  if (fits('vectors')) return 'DOUBLE[]';
  return fits('times') ? 'TIMESTAMP WITH TIME ZONE' : 'VARCHAR';
}

/** Text files hold no types. */
export const isText = (kind: Located['kind']): boolean => kind !== 'parquet';
