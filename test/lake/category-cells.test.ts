import path from 'node:path';
import { expect, test } from 'vitest';
import { checkNamed } from '../../checks/index.js';
import { compareFiles } from '../../app/compare.js';
import { CATEGORY } from '../../domain/profile.js';
import type { Axis } from '../../domain/profile.js';
import type { Duck } from '../../lake/duck.js';
import { categoryCells } from '../../lake/category-cells.js';
import { profileCategories } from '../../lake/profile-categories.js';
import { perform } from '../../lake/ask.js';
import { evidenceOf } from '../checks/evidence.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

/** 12,000 names, each in three rows of the reference, are cells of an axis that names a few. */
async function axisOf(db: Duck, letter = 'u'): Promise<Axis> {
  await perform(
    db,
    `create table before as select '${letter}' || (i % 12000) as c from range(36000) t(i)`,
  );
  const of = { distinct: 12_000, present: 36_000, once: 0 };
  const cells = await categoryCells(db, { rows: 'before', column: 'c' }, of);
  const known = Array.from({ length: 1000 }, (_, i) => `u${i}`);
  return {
    ...{ kind: 'categorical', low: 0, inverseWidth: 0, atoms: [], edges: [], min: null, max: null },
    ...{ known, type: 'VARCHAR', distinct: 1 / 3, tail: true, cells },
  };
}

async function counted(db: Duck, axis: Axis, rows: string): Promise<Record<string, number>> {
  await perform(db, `create or replace table now as ${rows}`);
  const found = await profileCategories(db, { rows: 'now', parts: null }, [['c', axis]]);
  return cellsOf(found.get('c')?.get(0));
}

const unseenIn = (cells: Record<string, number>): number =>
  Object.entries(cells).reduce(
    (sum, [name, n]) => sum + (name === CATEGORY.unseen || name.startsWith('new') ? n : 0),
    0,
  );

test('of many categories no known one is new, and of new ones a stated share looks known', async () => {
  await withFolder(async (db) => {
    const axis = await axisOf(db);
    // 2^18 bits, the first power of two from 16 * 12,000 on; a few categories share one.
    expect(axis.cells?.shift).toBe(64 - 18);
    const full = axis.cells?.full ?? NaN;
    expect(full).toBeGreaterThan(0.95 * (12_000 / 2 ** 18));
    expect(full).toBeLessThanOrEqual(12_000 / 2 ** 18);

    const same = await counted(db, axis, 'from before');
    expect(same[CATEGORY.unseen]).toBe(0);
    // 36,000 rows without three of each of the thousand names
    expect(same[CATEGORY.other]).toBe(33_000);

    const none = await counted(db, axis, `select 'new' || i as c from range(20000) t(i)`);
    // binomial, four standard deviations: sqrt(20,000 * 0.045 * 0.955) = 29
    expect(Math.abs(unseenIn(none) - 20_000 * (1 - full))).toBeLessThan(120);
    expect(unseenIn(none) + (none[CATEGORY.other] ?? 0)).toBe(20_000);
    // fifty have a name
    expect(Object.keys(none).filter((name) => name.startsWith('new'))).toHaveLength(50);

    const few = await counted(
      db,
      axis,
      `select case when i < 5 then 'u1' when i < 9 then 'u11000' when i < 12 then null else 'new7' end as c
       from range(20) t(i)`,
    );
    const [own] = [few['new7'] ?? 0];
    expect(few).toMatchObject({ u1: 5, [CATEGORY.missing]: 3, [CATEGORY.other]: 12 - own });
  });
});

test('what is missing is nothing new, though null has a hash, whose bit no category may share', async () => {
  for (const letter of ['u', 'v', 'w']) {
    await withFolder(async (db) => {
      const axis = await axisOf(db, letter);
      const gone = await counted(db, axis, 'select null::varchar as c from range(20)');
      expect(gone).toEqual({ [CATEGORY.missing]: 20, [CATEGORY.unseen]: 0 });
    });
  }
});

test('cells that another engine made are not read', async () => {
  await withFolder(async (db) => {
    const axis = await axisOf(db);
    const { cells } = axis;
    if (cells === undefined) throw new Error('there are cells');
    const other = { ...axis, cells: { ...cells, mark: cells.mark + 2 ** 20 } };
    const found = await counted(db, other, `select 'new' || i as c from range(200) t(i)`);
    expect(found).toEqual({ [CATEGORY.other]: 200 });
  });
});

test('where the cells are not there nothing is said of what is new', () => {
  const all = { c: ['a', 'b', CATEGORY.other] };
  const plain = evidenceOf(all, all);
  const axis = { ...plain.grid.axes['c'], known: ['a', 'b'], tail: true } as Axis;
  const evidence = { ...plain, grid: { ...plain.grid, axes: { c: axis } } };
  const check = checkNamed('unseen_categories');
  const found = check.measure(evidence, 'c', check.defaults);
  expect(found).toMatchObject({ value: null, reason: 'no_reference' });
  expect(found.details['note']).toContain('its reference does not tell all');
});

test.each(['grid', 'exact'] as const)(
  'compare counts new ones among more than 10,000 categories: %s',
  async (binning) => {
    await withFolder(async (db, folder) => {
      const rows = (from: number) =>
        // c: 12,000 names, of 60,000 rows each in five; d: half of the rows are of 20 names
        `select 'u' || (${from} + hash(i, 'c') % 12000) as c,
          case when i % 2 = 0 then 'h' || (i % 20) else 't' || (${from} + i % 24000) end as d
        from range(60000) t(i)`;
      await writeRows(db, path.join(folder, 'a.parquet'), rows(0));
      for (const [from, share] of [
        [0, 0],
        [3000, 0.25],
        [12_000, 1],
      ] as const) {
        await writeRows(db, path.join(folder, 'b.parquet'), rows(from));
        const { findings } = await compareFiles({
          ...{ reference: path.join(folder, 'a.parquet'), columns: ['c', 'd'], binning },
          ...{ current: path.join(folder, 'b.parquet'), segments: [], checks: null },
          duck: { threads: 1, memoryLimitMb: 200 },
        });
        const of = (check: string, column: string) =>
          findings.find((one) => one.check === check && one.target === column);
        const found = of('unseen_categories', 'c');
        // 60,000 rows of 12,000 names leave e^-5 of them out; a window of a quarter new ones has
        // 25 % ± 0.5 %, and those that look known are estimated
        expect(found?.value).toBeGreaterThan(share - 0.02);
        expect(found?.value).toBeLessThan(share + 0.02);
        expect(found?.verdict).toBe(share > 0.2 ? 'warn' : 'ok');
        expect(of('psi', 'd')?.verdict).toBe(share === 0 ? 'ok' : 'alert');
      }
    });
  },
);
