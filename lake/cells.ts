import { createHash } from 'node:crypto';
import { DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Counts, Profile } from '../domain/profile.js';
import { quoteName } from './ask.js';

export type Part = 'columns' | 'outcomes' | 'asked';

/** Which counts of a profile: `columns.age`, `outcomes`, `asked.rows`. */
export interface Place {
  part: Part;
  name: string;
}

/** The form of counts and a hash of their content: all that a header says of them. */
export interface Shape extends Place {
  /** Names of the keys and sums, with their types: `int_bin,sum_n,sum_sum`. */
  signature: string;
  size: number;
  /** sha256 over the cells, key by key and sum by sum. */
  digest: string;
}

type Cells = Int32Array | Float64Array | readonly string[];

/** All counts of a profile, in a fixed order. */
export function placesOf(profile: Profile): (Place & { counts: Counts })[] {
  const named = (part: Part, all: Readonly<Record<string, Counts>>) =>
    Object.entries(all).map(([name, counts]) => ({ part, name, counts }));
  const outcomes = profile.outcomes === null ? {} : { outcomes: profile.outcomes };
  return [
    ...named('columns', profile.columns),
    ...named('outcomes', outcomes),
    ...named('asked', profile.asked),
  ];
}

export function shapeOf({ part, name, counts }: Place & { counts: Counts }): Shape {
  const digest = createHash('sha256');
  const arrays = [...Object.entries(counts.by), ...Object.entries(counts.sums)];
  const size = arrays[0]?.[1].length ?? 0;
  for (const [key, array] of arrays) {
    if (!/^[A-Za-z]\w*$/.test(key)) throw new TypeError(`"${key}" cannot name a key or a sum.`);
    if (array.length !== size) throw new TypeError(`${name}.${key} has not ${size} cells.`);
    digest.update(isNumeric(array) ? bytesOf(array) : JSON.stringify(array));
  }
  const keys = Object.entries(counts.by).map(([key, array]) => `${typeOf(array)}_${key}`);
  const sums = Object.keys(counts.sums).map((key) => `sum_${key}`);
  return { part, name, signature: [...keys, ...sums].join(), size, digest: digest.digest('hex') };
}

const typeOf = (array: Cells) => (array instanceof Int32Array ? 'int' : 'text');
const isNumeric = (array: Cells): array is Int32Array | Float64Array => !Array.isArray(array);

function bytesOf(array: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A shape with the counts themselves; its place in the list is its number in the file. */
export interface Shaped {
  shape: Shape;
  counts: Counts;
}

/** The columns of a signature with their types in DuckDB and their names in the counts. */
export function columnsOf(signature: string) {
  const types = { int: INTEGER, text: VARCHAR, sum: DOUBLE };
  return signature.split(',').flatMap((column) => {
    const [, type, name = ''] = /^(int|text|sum)_(.*)$/.exec(column) ?? [];
    if (type !== 'int' && type !== 'text' && type !== 'sum') return [];
    return [{ column, type: types[type], kind: type, name }];
  });
}

/** Counts of a shape, all zeros and empty texts, to be filled by `fill`. */
export function emptyCounts({ signature, size }: Shape): Counts {
  const counts: Counts = { by: {}, sums: {} };
  for (const { kind, name } of columnsOf(signature)) {
    if (kind === 'sum') counts.sums[name] = new Float64Array(size);
    else if (kind === 'int') counts.by[name] = new Int32Array(size);
    else counts.by[name] = new Array<string>(size).fill('');
  }
  return counts;
}

/** Every signature that has cells, once. */
export function signaturesOf(shapes: readonly Shape[]): string[] {
  return [...new Set(shapes.filter(({ size }) => size > 0).map(({ signature }) => signature))];
}

/**
 * Lends a temporary view of all cells: part, name, signature, counts (the number of the shape),
 * cell, and one column for each key and sum. Nothing of it stays.
 */
export async function withCells<T>(
  connection: DuckDBConnection,
  all: readonly Shaped[],
  run: (view: string) => Promise<T>,
): Promise<T> {
  const signatures = signaturesOf(all.map(({ shape }) => shape));
  const names = signatures.map((_, index) => `evaluation_cells_${index}`);
  try {
    await connection.run(
      'create temp table evaluation_counts ' +
        '(counts integer, part varchar, name varchar, signature varchar)',
    );
    const shapes = all.map(({ shape }, index) => [index, shape.part, shape.name, shape.signature]);
    await append(connection, 'evaluation_counts', {
      types: [INTEGER, VARCHAR, VARCHAR, VARCHAR],
      columns: [0, 1, 2, 3].map((column) => shapes.map((row) => row[column] ?? null)),
    });
    for (const [index, signature] of signatures.entries()) {
      await appendCells(connection, names[index] ?? '', { signature, all });
    }
    const selects = names.map(
      (name) => `select * from ${quoteName(name)} join evaluation_counts using (counts)`,
    );
    const none = 'select 0 as cell, * from evaluation_counts where false';
    const view = [none, ...selects].join(' union all by name ');
    await connection.run(`create temp view evaluation_cells as ${view}`);
    return await run('evaluation_cells');
  } finally {
    await connection.run('drop view if exists evaluation_cells');
    for (const name of [...names, 'evaluation_counts']) {
      await connection.run(`drop table if exists ${quoteName(name)}`);
    }
  }
}

interface Columns {
  types: readonly (typeof DOUBLE | typeof INTEGER | typeof VARCHAR)[];
  columns: readonly (readonly (string | number | null)[])[];
}

const CHUNK = 2048;

async function append(connection: DuckDBConnection, table: string, { types, columns }: Columns) {
  const appender = await connection.createAppender(table);
  const rows = columns[0]?.length ?? 0;
  for (let from = 0; from < rows; from += CHUNK) {
    const to = Math.min(rows, from + CHUNK);
    const chunk = DuckDBDataChunk.create(types, to - from);
    chunk.setColumns(columns.map((column) => column.slice(from, to)));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function appendCells(
  connection: DuckDBConnection,
  table: string,
  { signature, all }: { signature: string; all: readonly Shaped[] },
): Promise<void> {
  const form = columnsOf(signature);
  const declared = form.map(({ column, type }) => `${quoteName(column)} ${type.toString()}`);
  const given = ['counts integer', 'cell integer', ...declared].join(', ');
  await connection.run(`create temp table ${quoteName(table)} (${given})`);
  const numbers: number[] = [];
  const cells: number[] = [];
  const columns = form.map((): (string | number)[] => []);
  for (const [index, { shape, counts }] of all.entries()) {
    if (shape.signature !== signature) continue;
    for (let cell = 0; cell < shape.size; cell++) {
      numbers.push(index);
      cells.push(cell);
    }
    for (const [at, { kind, name }] of form.entries()) {
      for (const value of (kind === 'sum' ? counts.sums : counts.by)[name] ?? []) {
        columns[at]?.push(value);
      }
    }
  }
  const types = [INTEGER, INTEGER, ...form.map(({ type }) => type)];
  await append(connection, table, { types, columns: [numbers, cells, ...columns] });
}
