import { bind } from './ask.js';
import type { Params } from './ask.js';
import { driver } from './driver.js';
import type { Duck } from './duck.js';

/**
 * Asks a question with one column of DOUBLE that is never null: its values, chunk by chunk, in the
 * beginning of `into`, which has to be large enough.
 */
export async function askValues(
  db: Duck,
  name: string,
  { params, into }: { params: Params; into: Float64Array },
): Promise<Float64Array> {
  const { sql, bound, types } = bind(name, params);
  const { DuckDBDoubleVector } = driver();
  return db.use(async (connection) => {
    const result = await connection.stream(sql, bound, types);
    let at = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return into.subarray(0, at);
      const vector = chunk.getColumnVector(0);
      if (!(vector instanceof DuckDBDoubleVector)) {
        throw new TypeError(`sql/${name}.sql: its first column is not DOUBLE.`);
      }
      // getItem() asks the validity of every value with BigInt arithmetic.
      const { items } = vector as unknown as { items: Float64Array };
      into.set(items.subarray(0, chunk.rowCount), at);
      at += chunk.rowCount;
    }
  });
}
