import { ask, perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';

/** Up to twice as many rows are all of them looked at, of more rows about so many. */
const SAMPLE = 20_000;

/** Some rows of a reference, or all of them. */
export interface Sample {
  /** A relation that has the columns asked for. */
  rows: string;
  /** There is no other row. */
  whole: boolean;
}

/** What a sample is drawn from. */
export interface Drawn {
  view: string;
  /** Columns that the sample needs. */
  columns: readonly string[];
  /** Columns that name a row, as far as the rows have them. */
  ids: readonly string[];
}

/**
 * Lends a sample of some rows for as long as `use` takes: 20,000 to 40,000 of them, drawn by the
 * hash of what names a row, so that the same rows give the same sample in whatever order they come.
 * All rows where there are few, or where hashes do not tell rows apart.
 */
export async function withSample<T>(
  db: Duck,
  { view, columns, ids }: Drawn,
  use: (sample: Sample) => Promise<T>,
): Promise<T> {
  const [counted] = await ask(db, 'profile/count', { rows: view });
  const every = Math.floor(Number(counted?.['rows'] ?? 0) / SAMPLE);
  if (every < 2 || columns.length === 0) return use({ rows: view, whole: true });
  // Rows of one name are drawn together: of a name with many rows too many or none.
  for (const key of ids.length > 0 ? [ids, columns] : [columns]) {
    const table = fresh('sample');
    try {
      await draw(db, { table, view, columns, key, every });
      const [drawn] = await ask(db, 'profile/count', { rows: table });
      const rows = Number(drawn?.['rows'] ?? 0);
      if (rows > 0.8 * SAMPLE && rows < 2.5 * SAMPLE)
        return await use({ rows: table, whole: false });
    } finally {
      await perform(db, `drop table if exists ${table}`);
    }
  }
  return use({ rows: view, whole: true });
}

interface Drawing extends Omit<Drawn, 'ids'> {
  table: string;
  key: readonly string[];
  every: number;
}

function draw(db: Duck, { table, view, columns, key, every }: Drawing): Promise<void> {
  const list = columns.map(quoteName).join(', ');
  const hash = `hash(${key.map(quoteName).join(', ')})`;
  const select = `select ${list} from ${view} where ${hash} % ${every} = 0`;
  return perform(db, `create table ${table} as ${select}`);
}
