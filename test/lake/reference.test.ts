import path from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Monitor } from '../../domain/monitor.js';
import type { FileKind } from '../../domain/source-spec.js';
import { BIN, total } from '../../domain/profile.js';
import type { Duck } from '../../lake/duck.js';
import { buildReference, profileReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

async function located(file: string, kind: FileKind = 'parquet') {
  return locate({ kind, path: file, where: null }, { span: null, timezone: 'UTC' });
}

async function referenceOf(
  db: Duck,
  folder: string,
  rows: string,
  monitor: Monitor = monitorOf({}),
) {
  const file = await writeRows(db, path.join(folder, 'reference.parquet'), rows);
  return buildReference(db, { monitor, located: await located(file) });
}

test('every column gets the axis that its values need', async () => {
  await withFolder(async (db, folder) => {
    const { grid, profile } = await referenceOf(
      db,
      folder,
      `select i as id, timestamp '2025-03-01' + to_minutes(i::int) as ts,
        (i % 100)::integer as whole, (i % 50) / 10 as tenth, ln(i + 1) as real,
        case when i % 3 > 0 then 0 else sqrt(i) end as zeros,
        i % 2 = 0 as flag, 'c' || (i % 3) as letter, 'order ' || i as name,
        repeat('ab', (1 + i % 40)::int) || i as text, [3.0, i % 5]::float[] as vector,
        date '2025-01-01' as born, [i] as list, null::double as nothing,
        null::varchar as silence from range(1000) t(i)`,
    );
    const kinds = Object.entries(grid.axes).map(([name, { kind, type }]) => [
      name,
      `${kind} ${type}`,
    ]);
    expect(Object.fromEntries(kinds)).toEqual({
      whole: 'numeric INTEGER',
      tenth: 'numeric DOUBLE',
      real: 'numeric DOUBLE',
      zeros: 'numeric DOUBLE',
      flag: 'categorical BOOLEAN',
      letter: 'categorical VARCHAR',
      name: 'numeric VARCHAR',
      text: 'numeric VARCHAR',
      vector: 'numeric FLOAT[]',
      nothing: 'numeric DOUBLE',
      silence: 'categorical VARCHAR',
    });
    expect(grid.axes['whole']).toMatchObject({ low: -0.5, inverseWidth: 1, min: 0, max: 99 });
    expect(grid.axes['whole']?.edges).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 4096]);
    expect(grid.axes['tenth']?.inverseWidth).toBe(10);
    expect(grid.axes['zeros']?.atoms).toEqual([0]);
    // 667 of 1,000: i not divisible by 3, and i = 0.
    expect(cellsOf(profile.columns['zeros'])[BIN.atom0]).toBe(667);
    expect(grid.axes['letter']?.known).toEqual(['c0', 'c1', 'c2']);
    expect(grid.axes['flag']?.known).toEqual(['false', 'true']);
    // Ids that count up are as long as ever without their digits: 6 characters with the space.
    expect(grid.axes['name']).toMatchObject({ of: 'letters', min: 6, max: 6 });
    expect(cellsOf(profile.columns['name'])).toEqual({ 0: 1000 });
    // 2 to 80 letters, and 1 to 3 digits: 0 is 'ab0', 999 has 40 times ab.
    expect(grid.axes['text']).toMatchObject({ of: 'length', min: 3, max: 83 });
    expect(total(profile.columns['text'], 'sum')).toBe(1000 * 41 + 10 + 90 * 2 + 900 * 3);
    // √(9 + 0), √(9 + 1), √(9 + 4), √(9 + 9), 5.
    expect(grid.axes['vector']).toMatchObject({ of: 'norm', min: 3, max: 5 });
    expect(cellsOf(profile.asked['sizes'])).toEqual({ 'vector 2': 1000 });
    expect(cellsOf(profile.columns['nothing'])).toEqual({ [BIN.missing]: 1000 });
    expect(cellsOf(profile.columns['silence'])).toEqual({ '\0missing': 1000 });
    expect(grid.axes['real']?.distinct).toBe(1);
    expect(profile.types).toMatchObject({ list: 'BIGINT[]', born: 'DATE' });
    expect(profile.rows).toBe(1000);
    expect(profile.newest).toBe(Date.UTC(2025, 2, 1) + 999 * 60_000);
    expect(profile.window.start).toBe(Date.UTC(2025, 2, 1));
  });
});

