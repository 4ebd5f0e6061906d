import type { Monitor } from '../domain/monitor.js';
import type { Counts } from '../domain/profile.js';
import { ask, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import type { Relation } from './profile-projections.js';
import { clockOf } from './window-time.js';

/**
 * SQL of the rows whose predictions count: of each entity the first or last by time, of several at
 * one time by id and prediction; all of no entity. None where the rows lack a column that tells:
 * what nobody knows is held against nothing. null: each row counts.
 */
export async function usedRows(
  db: Duck,
  { columns: { id, entity = [], timestamp, prediction } }: Monitor,
  { view, types }: Relation,
): Promise<string | null> {
  const there = (column: string): boolean => column in types;
  if (prediction?.use === undefined || entity.length === 0) return null;
  if (![...entity, timestamp.column].every(there)) return `select * from ${view} where false`;
  const type = types[timestamp.column];
  const { milliseconds } = await clockOf(db, { view, type, file: 'predictions' }, timestamp);
  const names = [...id, prediction.column].filter(there);
  const order = [milliseconds, ...names.map((name) => `${quoteName(name)}::varchar`)];
  const way = prediction.use === 'first' ? 'asc' : 'desc';
  const whose = entity.map(quoteName);
  const isNone = entity.map((column) => noneOf(quoteName(column), types[column] ?? ''));
  return (
    `select * from ${view} qualify ${isNone.join(' or ')} or ` +
    `row_number() over (partition by ${whose.join(', ')} ` +
    `order by ${order.map((one) => `${one} ${way} nulls last`).join(', ')}) = 1`
  );
}

/** SQL of whether a column names nobody: null, an empty text or no number. */
const noneOf = (name: string, type: string): string =>
  /DOUBLE|FLOAT|REAL/.test(type)
    ? `${name} is null or isnan(${name})`
    : `coalesce(trim(${name}::varchar), '') = ''`;

/** `asked.repeats`: rows that do not count, for another prediction of their entity does. */
export async function repeatsIn(
  db: Duck,
  { all, used }: Record<'all' | 'used', string>,
): Promise<Record<string, Counts>> {
  const [before, after] = await Promise.all(
    [all, used].map(async (rows) =>
      Number((await ask(db, 'profile/count', { rows }))[0]?.['rows']),
    ),
  );
  const n = Float64Array.of((before ?? 0) - (after ?? 0));
  return { repeats: { by: {}, sums: { n } } };
}
