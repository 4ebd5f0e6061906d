import path from 'node:path';
import { expect, test } from 'vitest';
import { buildReference } from '../../lake/reference.js';
import { getReference, putReference } from '../../lake/reference-store.js';
import { openLake } from '../../lake/lake.js';
import type { Lake } from '../../lake/lake.js';
import type { Duck } from '../../lake/duck.js';
import { locate } from '../../sources/locate.js';
import { withLakeAndDuck } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

/** The fingerprint of a reference of so many rows. */
async function kept(lake: Lake, db: Duck, rows: number): Promise<string> {
  return withFolder(async (_, folder) => {
    const file = path.join(folder, 'rows.parquet');
    await writeRows(
      db,
      file,
      `select i as x, timestamp '2026-01-01' as ts from range(${rows}) r(i)`,
    );
    const located = await locate(
      { kind: 'parquet', path: file, where: null },
      { span: null, timezone: 'UTC' },
    );
    const built = await buildReference(db, { monitor: monitorOf({}), located });
    const { grid, profile, slices, periods } = built;
    const rest = { path: file, located, rows: profile.rows, slices, periods };
    return putReference(lake, { grid, profile, ...rest });
  });
}

test('the reference that was asked for last is read once, and none is taken for another', () =>
  withLakeAndDuck(async (lake, db) => {
    const [three, five] = [await kept(lake, db, 3), await kept(lake, db, 5)];
    const first = await getReference(lake, three);
    expect(first.rows).toBe(3);
    expect(await getReference(lake, three)).toBe(first);
    expect((await getReference(lake, five)).rows).toBe(5);
    const again = await getReference(lake, three);
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
    // another lake has its own
    const other = openLake(`${lake.store.location('x')}-elsewhere`);
    await expect(getReference(other, three)).rejects.toThrow(
      `The lake holds no reference ${three}`,
    );
  }));
