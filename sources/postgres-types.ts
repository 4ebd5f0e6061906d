import type { Client, FieldDef } from 'pg';
import { SourceError, type TypedColumn } from '../domain/source.js';
import type { EventTime, PostgresSource } from '../domain/source-spec.js';
import type { SliceSpan } from './slices.js';

/** Types of PostgreSQL by their number, as DuckDB names them; all others are texts. */
const TYPES: Readonly<Record<number, string>> = {
  16: 'BOOLEAN',
  20: 'BIGINT',
  21: 'SMALLINT',
  23: 'INTEGER',
  26: 'BIGINT',
  700: 'FLOAT',
  701: 'DOUBLE',
  1700: 'DOUBLE',
  1082: 'DATE',
  1114: 'TIMESTAMP',
  1184: 'TIMESTAMP WITH TIME ZONE',
};

/** The rows that a source names, as one select that a bracket of the user's cannot leave. */
export function selectOf({ query, table }: Pick<PostgresSource, 'query' | 'table'>): string {
  const name = (table ?? '').split('.').map(quoteName).join('.');
  return `select * from ${query === null ? name : `(\n${query}\n)`} as rows`;
}

/** An identifier, whatever is in it. */
const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * The columns of a select. It is only prepared: the server takes one statement this way and no
 * other, so that it is a select and nothing behind one.
 */
export async function describe(
  client: Client,
  select: string,
): Promise<{ columns: TypedColumn[]; fields: readonly FieldDef[] }> {
  // An unnamed statement with a value is prepared, and prepared it is one.
  const { fields } = await client.query(`${select} limit $1`, [0]);
  const columns = fields.map(({ name, dataTypeID }) => ({
    name,
    type: TYPES[dataTypeID] ?? 'VARCHAR',
  }));
  return { columns, fields };
}

/** SQL: the event time of a row lies in the slice. SourceError for a type that is no time. */
export async function within(
  client: Client,
  of: { select: string; columns: readonly TypedColumn[]; time: EventTime; named: string },
  { start, end }: SliceSpan,
): Promise<string> {
  const { select, columns, time, named } = of;
  const column = quoteName(time.column);
  const type = columns.find(({ name }) => name === time.column)?.type;
  if (type === undefined) {
    const there = columns.map(({ name }) => name).join(', ');
    throw new SourceError(named, time.column, `is missing; the columns are ${there}`);
  }
  const cut = (at: number): string => `timestamptz '${new Date(at).toISOString()}'`;
  const between = (say: (at: number) => string): string =>
    `${column} >= ${say(start)} and ${column} < ${say(end)}`;
  if (type === 'TIMESTAMP WITH TIME ZONE') return between(cut);
  if (type === 'TIMESTAMP' || type === 'DATE') {
    const zone = `'${time.timezone.replaceAll("'", "''")}'`;
    return between((at) => `timezone(${zone}, ${cut(at)})`);
  }
  if (/INT|FLOAT|DOUBLE/.test(type)) {
    const found = await client.query<{ most: string | null }>(
      `select max(${column})::text as most from (${select}) as rows`,
    );
    const units = unitsPerSecond(Number(found.rows[0]?.most ?? 0));
    return between((at) => String((at / 1_000) * units));
  }
  const expected = 'expected a timestamp, a date, or seconds or ms since 1970; cast it in a query';
  throw new SourceError(named, time.column, `is a text, which is no time; ${expected}`);
}

/** As the lake reads numbers: 1e11 seconds are the year 5138, 1e11 milliseconds the year 1973. */
function unitsPerSecond(largest: number): number {
  if (largest < 1e11) return 1;
  if (largest < 1e14) return 1e3;
  return largest < 1e17 ? 1e6 : 1e9;
}
