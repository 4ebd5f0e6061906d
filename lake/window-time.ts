import { SourceError } from '../domain/source.js';
import type { Instant } from '../domain/window.js';
import { ask, quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';

/** A column of event times and the zone of those without an offset. */
export interface TimeSpec {
  column: string;
  timezone: string;
  /** Texts stay as they came; absent: who opens the rows reads them as instants. */
  as?: 'texts';
}

/** How a column of event times is compared with instants, in its own domain. */
export interface Clock {
  /** SQL of the first value that is not before an instant: `column >= cut` is "at or after". */
  cut(at: Instant): Promise<string>;
  /** SQL of a value as epoch milliseconds. */
  milliseconds: string;
}

const NUMBER =
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|FLOAT|DOUBLE|DECIMAL(\([0-9, ]+\))?)$/;
const NAIVE = /^(TIMESTAMP(_S|_MS|_NS)?|DATE)$/;
/** Behind the ten characters of a date, for the day of a date looks like an offset. */
const OFFSET_AT_END = '(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)$';

/** The engine reads 10/11/26 as a day of the year 10, and `infinity` as a time. */
const YEAR_IN_FULL = '^[0-9]{4,6}[-/ ]';

/** Seconds, milli-, micro- or nanoseconds since 1970, from 1973 on; fewer digits are dates. */
const EPOCH = '^[0-9]{9,19}([.][0-9]*)?$';

/** True for the types that hold numbers. */
export const isNumber = (type: string): boolean => NUMBER.test(type);

/**
 * SQL: a text as an instant; an offset in it wins over the zone, a number is told by its size as in
 * typed files, null when it is no time.
 */
export function parsedTime({ column, timezone }: TimeSpec): string {
  const text = quoteName(column);
  const number = `try_cast(${text} as double)`;
  const micros = UNITS.map(({ below, perSecond }) => {
    return `when ${number} < ${below} then ${number} * ${1e6 / perSecond}`;
  });
  return [
    `case when regexp_matches(trim(${text}), '${EPOCH}')`,
    `then make_timestamptz((case ${micros.join(' ')} end)::bigint)`,
    `when not regexp_matches(trim(${text}), '${YEAR_IN_FULL}') then null`,
    `when regexp_matches(substr(trim(${text}), 11), '${OFFSET_AT_END}')`,
    `then try_cast(${text} as timestamptz)`,
    `else timezone(${quoteText(timezone)}, try_cast(${text} as timestamp)) end`,
  ].join(' ');
}

/** Whether a text begins as `parsedTime` wants it: of one that does not, nothing is a time. */
export const looksLikeTime = (text: string): boolean =>
  new RegExp(EPOCH).test(text.trim()) || new RegExp(YEAR_IN_FULL).test(text.trim());

/** The clock of a column; throws SourceError when its type is no time. */
export async function clockOf(
  db: Duck,
  rows: { view: string; type: string | undefined; file: string },
  { column, timezone }: TimeSpec,
): Promise<Clock> {
  const name = quoteName(column);
  const type = rows.type ?? '';
  if (type === 'TIMESTAMP WITH TIME ZONE') {
    const cut = (at: Instant) => Promise.resolve(`timestamptz ${quoteText(exact(at))}`);
    return { cut, milliseconds: `epoch_ms(${name})::double` };
  }
  if (NAIVE.test(type)) {
    const naive = `${name}::timestamp`;
    const utc = ['UTC', 'Etc/UTC', 'Z'].includes(timezone);
    return {
      cut: async (at) => {
        if (utc) return `timestamp ${quoteText(exact(at).slice(0, -1))}`;
        const [row] = await ask(db, 'window/cut', { at_ms: at, timezone });
        return `timestamp ${quoteText(String(row?.['cut']))}`;
      },
      milliseconds: utc
        ? `epoch_ms(${naive})::double`
        : `epoch_ms(timezone(${quoteText(timezone)}, ${naive}))::double`,
    };
  }
  if (isNumber(type)) {
    const [row] = await ask(db, 'window/unit', { rows: rows.view, column });
    const units = unitsPerSecond(Number(row?.['largest'] ?? 0));
    const cut = (at: Instant) => Promise.resolve(`(${(at / 1000) * units})`);
    return { cut, milliseconds: `(${name}::double * 1000 / ${units})` };
  }
  const wanted = 'expected a timestamp, a date, text in ISO 8601, or seconds or ms since 1970';
  throw new SourceError(rows.file, column, `has type ${type}, which is no time; ${wanted}`);
}

/** 1e11 seconds are the year 5138, 1e11 milliseconds the year 1973; so for the finer units. */
const UNITS = [
  { below: 1e11, perSecond: 1 },
  { below: 1e14, perSecond: 1e3 },
  { below: 1e17, perSecond: 1e6 },
  { below: 1e20, perSecond: 1e9 },
];

function unitsPerSecond(largest: number): number {
  return UNITS.find(({ below }) => largest < below)?.perSecond ?? 1e9;
}

const exact = (at: Instant): string => new Date(at).toISOString();

/** A value as a person writes it: 1 for the number 1.0. */
export function plainText(column: string, type: string): string {
  if (!isNumber(type)) return `${column}::varchar`;
  const whole = `${column} = floor(${column}) and abs(${column}) < 1e15`;
  return `case when ${whole} then ${column}::bigint::varchar else ${column}::varchar end`;
}
