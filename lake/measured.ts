import type { Axis, Measure } from '../domain/profile.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import { isNumber } from './window-time.js';

/** Numbers, texts and booleans. */
export function isCountable(type: string): boolean {
  return isNumber(type) || ['VARCHAR', 'BOOLEAN'].includes(type) || type.startsWith('ENUM');
}

/** Lists of numbers, of one size or not: `DOUBLE[]`, `FLOAT[3]`. */
export function isVector(type: string): boolean {
  const element = /^(.*)\[\d*\]$/.exec(type)?.[1];
  return element !== undefined && isNumber(element);
}

/** Texts, where they have to be written out before they are looked at, too. */
export const isWords = (type: string): boolean => /^(VARCHAR|JSON|ENUM.*)$/.test(type);

/** Whether a column of a type can be counted on an axis. */
export function isCounted({ kind, of }: Axis, type: string): boolean {
  if (kind === 'opaque' || isCountable(type)) return true;
  return of !== undefined && (isWords(type) || (of === 'norm' && isVector(type)));
}

/** SQL of what an axis counts of a column: the column itself, or its measure. */
export function countedOf(axis: Pick<Axis, 'of'> | undefined, column: string): string {
  const name = quoteName(column);
  switch (axis?.of) {
    case undefined:
      return name;
    case 'length':
      return `length(${name}::varchar)`;
    case 'letters':
      return `length(regexp_replace(${name}::varchar, '[0-9]+', '', 'g'))`;
    case 'norm': {
      // A vector with a hole has none; list_dot_product refuses all of a column that has one.
      const squares = `list_transform(${name}, lambda x: x::double * x::double)`;
      const whole = `list_count(${name}) = len(${name})`;
      return `case when ${whole} then sqrt(coalesce(list_sum(${squares}), 0)) end`;
    }
  }
}

/** Lends rows whose columns hold what is counted of them: their own, where nothing is measured. */
export async function withMeasured<T>(
  db: Duck,
  { rows, of }: { rows: string; of: Readonly<Record<string, Measure | undefined>> },
  use: (rows: string) => Promise<T>,
): Promise<T> {
  const measured = Object.entries(of).flatMap(([column, measure]) =>
    measure === undefined ? [] : [`${countedOf({ of: measure }, column)} as ${quoteName(column)}`],
  );
  if (measured.length === 0) return use(rows);
  const view = fresh('measured');
  const columns = `* replace (${measured.join(', ')})`;
  await perform(db, `create view ${view} as select ${columns} from ${rows}`);
  try {
    return await use(view);
  } finally {
    await perform(db, `drop view ${view}`);
  }
}