test('nothing of the reference is out of range, and each coarse bin holds a tenth or so', async () => {
  await withFolder(async (db, folder) => {
    const { grid, profile } = await referenceOf(
      db,
      folder,
      `select i as id, sqrt(i) as a, exp(i / 1000.0) as b, tan(i * 1.0) as heavy from range(5000) t(i)`,
    );
    for (const column of ['a', 'b', 'heavy']) {
      const counts = profile.columns[column];
      expect(total(counts)).toBe(5000);
      expect(total(counts, 'beyond')).toBe(0);
      const edges = grid.axes[column]?.edges ?? [];
      expect(edges).toHaveLength(11);
      const cells = Object.entries(cellsOf(counts)).map(([bin, n]) => [Number(bin), n] as const);
      edges.slice(1).forEach((edge, i) => {
        const inside = cells.filter(([bin]) => bin >= (edges[i] ?? 0) && bin < edge);
        const rows = inside.reduce((sum, [, n]) => sum + n, 0);
        expect(Math.abs(rows - 500)).toBeLessThan(60);
      });
    }
  });
});

test('columns with a role and excluded ones are no features; an override decides the type', async () => {
  await withFolder(async (db, folder) => {
    const monitor = monitorOf({
      labels: {
        name: 'y',
        from: null,
        on: {},
        value: 'y',
        positive: ['1'],
        timestamp: 'known',
        matureAfter: 0,
      },
      columns: {
        version: 'v',
        prediction: { kind: 'probability', column: 's', threshold: 0.5 },
        features: {
          include: '*',
          exclude: ['junk'],
          overrides: {
            code: { type: 'categorical', importance: null, source: null },
            text: { type: 'numeric', importance: null, source: null },
          },
        },
      },
    });
    const { grid, profile } = await referenceOf(
      db,
      folder,
      `select i as id, timestamp '2025-01-01' as ts, 'v1' as v, i / 99 as s, i % 2 as y,
        timestamp '2025-02-01' as known, i as junk, i % 3 as code, (i % 5)::varchar as text
        from range(100) t(i)`,
      monitor,
    );
    expect(Object.keys(grid.axes).sort()).toEqual(['code', 's', 'text']);
    expect(grid.axes['code']).toMatchObject({ kind: 'categorical', known: ['0', '1', '2'] });
    expect(cellsOf(profile.columns['code'])).toEqual({ '0': 34, '1': 33, '2': 33 });
    expect(grid.axes['text']).toMatchObject({ kind: 'numeric', min: 0, max: 4 });
    expect(total(profile.columns['s'])).toBe(100);
    expect(cellsOf(profile.columns['s'])).toMatchObject({ '0': 1, '4095': 1 });
    expect(cellsOf(profile.outcomes)['0 0 0 v1']).toBe(1);
    expect(cellsOf(profile.outcomes)['4095 1 1 v1']).toBe(1);
    expect(total(profile.outcomes)).toBe(100);
  });
});

test('the same rows give the same grid, from Parquet and from text', async () => {
  await withFolder(async (db, folder) => {
    const rows = `select i as id, (i % 7) * 0.5 as x, 'c' || (i % 4) as c from range(100) t(i)`;
    const first = await referenceOf(db, folder, rows);
    const again = await referenceOf(db, folder, rows);
    expect(again.grid.id).toBe(first.grid.id);
    expect(first.grid.id).toMatch(/^[0-9a-f]{64}$/);
    const csv = path.join(folder, 'reference.csv');
    await db.use((c) => c.run(`copy (${rows}) to '${csv}' (format csv)`));
    const text = await buildReference(db, {
      monitor: monitorOf({}),
      located: await located(csv, 'csv'),
    });
    expect(cellsOf(text.profile.columns['x'])).toEqual(cellsOf(first.profile.columns['x']));
    expect(text.grid.axes['c']?.known).toEqual(first.grid.axes['c']?.known);
    expect((await referenceOf(db, folder, `${rows} where i < 50`)).grid.id).not.toBe(first.grid.id);
  });
});

test('another reference can be profiled on a grid that is there', async () => {
  await withFolder(async (db, folder) => {
    const first = await referenceOf(db, folder, 'select i as id, i as x from range(10) t(i)');
    const file = await writeRows(db, path.join(folder, 'b.parquet'), 'select 5 as id, 12 as x');
    const next = await profileReference(db, {
      monitor: monitorOf({}),
      located: await located(file),
      grid: first.grid,
      exact: 'grid',
    });
    expect(next.profile.grid).toBe(first.grid.id);
    expect(cellsOf(next.profile.columns['x'])).toEqual({ '12': 1 });
    expect(cellsOf(next.profile.columns['x'], 'beyond')).toEqual({ '12': 1 });
  });
});

