import { ROW_NUMBER } from '../domain/monitor.js';
import { perform, quoteName } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';

/**
 * Rows whose event time is their number, from 0 in the order of the files, as milliseconds since
 * 1970: for files without time. Rows that `where` leaves out have no number.
 */
export async function withNumbers<Rows extends { view: string; timeType: string | null }, T>(
  db: Duck,
  rows: Rows,
  use: (rows: Rows) => Promise<T>,
): Promise<T> {
  const view = fresh('numbers');
  const number = `epoch_ms(row_number() over () - 1) as ${quoteName(ROW_NUMBER)}`;
  await perform(db, `create view ${view} as select *, ${number} from ${rows.view}`);
  try {
    return await use({ ...rows, view, timeType: 'TIMESTAMP' });
  } finally {
    await perform(db, `drop view if exists ${view}`);
  }
}
