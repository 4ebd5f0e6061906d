import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabelSource, Monitor } from '../../domain/monitor.js';
import { CATEGORY, total } from '../../domain/profile.js';
import type { Duck } from '../../lake/duck.js';
import { profileOutcomes, profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { exposuresOf } from '../../checks/exposures.js';
import { specOf } from '../checks/decided.js';
import { DAY } from '../support/lake.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const window = { start, end: start + DAY, weekday: 5 };
const everything = { span: null, timezone: 'UTC' };
const checks = [specOf('exposure_concentration')];

type Given = Omit<Partial<Monitor>, 'columns'> & { columns?: Partial<Monitor['columns']> };

/** What is counted of the rows of a query, as a window and as a reference. */
async function counted(
  db: Duck,
  folder: string,
  {
    rows,
    labels = null,
    monitor: given = {},
  }: { rows: string; labels?: string | null; monitor?: Given },
) {
  const parquet = async (name: string, select: string) => {
    const file = await writeRows(db, path.join(folder, `${name}.parquet`), select);
    return { kind: 'parquet' as const, path: file, where: null };
  };
  const predictions = await parquet('rows', rows);
  const theirs = labels === null ? null : await parquet('labels', labels);
  const own = given.labels ?? null;
  const monitor = monitorOf({
    ...{ checks, predictions },
    ...given,
    labels: own && { ...own, from: theirs },
  });
  const located = await locate(predictions, everything);
  const { grid, profile: reference } = await buildReference(db, { monitor, located });
  const request = {
    ...{ monitor, grid, window, at: window.end, knownAt: window.end + 9 * DAY, landDir: folder },
    ...{ predictions: located, exact: 'grid' as const },
    labels: theirs && (await locate(theirs, everything)),
  };
  const { profile } = await profileWindow(db, request);
  return { profile, reference, met: (await profileOutcomes(db, request)).asked };
}

const label: LabelSource = {
  ...{ name: 'y', from: null, on: { id: 'key' }, value: 'y', positive: ['yes'] },
  ...{ timestamp: null, matureAfter: DAY },
};
const columns = { item: 'film' };
/** 6 rows of 3, 4 of 2, 1 of 1, and one of none; texts and ids of one row each. */
const ROWS = `select row_number() over () as id, timestamp '2026-01-02 12:00:00' as ts, film
  from (values (3, 6), (2, 4), (1, 1), (null, 1)) as films(film, n), range(n)`;

describe('what rows show', () => {
  test('is counted by item with the positive labels, and anew with the labels alone', () =>
    withFolder(async (db, folder) => {
      // every third row of 3, no row of 2, and the one of 1
      const labels = `select id as key, case when film <> 2 and id % 3 = 1 then 'yes' else 'no' end as y
        from (${ROWS})`;
      const hits = await db.use((connection) =>
        connection.runAndReadAll(
          `select film::varchar, count(*) from (${ROWS}) join (${labels}) on id = key
           where y = 'yes' and film is not null group by all order by all`,
        ),
      );
      const found = await counted(db, folder, {
        rows: ROWS,
        labels,
        monitor: { columns, labels: label },
      });
      const { items } = found.profile.asked;
      expect(cellsOf(items)).toEqual({ '1': 1, '2': 4, '3': 6 });
      expect(cellsOf(items, 'items')).toEqual({ '1': 1, '2': 1, '3': 1 });
      const positives = Object.entries(cellsOf(items, 'positives')).filter(([, n]) => n > 0);
      expect(positives).toEqual(hits.getRowsJson().map(([film, n]) => [film, Number(n)]));
      expect(found.met['items']).toEqual(items);
      const doubles = ROWS.replace('(3, 6)', '(3.0::double, 6)');
      const same = await counted(db, folder, { rows: doubles, monitor: { columns } });
      expect(cellsOf(same.profile.asked['items'])).toEqual({ '1': 1, '2': 4, '3': 6 });
      // a role: no feature, and no axis
      expect(Object.keys(found.profile.columns)).not.toContain('film');
    }));

  test('needs neither a prediction nor labels', () =>
    withFolder(async (db, folder) => {
      const { profile, reference } = await counted(db, folder, {
        rows: ROWS,
        monitor: { columns },
      });
      expect(cellsOf(profile.asked['items'])).toEqual({ '1': 1, '2': 4, '3': 6 });
      expect(total(profile.asked['items'], 'positives')).toBe(0);
      expect(profile.outcomes).toBeNull();
      expect(reference.asked['items']).toEqual(profile.asked['items']);
    }));

  test('a reference keeps it whatever is asked, a window only where a check asks', () =>
    withFolder(async (db, folder) => {
      const found = await counted(db, folder, { rows: ROWS, monitor: { columns, checks: [] } });
      expect(found.profile.asked).not.toHaveProperty('items');
      expect(cellsOf(found.reference.asked['items'])).toEqual({ '1': 1, '2': 4, '3': 6 });
      const other = await counted(db, folder, {
        rows: ROWS,
        monitor: { columns: { item: 'book' } },
      });
      expect(other.profile.asked).not.toHaveProperty('items');
    }));

  test('a ranking shows its items, positive where they are relevant', () =>
    withFolder(async (db, folder) => {
      const rows = `select *, 'r' || id % 4 as request, 1 + id % 3 as place, film * 0.5 - 1 as y from (${ROWS})`;
      const ranking = { request: 'request', item: 'film', relevance: 'y', k: 10 };
      const prediction = { kind: 'ranking', column: 'place', threshold: 0.5, ranking } as const;
      const { profile } = await counted(db, folder, {
        rows: `${rows} where film is not null`,
        monitor: {
          model: { ...monitorOf({}).model, task: 'ranking' },
          ...{ columns: { prediction }, labels: { ...label, on: {}, positive: [] } },
        },
      });
      expect(cellsOf(profile.asked['items'])).toEqual({ '1': 1, '2': 4, '3': 6 });
      // 3 is worth 0.5, 2 and 1 nothing or less
      expect(cellsOf(profile.asked['items'], 'positives')).toEqual({ '1': 0, '2': 0, '3': 6 });
    }));

  test('of 100,000 items 1,000 keep their name, and all of them count', () =>
    withFolder(async (db, folder) => {
      // 1,500 items in 3 rows, 98,500 in one; by their text, for the names are cut in that order
      const rows = `select row_number() over () as id, timestamp '2026-01-02 12:00:00' as ts,
        'item ' || lpad(i::varchar, 6, '0') as film
        from range(100000) items(i), range(case when i < 1500 then 3 else 1 end)`;
      const { profile } = await counted(db, folder, { rows, monitor: { columns } });
      const { items } = profile.asked;
      const names = Array.from(items?.by['item'] ?? [], String);
      expect(names.length).toBe(1002);
      expect(names).toContain('item 000999');
      expect(names.filter((name) => name === CATEGORY.other).length).toBe(2);
      expect(total(items)).toBe(103_000);
      expect(total(items, 'items')).toBe(100_000);
      expect(exposuresOf(profile)?.spectrum).toEqual([
        { count: 1, items: 98_500 },
        { count: 3, items: 1_500 },
      ]);
    }));
});