test('a reference without rows is refused', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'empty.csv');
    await writeFile(file, 'id,x\n');
    await expect(
      buildReference(db, { monitor: monitorOf({}), located: await located(file, 'csv') }),
    ).rejects.toThrow(`${file}: holds no row`);
    await expect(
      buildReference(db, { monitor: monitorOf({}), located: await located(`${file}.gone`, 'csv') }),
    ).rejects.toThrow('holds no row');
  });
});

test('of a few texts most of them say the type, of many all but one in five', async () => {
  await withFolder(async (db, folder) => {
    const types = async (spoilt: number, rows: number) => {
      const file = path.join(folder, `${spoilt}-of-${rows}.csv`);
      const lines = Array.from({ length: rows }, (_, i) => `${i},${i < spoilt ? 'oops' : 10 * i}`);
      await writeFile(file, ['id,x', ...lines].join('\n'));
      const { grid, profile } = await buildReference(db, {
        monitor: monitorOf({}),
        located: await located(file, 'csv'),
      });
      return [grid.axes['x']?.type, cellsOf(profile.asked['rejected'])];
    };
    expect(await types(1, 3)).toEqual(['BIGINT', { 'x unparsed': 1 }]);
    expect(await types(9, 19)).toEqual(['BIGINT', { 'x unparsed': 9 }]);
    // Half of them is not most of them.
    expect(await types(1, 2)).toEqual(['VARCHAR', {}]);
    expect(await types(20, 100)).toEqual(['BIGINT', { 'x unparsed': 20 }]);
    expect(await types(21, 100)).toEqual(['VARCHAR', {}]);
  });
});

/** Of many rows: a long tail, cents with a rare half cent, heavy values, and what is not finite. */
const many = `select i as id, sqrt(i) as root, tan(hash(i) / 1e19 * 3) as heavy,
    case when i = 77777 then -0.005 else (hash(i) % 3000) / 100 end as cents,
    case when i % 10 < 3 then 1.5 else ln(i + 1) end as often,
    case i when 5 then 'nan'::double when 6 then 'infinity' when 7 then '-infinity' else i / 7 end as holes,
    (hash(i) % 100003)::integer as almost, (i + 3)::integer as name,
    'c' || (hash(i) % 60000) as wide, 'text ' || i as text, 'rare ' || (i // 99990) as rare
  from range(100000) t(i)`;

test('the axes of many rows know their ends and categories, whatever a sample of them holds', async () => {
  await withFolder(async (db, folder) => {
    const { grid, profile } = await referenceOf(db, folder, many);
    expect(grid.axes['root']).toMatchObject({ min: 0, max: Math.sqrt(99_999), atoms: [] });
    expect(grid.axes['holes']).toMatchObject({ min: 0, max: 99_999 / 7 });
    expect(cellsOf(profile.columns['holes'])[BIN.notFinite]).toBe(3);
    // Cells of a cent from half a cent below zero would have every other value at their ends.
    expect(grid.axes['cents']).toMatchObject({ min: -0.005, max: 29.99 });
    expect(grid.axes['cents']?.inverseWidth).toBeCloseTo(4096 / (29.99 + 0.005), 3);
    expect(grid.axes['often']?.atoms).toEqual([1.5]);
    expect(cellsOf(profile.columns['often'])[BIN.atom0]).toBe(30_000);
    expect(grid.axes['name']?.distinct).toBe(1);
    expect(grid.axes['almost']?.distinct).toBeLessThan(1);
    expect(grid.axes['text']).toMatchObject({ kind: 'numeric', of: 'letters', min: 5, max: 5 });
    expect(grid.axes['wide']).toMatchObject({ kind: 'categorical', tail: true });
    expect(grid.axes['rare']?.known).toEqual(['rare 0', 'rare 1']);
    for (const column of ['root', 'heavy', 'cents', 'often']) {
      expect(total(profile.columns[column])).toBe(100_000);
      expect(total(profile.columns[column], 'beyond')).toBe(0);
    }
  });
});

test('the order of many rows does not matter to the grid, and rows need no name', async () => {
  await withFolder(async (db, folder) => {
    const first = await referenceOf(db, folder, many);
    const shuffled = await referenceOf(db, folder, `${many} order by hash(i, 1)`);
    expect(shuffled.grid.id).toBe(first.grid.id);
    const named = monitorOf({ columns: { id: ['rare'] } });
    const same = `select i, i // 99990 as rare, sqrt(i) as root from range(100000) t(i)`;
    const edges = (await referenceOf(db, folder, same, named)).grid.axes['root']?.edges ?? [];
    expect(edges).toHaveLength(11);
    const nothing = `select 1 as id, 2.5::double as x from range(100000) t(i)`;
    expect((await referenceOf(db, folder, nothing)).grid.axes['x']).toMatchObject({
      min: 2.5,
      max: 2.5,
    });
  });
});
