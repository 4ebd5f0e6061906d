import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBResultReader, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { driver } from './driver.js';
import type { Duck } from './duck.js';

/** A relation that lake/ composes of quoted names: for one question it takes no view. */
export interface Derived {
  select: string;
}

/**
 * A value that a query takes: text, number (DOUBLE), bool, null, a list of texts or numbers, or for
 * a NAME a relation.
 */
export type Param =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | readonly number[]
  | Derived;
export type Params = Readonly<Record<string, Param>>;
/** A row with JSON-safe values: the SQL files cast what is not. */
export type Row = Record<string, string | number | boolean | null>;

/** A file of `sql/`: its text, and the parameters that its header declares. */
interface Question {
  sql: string;
  /**
   * Name → declared type; NAME, NAMES, SETS and KEYS are identifiers, quoted and put into the text:
   * names, each in brackets, or each with a comma behind it.
   */
  takes: ReadonlyMap<string, string>;
}

const questions = new Map<string, Question>();

/**
 * Asks the question of `sql/<name>.sql`; rows as plain objects. The parameter names must be those
 * that the file declares under `in:`. Reads only, unless the file says otherwise.
 */
export async function ask(db: Duck, name: string, params: Params = {}): Promise<Row[]> {
  const reader = await read(db, name, params);
  // The contract of every SQL file: its outputs are cast to JSON-safe types.
  return reader.getRowObjectsJS() as Row[];
}

/** As `ask`, by column: cheap for many rows. */
export async function askColumns(
  db: Duck,
  name: string,
  params: Params = {},
): Promise<Record<string, (string | number | boolean | null)[]>> {
  const reader = await read(db, name, params);
  return reader.getColumnsObjectJS() as Record<string, (string | number | boolean | null)[]>;
}

/** As `ask`, by column without copies, where all outputs are DOUBLE or INTEGER and never null. */
export async function askNumbers(
  db: Duck,
  name: string,
  params: Params = {},
): Promise<Record<string, Float64Array>> {
  const { sql, bound, types } = bind(name, params);
  const { names, chunks } = await db.use(async (connection) => {
    const result = await connection.run(sql, bound, types);
    return { names: result.columnNames(), chunks: await result.fetchAllChunks() };
  });
  const { DuckDBDoubleVector, DuckDBIntegerVector } = driver();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns: Record<string, Float64Array> = {};
  names.forEach((column, index) => {
    const values = new Float64Array(rows);
    let at = 0;
    for (const chunk of chunks) {
      const vector = chunk.getColumnVector(index);
      if (!(vector instanceof DuckDBDoubleVector || vector instanceof DuckDBIntegerVector)) {
        throw new TypeError(`sql/${name}.sql: ${column} is neither DOUBLE nor INTEGER.`);
      }
      // getItem() asks the validity of every value with BigInt arithmetic.
      const items = (vector as unknown as { items: Float64Array | Int32Array }).items;
      values.set(items.subarray(0, chunk.rowCount), at);
      at += chunk.rowCount;
    }
    columns[column] = values;
  });
  return columns;
}

/** Runs a statement that lake/ composes of quoted names, as making or dropping a view. */
export async function perform(db: Duck, sql: string): Promise<void> {
  await db.use((connection) => connection.run(sql));
}

async function read(db: Duck, name: string, params: Params): Promise<DuckDBResultReader> {
  const { sql, bound, types } = bind(name, params);
  return db.use((connection) => connection.runAndReadAll(sql, bound, types));
}

/** The text to run and the values to bind; TypeError when the parameters are not the declared. */
export function bind(
  name: string,
  params: Params,
): { sql: string; bound: Record<string, DuckDBValue>; types: Record<string, DuckDBType> } {
  const question = load(name);
  const given = Object.keys(params).sort();
  const wanted = [...question.takes.keys()].sort();
  if (given.join() !== wanted.join()) {
    throw new TypeError(`sql/${name}.sql takes ${dollars(wanted)}; got ${dollars(given)}.`);
  }
  const { DOUBLE, LIST, listValue } = driver();
  const bound: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  const quoted = new Map<string, string>();
  for (const [key, type] of question.takes) {
    const value = params[key] ?? null;
    if (isDerived(value)) {
      if (type !== 'NAME') throw new TypeError(`sql/${name}.sql: $${key} is ${type}, no relation.`);
      quoted.set(key, `(${value.select})`);
      continue;
    }
    const list: readonly unknown[] = typeof value === 'object' && value !== null ? value : [value];
    if (type === 'KEYS') {
      quoted.set(key, list.map((one) => `${quoteName(String(one))},`).join(' '));
    } else if (type === 'NAME' || type === 'NAMES' || type === 'SETS') {
      const names = list.map((one) => quoteName(String(one)));
      quoted.set(key, names.map((one) => (type === 'SETS' ? `(${one})` : one)).join(', '));
    } else {
      bound[key] = typeof value === 'object' && value !== null ? listValue([...value]) : value;
      const isList = typeof value === 'object' && value !== null;
      // The driver takes the type of a list from its first number, which may be whole by chance.
      if (isList && list.some((one) => typeof one === 'number')) types[key] = LIST(DOUBLE);
      else if (list.some(isHuge)) types[key] = DOUBLE;
    }
  }
  // In one pass: a name may hold `$column` itself.
  const sql = question.sql.replace(/\$([a-z_0-9]+)/g, (all, key: string) => quoted.get(key) ?? all);
  return { sql, bound, types };
}

const isDerived = (value: Param): value is Derived =>
  typeof value === 'object' && value !== null && 'select' in value;

/** Whole numbers are bound as whole numbers, which end at 64 bits. */
const isHuge = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

/** An identifier in SQL, whatever is in it: the one function that puts names into SQL. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new TypeError('A name with a zero byte cannot be used in SQL.');
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal in SQL, for statements that take no bound parameter (COPY, views, SET). */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('A text with a zero byte cannot be used in SQL.');
  return `'${text.replaceAll("'", "''")}'`;
}

function dollars(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map((name) => `$${name}`).join(', ');
}

function load(name: string): Question {
  const known = questions.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(path.join(sqlFolder(), `${name}.sql`), 'utf8');
  const lines = text.split('\n');
  const header = lines.filter((line) => line.startsWith('--')).join('\n');
  const declared = /^-- in:([\s\S]*?)^-- out:/m.exec(header)?.[1] ?? '';
  const takes = new Map<string, string>();
  for (const [, key = '', type = ''] of declared.matchAll(/\$([a-z_0-9]+) ([A-Z[\]]+)/g)) {
    takes.set(key, type);
  }
  const sql = lines.filter((line) => !line.startsWith('--')).join('\n');
  const question = { sql, takes };
  questions.set(name, question);
  return question;
}

/** `sql/` lies beside package.json, for the sources and for dist/ alike. */
function sqlFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return path.join(folder, 'sql');
}
