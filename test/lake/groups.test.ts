import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabelSource, Monitor } from '../../domain/monitor.js';
import { CATEGORY, total } from '../../domain/profile.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { specOf } from '../checks/decided.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const window = { start, end: start + DAY, weekday: 5 };
const everything = { span: null, timezone: 'UTC' };

type Given = Omit<Partial<Monitor>, 'columns'> & { columns?: Partial<Monitor['columns']> };

/** What is counted of the rows of a query, whose labels are among them. */
async function counted(
  db: Duck,
  folder: string,
  { rows, monitor: given = {} }: { rows: string; monitor?: Given },
) {
  const file = await writeRows(db, path.join(folder, 'rows.parquet'), rows);
  const predictions = { kind: 'parquet' as const, path: file, where: null };
  const labels = given.labels === undefined ? label : given.labels;
  const monitor = monitorOf({
    ...{ checks: [specOf('allocation_gain')], predictions, ...given },
    labels: labels && { ...labels, from: predictions },
  });
  const located = await locate(predictions, everything);
  const { grid, profile: reference } = await buildReference(db, { monitor, located });
  const request = {
    ...{ monitor, grid, window, at: window.end, knownAt: window.end + 9 * DAY, landDir: folder },
    ...{ predictions: located, exact: 'grid' as const, labels: labels && located },
  };
  const { profile } = await profileWindow(db, request);
  return { profile, reference, met: (await profileOutcomes(db, request)).asked };
}

const label: LabelSource = {
  ...{ name: 'y', from: null, on: { id: 'id' }, value: 'y', positive: ['yes'] },
  ...{ timestamp: null, matureAfter: DAY },
};
const prediction = { kind: 'probability', column: 'p', threshold: 0.5 } as const;
const columns = { group: 'region', prediction };
/** 6 rows of 3, 4 of 2, 1 of 1, one of none: every other is acted on, every third is positive. */
const ROWS = `select *, case when id % 3 = 0 then 'yes' else 'no' end as y, id / 20 as p,
    case when id % 2 = 0 then 'block' else 'pass' end as decision, id % 4 < 2 as would_block
  from (select row_number() over (order by region, i) as id, region,
      timestamp '2026-01-02 12:00:00' as ts
    from (values (1, 1), (2, 4), (3, 6), (null, 1)) as regions(region, n), range(n) as rows(i))`;
const action = {
  ...{ column: 'decision', wouldAct: 'would_block', censors: ['block'], alters: [] },
  explored: null,
};

describe('what groups get and bring', () => {
  test('is counted by group: rows, those acted on, and positive labels', () =>
    withFolder(async (db, folder) => {
      const { profile, reference, met } = await counted(db, folder, {
        rows: ROWS,
        monitor: { columns: { ...columns, action } },
      });
      // ids 1; 2 … 5; 6 … 11: even ones are acted on, in the band or not
      const { groups } = profile.asked;
      expect(cellsOf(groups)).toEqual({ '1': 1, '2': 4, '3': 6 });
      expect(cellsOf(groups, 'decisions')).toEqual({ '1': 0, '2': 2, '3': 3 });
      // 3; 6 and 9: whoever was acted on
      expect(cellsOf(groups, 'positives')).toEqual({ '1': 0, '2': 1, '3': 2 });
      expect(met['groups']).toEqual(groups);
      expect(reference.asked).not.toHaveProperty('groups');
      // a role: no feature, and no axis
      expect(Object.keys(profile.columns)).not.toContain('region');
    }));

  test('without an action each row is a decision, and it needs no prediction', () =>
    withFolder(async (db, folder) => {
      const rows = ROWS.replace('(3, 6)', '(3.0::double, 6)');
      const model = { ...monitorOf({}).model, task: 'none' as const };
      const { profile } = await counted(db, folder, {
        rows,
        monitor: { model, columns: { group: 'region' } },
      });
      expect(cellsOf(profile.asked['groups'])).toEqual({ '1': 1, '2': 4, '3': 6 });
      expect(cellsOf(profile.asked['groups'], 'decisions')).toEqual({ '1': 1, '2': 4, '3': 6 });
      expect(cellsOf(profile.asked['groups'], 'positives')).toEqual({ '1': 0, '2': 1, '3': 2 });
    }));

  test('stands beside items, and is not counted where no check asks or no column is there', () =>
    withFolder(async (db, folder) => {
      const both = await counted(db, folder, {
        rows: ROWS,
        monitor: {
          columns: { ...columns, item: 'decision' },
          checks: [specOf('allocation_gain'), specOf('exposure_concentration')],
        },
      });
      expect(cellsOf(both.profile.asked['items'])).toEqual({ block: 6, pass: 6 });
      expect(cellsOf(both.profile.asked['groups'])).toEqual({ '1': 1, '2': 4, '3': 6 });
      const unasked = await counted(db, folder, { rows: ROWS, monitor: { columns, checks: [] } });
      expect(unasked.profile.asked).not.toHaveProperty('groups');
      const gone = { ...columns, group: 'area' };
      const other = await counted(db, folder, { rows: ROWS, monitor: { columns: gone } });
      expect(other.profile.asked).not.toHaveProperty('groups');
    }));

  test('of 3,000 groups those with most rows keep their name, and the others are one cell', () =>
    withFolder(async (db, folder) => {
      const rows = `select row_number() over () as id, timestamp '2026-01-02 12:00:00' as ts,
        'group ' || lpad(g::varchar, 4, '0') as region, 0.5 as p, 'yes' as y
        from range(3000) groups(g), range(case when g < 500 then 3 else 1 end)`;
      const { profile } = await counted(db, folder, { rows, monitor: { columns } });
      const { groups } = profile.asked;
      const names = Array.from(groups?.by['group'] ?? [], String);
      expect(names.length).toBe(1001);
      // 500 of 3 rows, and the first 500 of those with one
      expect(names).toContain('group 0999');
      expect(cellsOf(groups)[CATEGORY.other]).toBe(2000);
      for (const sum of ['n', 'decisions', 'positives']) expect(total(groups, sum)).toBe(4000);
    }));
});
