import type { Located } from '../domain/source.js';
import { ask } from './ask.js';
import type { Duck } from './duck.js';
import { withRows } from './window-rows.js';

/** How many rows a source has, as far as its `where` lets them pass. Reads only. */
export async function countRows(db: Duck, located: Located): Promise<number> {
  return withRows(db, { located, wants: {}, time: null }, async ({ view }) => {
    const select = `select count(*) as rows, true as inside, 0 as newest from ${view}`;
    const [found] = await ask(db, 'window/extent', { rows: { select } });
    return Number(found?.['rows'] ?? 0);
  });
}
