import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quoteName, quoteText } from './ask.js';
import type { Duck } from './duck.js';

/**
 * Writes plain rows as a Parquet file with the given column types, as DuckDB names them; makes its
 * folder. A repeat replaces the file. For generated data, not for windows.
 */
export async function writeParquet(
  db: Duck,
  file: string,
  table: { columns: Readonly<Record<string, string>>; rows: readonly object[] },
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const text = `${file}.jsonl`;
  await writeFile(text, table.rows.map((row) => JSON.stringify(row)).join('\n'));
  const types = Object.entries(table.columns).map(
    ([name, type]) => `${quoteName(name)}: ${quoteText(type)}`,
  );
  const options = `format = 'newline_delimited', columns = {${types.join(', ')}}`;
  const from = `read_json(${quoteText(text)}, ${options})`;
  await db.use((connection) =>
    connection.run(`copy (select * from ${from}) to ${quoteText(file)} (format parquet)`),
  );
  await rm(text);
}
