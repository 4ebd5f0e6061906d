import { DuckDBDoubleVector, DuckDBListVector } from '@duckdb/node-api';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { bind } from './ask.js';
import type { Duck } from './duck.js';
import type { ColumnOf } from './profile-numeric.js';

/** Values that may come in one list: fetched chunk by chunk they cost more than twice as much. */
const MOST_LISTED = 4_000_000;

/**
 * The values of a numeric column that are not null, in any order, in the beginning of `into`, which
 * has to have room for all rows.
 */
export async function askValues(
  db: Duck,
  { rows, column }: ColumnOf,
  into: Float64Array,
): Promise<Float64Array> {
  const isListed = into.length <= MOST_LISTED;
  const name = isListed ? 'profile/numbers_listed' : 'profile/numbers';
  const { sql, bound, types } = bind(name, { rows, column });
  return db.use(async (connection) => {
    const result = await connection.stream(sql, bound, types);
    let at = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return into.subarray(0, at);
      const values = isListed ? listed(chunk) : numbersOf(chunk.getColumnVector(0), chunk.rowCount);
      into.set(values, at);
      at += values.length;
    }
  });
}

/** Those of the one list of an answer; none where there is none. */
function listed(chunk: DuckDBDataChunk): Float64Array {
  const vector = chunk.getColumnVector(0);
  if (!(vector instanceof DuckDBListVector)) throw new TypeError('The answer is no list.');
  // The one row has all of them: getItemVector() would copy them first.
  return numbersOf(vector.childVector, vector.childVector.itemCount);
}

function numbersOf(vector: DuckDBVector, count: number): Float64Array {
  if (!(vector instanceof DuckDBDoubleVector)) throw new TypeError('The values are not DOUBLE.');
  // getItem() asks the validity of every value with BigInt arithmetic.
  const { items } = vector as unknown as { items: Float64Array };
  return items.subarray(0, count);
}
