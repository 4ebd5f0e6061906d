import type { Located } from '../domain/source.js';
import type { Duck } from './duck.js';
import { withRows } from './window-rows.js';

/**
 * Column → type as DuckDB names it, in the order of the files; texts: as what they can be read.
 * Reads only. Throws SourceError when a file cannot be read.
 */
export async function listColumns(db: Duck, located: Located): Promise<Record<string, string>> {
  const spec = { located, wants: {}, time: null };
  return withRows(db, spec, ({ types }) => Promise.resolve({ ...types }));
}
