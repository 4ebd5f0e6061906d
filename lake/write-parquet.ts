import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quoteText } from './ask.js';
import type { Duck } from './duck.js';

/**
 * Writes plain rows as a Parquet file, types as they come out of JSON (ISO instants become
 * timestamps); makes its folder. A repeat replaces the file. For generated data, not for windows.
 */
export async function writeParquet(db: Duck, file: string, rows: readonly object[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const text = `${file}.jsonl`;
  await writeFile(text, rows.map((row) => JSON.stringify(row)).join('\n'));
  const from = `read_json(${quoteText(text)}, format = 'newline_delimited', sample_size = -1)`;
  await db.use((connection) =>
    connection.run(`copy (select * from ${from}) to ${quoteText(file)} (format parquet)`),
  );
  await rm(text);
}
