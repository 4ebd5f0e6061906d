import path from 'node:path';
import { expect, test } from 'vitest';
import { windowNumbered } from '../../calendar/windows.js';
import { ROW_NUMBER } from '../../domain/monitor.js';
import { countRows } from '../../lake/count-rows.js';
import { withRows } from '../../lake/window-rows.js';
import { withWindow } from '../../lake/window-open.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

const grid = { size: '1d', timezone: 'UTC', align: 'monday', rows: 700 } as const;

test('windows of rows are cut in the order of the files, behind what where leaves out', async () => {
  await withFolder(async (db, folder) => {
    // The order of the ids is not that of the rows.
    const of = (from: number, to: number) =>
      `select (i * 7919) % 100003 as id, i as place from range(${from}, ${to}) r(i)`;
    await writeRows(db, path.join(folder, 'a.parquet'), of(0, 1000));
    await writeRows(db, path.join(folder, 'b.parquet'), of(1000, 2000));
    const source = {
      kind: 'parquet' as const,
      path: path.join(folder, '*.parquet'),
      where: 'place % 2 = 0',
    };
    const located = await locate(source, { span: null, timezone: 'UTC' });
    expect(await countRows(db, located)).toBe(1000);
    const time = { column: ROW_NUMBER, timezone: 'UTC' };
    const { columns } = monitorOf({ columns: { timestamp: time } });
    const spec = { located, wants: {}, time };
    const look = (number: number) =>
      withRows(db, spec, (rows) => {
        const bounds = { window: windowNumbered(grid, number), latest: Date.UTC(2026, 0, 1) };
        return withWindow(db, { rows, columns, bounds, file: 'a' }, async ({ view, accepted }) => {
          const answer = await db.use(async (connection) => {
            const read = await connection.runAndReadAll(
              `select min(place)::double, max(place)::double from ${view}`,
            );
            return read.getRowsJS()[0];
          });
          return { accepted, places: answer };
        });
      });
    expect(await look(0)).toEqual({ accepted: 700, places: [0, 1398] });
    // The last window is what is left.
    expect(await look(1)).toEqual({ accepted: 300, places: [1400, 1998] });
    expect(await look(2)).toMatchObject({ accepted: 0 });
  });
});
