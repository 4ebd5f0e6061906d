import { ROW_NUMBER } from '../domain/monitor.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';

interface Numbered {
  view: string;
  timeType: string | null;
  bare: string | null;
}

/**
 * Rows whose event time is their number, from 0 in the order of the files, as milliseconds since
 * 1970: for files without time. Rows that `where` leaves out have no number, nor have bare ones.
 */
export async function withNumbers<Rows extends Numbered, T>(
  db: Duck,
  rows: Rows,
  use: (rows: Rows) => Promise<T>,
): Promise<T> {
  const view = fresh('numbers');
  const number = `epoch_ms(row_number() over () - 1) as ${quoteName(ROW_NUMBER)}`;
  await perform(db, `create view ${view} as select *, ${number} from ${rows.view}`);
  const bare = rows.bare === null ? null : fresh('bare');
  if (bare !== null) {
    const none = `null::timestamp as ${quoteName(ROW_NUMBER)}`;
    await perform(db, `create view ${bare} as select *, ${none} from ${rows.bare}`);
  }
  try {
    return await use({ ...rows, view, bare, timeType: 'TIMESTAMP' });
  } finally {
    await perform(db, `drop view if exists ${view}`);
    if (bare !== null) await perform(db, `drop view if exists ${bare}`);
  }
}
