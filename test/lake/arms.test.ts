import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Monitor } from '../../domain/monitor.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { specOf } from '../checks/decided.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const window = { start, end: start + DAY, weekday: 5 };

/** Slices of the window and of the reference with their rows, and what is there of the arms. */
async function partedBy(arms: string, arm: Monitor['columns']['arm']) {
  return withFolder(async (db, folder) => {
    const select = `select i as id, timestamp '2026-01-02 12:00:00' as ts, i % 2 as amount, ${arms}
      from range(12) as rows(i)`;
    const file = await writeRows(db, path.join(folder, 'rows.parquet'), select);
    const predictions = { kind: 'parquet' as const, path: file, where: null };
    const columns = arm === undefined ? {} : { arm };
    const monitor = monitorOf({ predictions, columns, checks: [specOf('arm_contrast')] });
    const located = await locate(predictions, { span: null, timezone: 'UTC' });
    const { grid, slices: before } = await buildReference(db, { monitor, located });
    const found = await profileWindow(db, {
      ...{ monitor, grid, window, at: window.end, knownAt: window.end, landDir: folder },
      ...{ predictions: located, exact: 'grid' as const, labels: null },
    });
    const rowsOf = (slices: typeof before) =>
      Object.fromEntries(slices.map(({ slice, rows }) => [slice['arm'] ?? '', rows] as const));
    const { profile, slices } = found;
    expect(rowsOf(before)).toEqual(rowsOf(slices));
    for (const { columns: some, rows } of slices) {
      const cells = Object.values(cellsOf(some['amount']));
      expect(cells.reduce((sum, n) => sum + n, 0)).toBe(rows);
    }
    return { arms: rowsOf(slices), seen: cellsOf(profile.asked['arms']), axes: grid.axes };
  });
}

describe('the arms of a window', () => {
  test('are the holdout by its values, and all others; rows without an arm are in neither', async () => {
    const found = await partedBy("['control', 'held', 'b', 'c', ' ', null][i % 6 + 1] as arm", {
      column: 'arm',
      holdout: ['control', 'held'],
    });
    expect(found.arms).toEqual({ holdout: 4, treated: 4 });
    expect(found.seen).toEqual({ ' ': 2, b: 2, c: 2, control: 2, held: 2 });
    // a role, and so no feature
    expect(Object.keys(found.axes)).toEqual(['amount']);
  });

  test('are told by numbers and truths as a monitor file writes them', async () => {
    const number = await partedBy('(i % 3)::double as arm', { column: 'arm', holdout: ['1'] });
    expect(number.arms).toEqual({ holdout: 4, treated: 8 });
    const truth = await partedBy('i < 5 as arm', { column: 'arm', holdout: ['false'] });
    expect(truth.arms).toEqual({ holdout: 7, treated: 5 });
  });

  test('come from columns and values of any name', async () => {
    const odd = { column: `a'r"m (1`, holdout: [`it's "other"`] };
    const found = await partedBy(
      `case when i = 0 then 'it''s "other"' else 'other' end as "a'r""m (1"`,
      odd,
    );
    expect(found.arms).toEqual({ holdout: 1, treated: 11 });
  });

  test('are not there without the value, the column or a word of the monitor', async () => {
    const arm = { column: 'arm', holdout: ['control'] };
    const other = await partedBy("'Control' as arm", arm);
    expect(other).toMatchObject({ arms: { treated: 12 }, seen: { Control: 12 } });
    expect((await partedBy("'x' as variant", arm)).arms).toEqual({});
    const unasked = await partedBy("'control' as arm", undefined);
    expect(unasked).toMatchObject({ arms: {}, seen: {} });
  });
});
