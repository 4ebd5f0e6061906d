import { cellsAt } from './adding.js';
import { partKey } from './backtesting/parts.js';
import type { Profile } from './profile.js';
import type { Slice } from './slice.js';

/** Why an expression gives no number though nothing failed. */
export const NO_VALUE = 'it is null';

/**
 * What the profile of a part holds in `asked`: of the answer `custom` of all rows what is about the
 * part, as if the part were all of them. {} where nothing is.
 */
export function askedOfPart({ custom }: Profile['asked'], slice: Slice): Profile['asked'] {
  if (custom === undefined) return {};
  const key = partKey(slice);
  const parts = Array.from<string | number, string>(custom.by['part'] ?? [], String);
  const own = cellsAt(
    custom,
    parts.flatMap((part, cell) => (part === key ? [cell] : [])),
  );
  const size = own.by['sql']?.length ?? 0;
  if (size === 0) return {};
  return { custom: { ...own, by: { ...own.by, part: Array.from({ length: size }, () => '') } } };
}

/** What an expression came to on the rows of a profile; null: it was not counted then. */
export function customIn(
  { asked: { custom } }: Pick<Profile, 'asked'>,
  sql: string,
): { value: number; why: string } | null {
  const texts = Array.from<string | number, string>(custom?.by['sql'] ?? [], String);
  const cell = texts.findIndex((text, at) => text === sql && custom?.by['part']?.[at] === '');
  if (custom === undefined || cell < 0) return null;
  return {
    value: custom.sums['value']?.[cell] ?? NaN,
    why: String(custom.by['why']?.[cell] ?? ''),
  };
}
