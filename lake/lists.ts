import type { DuckDBVarCharVector, DuckDBVector } from '@duckdb/node-api';
import { bind } from './ask.js';
import type { Params } from './ask.js';
import { driver } from './driver.js';
import type { Duck } from './duck.js';

/** A list without nulls, as a query gives it: INTEGER[], DOUBLE[] or VARCHAR[]. */
export type List = Int32Array | Float64Array | readonly string[];
/** A row of lists, of which there may be none, and of texts and numbers. */
export type ListRow = Record<string, List | string | number | null>;

/**
 * As `ask`, where outputs are lists: they are read from their vectors, without the objects that a
 * row of values would be made of. TypeError for a list of anything else.
 */
export async function askLists(db: Duck, name: string, params: Params): Promise<ListRow[]> {
  const { sql, bound, types } = bind(name, params);
  const { names, chunks } = await db.use(async (connection) => {
    const result = await connection.run(sql, bound, types);
    return { names: result.columnNames(), chunks: await result.fetchAllChunks() };
  });
  return chunks.flatMap((chunk) => {
    const vectors = names.map((_, index) => chunk.getColumnVector(index));
    return Array.from({ length: chunk.rowCount }, (_, row): ListRow => {
      const cells = vectors.map((vector, index) => {
        const column = names[index] ?? '';
        return [column, cellOf(vector, row, `sql/${name}.sql: ${column}`)] as const;
      });
      return Object.fromEntries(cells);
    });
  });
}

function cellOf(vector: DuckDBVector, row: number, what: string): ListRow[string] {
  const { DuckDBDoubleVector, DuckDBIntegerVector, DuckDBListVector, DuckDBVarCharVector } =
    driver();
  if (!(vector instanceof DuckDBListVector)) {
    const value = vector.getItem(row);
    if (value === null || typeof value === 'string' || typeof value === 'number') return value;
    throw new TypeError(`${what} is neither a text, a number nor a list.`);
  }
  if (vector.getItemVector(row) === null) return null;
  const from = vector.getEntryOffset(row);
  const to = from + vector.getEntryLength(row);
  const child = vector.childVector;
  if (child instanceof DuckDBVarCharVector) return textsOf(child, from, to);
  if (!(child instanceof DuckDBDoubleVector || child instanceof DuckDBIntegerVector)) {
    throw new TypeError(`${what} is a list of neither texts, DOUBLE nor INTEGER.`);
  }
  const numbers =
    child instanceof DuckDBDoubleVector ? new Float64Array(to - from) : new Int32Array(to - from);
  for (let item = from; item < to; item++) numbers[item - from] = child.getItem(item) ?? NaN;
  return numbers;
}

function textsOf(vector: DuckDBVarCharVector, from: number, to: number): string[] {
  const texts: string[] = [];
  for (let item = from; item < to; item++) texts.push(vector.getItem(item) ?? '');
  return texts;
}
