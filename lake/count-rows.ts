import type { Located } from '../domain/source.js';
import { ask, perform } from './ask.js';
import type { Duck } from './duck.js';
import { fresh } from './window-files.js';
import { withRows } from './window-rows.js';

/** How many rows a source has, as far as its `where` lets them pass. Reads only. */
export async function countRows(db: Duck, located: Located): Promise<number> {
  return withRows(db, { located, wants: {}, time: null }, async ({ view }) => {
    const counted = fresh('counted');
    const select = `select count(*) as rows, true as inside, 0 as newest from ${view}`;
    await perform(db, `create view ${counted} as ${select}`);
    const [found] = await ask(db, 'window/extent', { rows: counted });
    await perform(db, `drop view ${counted}`);
    return Number(found?.['rows'] ?? 0);
  });
}
