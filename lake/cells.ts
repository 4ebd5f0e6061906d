import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Counts } from '../domain/profile.js';
import { quoteName } from './ask.js';
import { driver } from './driver.js';
import type { ListRow } from './lists.js';

/**
 * `coarse` and `sliced` hold several profiles: the coarse columns of the whole and of its slices,
 * and the outcomes of the slices.
 */
export type Part = 'columns' | 'outcomes' | 'asked' | 'coarse' | 'sliced';

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

export function shapeOf({ part, name, counts }: Place & { counts: Counts }): Shape {
  const digest = createHash('sha256');
  const arrays = [...Object.entries(counts.by), ...Object.entries(counts.sums)];
  const size = arrays[0]?.[1].length ?? 0;
  for (const [key, array] of arrays) {
    if (!/^[A-Za-z]\w*$/.test(key)) throw new TypeError(`"${key}" cannot name a key or a sum.`);
    if (array.length !== size) throw new TypeError(`${name}.${key} has not ${size} cells.`);
    digest.update(isNumeric(array) ? bytesOf(array) : JSON.stringify(array));
  }
  return { part, name, signature: signatureOf(counts), size, digest: digest.digest('hex') };
}

/** Names of the keys and sums, with their types: `int_bin,sum_n,sum_sum`. */
export function signatureOf(counts: Counts): string {
  const keys = Object.entries(counts.by).map(([key, array]) => `${typeOf(array)}_${key}`);
  return [...keys, ...Object.keys(counts.sums).map((key) => `sum_${key}`)].join();
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

type Kind = 'int' | 'text' | 'sum';

/** The columns of some signatures, each once, with their names in the counts. */
export function columnsOf(signatures: readonly string[]) {
  const columns = new Set(signatures.flatMap((signature) => signature.split(',')));
  return [...columns].flatMap((column) => {
    const [, kind, name = ''] = /^(int|text|sum)_(.*)$/.exec(column) ?? [];
    return name === '' ? [] : [{ column, kind: kind as Kind, name }];
  });
}

/** A row of the file as counts again: the columns of its shape, each a list. */
export function countsOf(shape: Shape, row: Readonly<ListRow>): Counts {
  const counts: Counts = { by: {}, sums: {} };
  for (const { column, name } of columnsOf([shape.signature])) {
    const list = row[column];
    if (list == null || typeof list !== 'object' || list.length !== shape.size) {
      throw new Error(`${shape.part} ${shape.name}: expected ${shape.size} cells in ${column}.`);
    }
    if (list instanceof Float64Array) counts.sums[name] = list;
    else counts.by[name] = list;
  }
  return counts;
}

const TABLE = 'evaluation_counts';
/** Rows of a chunk: their lists are wide, and between two chunks others are answered. */
const CHUNK = 8;

/**
 * Lends a temporary table of all counts: counts (the number of the shape), part, name, and one list
 * for each key and sum that any of them has, null for the others. Nothing of it stays.
 */
export async function withCounts<T>(
  connection: DuckDBConnection,
  all: readonly Shaped[],
  run: (table: string) => Promise<T>,
): Promise<T> {
  const columns = columnsOf(all.map(({ shape }) => shape.signature));
  const { DOUBLE, DuckDBDataChunk, INTEGER, LIST, VARCHAR } = driver();
  const kinds = { int: LIST(INTEGER), text: LIST(VARCHAR), sum: LIST(DOUBLE) };
  const lists = columns.map(
    ({ column, kind }) => `, ${quoteName(column)} ${kinds[kind].toString()}`,
  );
  try {
    await connection.run(
      `create temp table ${TABLE} (counts integer, part varchar, name varchar${lists.join('')})`,
    );
    const appender = await connection.createAppender(TABLE);
    const types = [INTEGER, VARCHAR, VARCHAR, ...columns.map(({ kind }) => kinds[kind])];
    for (let from = 0; from < all.length; from += CHUNK) {
      const rows = all.slice(from, from + CHUNK);
      const chunk = DuckDBDataChunk.create(types, rows.length);
      chunk.setColumns([
        rows.map((_, index) => from + index),
        rows.map(({ shape }) => shape.part),
        rows.map(({ shape }) => shape.name),
        ...columns.map((column) => rows.map(({ counts }) => listOf(counts, column))),
      ]);
      appender.appendDataChunk(chunk);
      await nextTurn();
    }
    appender.closeSync();
    return await run(TABLE);
  } finally {
    await connection.run(`drop table if exists ${TABLE}`);
  }
}

function listOf(counts: Counts, { kind, name }: { kind: Kind; name: string }) {
  const array = kind === 'sum' ? counts.sums[name] : counts.by[name];
  const fits = kind === 'sum' || (array !== undefined && typeOf(array) === kind);
  return array === undefined || !fits
    ? null
    : driver().listValue(Array.from<number | string>(array));
}
