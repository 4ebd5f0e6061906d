import path from 'node:path';
import { expect, test } from 'vitest';
import { coarseColumns } from '../../domain/judging/coarsen.js';
import type { Monitor } from '../../domain/monitor.js';
import { BIN, CATEGORY, FINE_BINS, size, total } from '../../domain/profile.js';
import type { Grid } from '../../domain/profile.js';
import { withDuck } from '../../lake/duck.js';
import type { Duck } from '../../lake/duck.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, withFolder, writeRows } from '../support/rows.js';

const start = Date.UTC(2026, 0, 2);
const day = 86_400_000;
const head = `'r' || i as id, epoch_ms(${start} + i) as ts`;

/** The grid of some rows, and the profile of others on it. */
async function judged(
  db: Duck,
  folder: string,
  { before, now, monitor = monitorOf({}) }: { before: string; now: string; monitor?: Monitor },
) {
  const at = async (name: string, select: string) => {
    const file = await writeRows(db, path.join(folder, name), select);
    return locate({ kind: 'parquet', path: file, where: null }, { span: null, timezone: 'UTC' });
  };
  const located = await at('training.parquet', before);
  const reference = await buildReference(db, { monitor, located });
  const { grid } = reference;
  const window = { start, end: start + day, weekday: 5 };
  const request = { monitor, grid, window, at: window.end, knownAt: window.end };
  const predictions = before === now ? located : await at('rows.parquet', now);
  const rest = { predictions, labels: null, exact: 'grid' as const, landDir: folder };
  const asked = { ...request, ...rest };
  return { grid, reference, request: asked, ...(await profileWindow(db, asked)) };
}

test('numbers that run away fill no more cells than an axis has, and every row is in one', async () => {
  await withFolder(async (db, folder) => {
    const columns = (wild: string) =>
      `select ${head}, ${wild} as wild, (1e308 * (i % 3 - 1)) as huge, ` +
      `(1e-300 * (i % 7)) as tiny, (1e15 + i)::double as far from range(20000) g(i)`;
    const { grid, reference, profile } = await judged(db, folder, {
      before: columns(`i::double / 7`),
      // Every row a value of its own, over 600 orders of magnitude, and both signs.
      now: columns(
        `(case when i % 2 = 0 then 1 else -1 end) * pow(10.0, (i % 600) - 300) * (1 + i)`,
      ),
    });
    for (const one of [reference.profile, profile]) {
      for (const column of ['wild', 'huge', 'tiny', 'far']) {
        const counts = one.columns[column];
        if (counts === undefined) throw new Error(`${column} is counted`);
        expect([column, total(counts)]).toEqual([column, 20_000]);
        expect(size(counts)).toBeLessThanOrEqual(FINE_BINS + 20);
        expect(counts.sums['n']?.every((n) => n > 0)).toBe(true);
        for (const sum of Object.values(counts.sums)) expect(sum.some(Number.isNaN)).toBe(false);
      }
    }
    const cells = cellsOf(profile.columns['wild']);
    // 10 ** 4 and more, times at least 1, is beyond 20,000 / 7; 10 ** -1 at most is within.
    expect(cells[BIN.under]).toBeGreaterThan(4_000);
    expect(cells[BIN.over]).toBeGreaterThan(4_000);
    for (const counts of Object.values(coarseColumns(grid, profile.columns))) {
      expect(size(counts)).toBeLessThan(64);
    }
  });
});

test('of a column with 20,000 categories the frequent ones have names, the others are one', async () => {
  await withFolder(async (db, folder) => {
    // Categories 0 to 19,999 twice; the first hundred a hundred times more.
    const value = `'code ' || (case when i < 40000 then i % 20000 else i % 100 end)`;
    const select = `select ${head}, ${value} as code from range(50000) g(i)`;
    const { grid, profile, reference } = await judged(db, folder, { before: select, now: select });
    const axis = grid.axes['code'];
    expect(axis).toMatchObject({ kind: 'categorical', tail: true });
    expect(axis?.known).toHaveLength(1000);
    for (const one of [reference.profile, profile]) {
      const counts = one.columns['code'];
      if (counts === undefined) throw new Error('the column is counted');
      expect(size(counts)).toBe(1002);
      const cells = cellsOf(counts);
      for (let i = 0; i < 100; i++) expect(cells[`code ${i}`]).toBe(102);
      // 50,000 less a hundred times 102 and nine hundred times 2.
      expect(cells[CATEGORY.other]).toBe(38_000);
      expect(cells[CATEGORY.unseen]).toBe(0);
    }
    expect(size(coarseColumns(grid, profile.columns)['code'] ?? { by: {}, sums: {} })).toBe(53);
  });
});

test('a column that turns to 20,000 unknown categories keeps fifty of them by name', async () => {
  await withFolder(async (db, folder) => {
    const { profile } = await judged(db, folder, {
      before: `select ${head}, 'a' || i % 9 as c from range(2000) g(i)`,
      now: `select ${head}, 'b' || i as c from range(20000) g(i)`,
    });
    const counts = profile.columns['c'];
    if (counts === undefined) throw new Error('the column is counted');
    expect([size(counts), total(counts)]).toEqual([51, 20_000]);
    expect(cellsOf(counts)[CATEGORY.other]).toBe(19_950);
  });
});

test('columns of nulls only, before or now, have one cell: missing', async () => {
  await withFolder(async (db, folder) => {
    const nulls = (live: string) =>
      `select ${head}, null::double as x, null::varchar as c, null::boolean as b, ` +
      `${live}::double as y, ${live}::varchar as d from range(300) g(i)`;
    const { grid, profile, reference } = await judged(db, folder, {
      before: nulls('(i % 5)'),
      now: nulls('null'),
    });
    const numeric = { [BIN.missing]: 300 };
    const text = { [CATEGORY.missing]: 300 };
    const cells = Object.entries(profile.columns).map(([name, one]) => [name, cellsOf(one)]);
    expect(Object.fromEntries(cells)).toEqual({
      x: numeric,
      c: text,
      b: text,
      y: numeric,
      d: text,
    });
    expect(cellsOf(reference.profile.columns['x'])).toEqual(numeric);
    expect(cellsOf(reference.profile.columns['d'])['3']).toBe(60);
    expect(grid.axes['x']).toMatchObject({ kind: 'numeric', min: null, max: null, atoms: [] });
    expect(grid.axes['c']).toMatchObject({ kind: 'categorical', known: [] });

    const filled = await judged(db, folder, { before: nulls('null'), now: nulls('(i % 5)') });
    expect(total(filled.profile.columns['y'])).toBe(300);
    expect(cellsOf(filled.profile.columns['d'])).toMatchObject({ '0': 60, '4': 60 });
  });
});

test('structs, lists, maps, blobs and dates are listed with their type and not counted', async () => {
  await withFolder(async (db, folder) => {
    const select =
      `select ${head}, i::double as x, {'a': i, 'b': 'text'} as s, [i, i + 1] as l, ` +
      `map {'k': i} as m, 'bytes'::blob as bytes, date '2026-01-01' as born, ` +
      `[{'deep': [i]}] as deep, uuid() as u from range(100) g(i)`;
    const { grid, profile } = await judged(db, folder, { before: select, now: select });
    expect(Object.keys(grid.axes)).toEqual(['x']);
    expect(Object.keys(profile.columns)).toEqual(['x']);
    expect(profile.types).toMatchObject({
      x: 'DOUBLE',
      s: 'STRUCT(a BIGINT, b VARCHAR)',
      l: 'BIGINT[]',
      m: 'MAP(VARCHAR, BIGINT)',
      bytes: 'BLOB',
      born: 'DATE',
      deep: 'STRUCT(deep BIGINT[])[]',
      u: 'UUID',
    });
    // A number that turns into a list is not counted, and its new type is told.
    const turned = await judged(db, folder, {
      before: `select ${head}, i as x from range(100) g(i)`,
      now: `select ${head}, [i] as x from range(100) g(i)`,
    });
    expect(turned.profile.types['x']).toBe('BIGINT[]');
    expect(turned.profile.columns['x']).toBeUndefined();
  });
});

test('the columns of a wide table are counted in groups, each as if it were alone', async () => {
  await withFolder(async (db, folder) => {
    const columns = 510;
    const list = Array.from({ length: columns }, (_, c) =>
      c % 10 === 9
        ? `'k' || (hash(i, ${c}) % 12) as c${c}`
        : `case when i % ${c + 2} > 0 then (hash(i, ${c}) % 100000)::double / 7 end as c${c}`,
    );
    const make = (some: readonly string[]) =>
      `select ${head}, (i % 2)::varchar as g, ${some.join(', ')} from range(500) g(i)`;
    const few = await judged(db, folder, { before: make(list.slice(0, 10)), now: make(list) });
    const axes = Object.fromEntries(
      list.map((_, c) => [`c${c}`, few.grid.axes[c % 10 === 9 ? 'c9' : 'c0']] as const),
    ) as Grid['axes'];
    const request = { ...few.request, grid: { id: 'wide', axes } };
    const { profile } = await profileWindow(db, request);
    expect(Object.keys(profile.columns)).toEqual(list.map((_, c) => `c${c}`));
    for (const counts of Object.values(profile.columns)) expect(total(counts)).toBe(500);
    for (const name of ['c0', 'c249', 'c250', 'c500', 'c509']) {
      const alone = { id: 'one', axes: { [name]: axes[name] } as Grid['axes'] };
      const one = await profileWindow(db, { ...request, grid: alone });
      expect(cellsOf(profile.columns[name])).toEqual(cellsOf(one.profile.columns[name]));
      for (const sum of ['sum', 'squares', 'beyond', 'cubes']) {
        const [mine, other] = [profile, one.profile].map((of) => total(of.columns[name], sum));
        expect(Math.abs((mine ?? NaN) - (other ?? NaN))).toBeLessThanOrEqual(
          1e-12 * Math.abs(other ?? NaN),
        );
      }
    }
    // Parts of the rows go with every group.
    const segments = [{ name: 'g', by: 'g', top: 2, minRows: 1 }];
    const parted = await profileWindow(db, {
      ...request,
      monitor: { ...request.monitor, segments },
    });
    expect(parted.slices.map(({ rows }) => rows)).toEqual([250, 250]);
    expect(total(parted.slices[1]?.columns['c509'])).toBe(250);
    expect(cellsOf(parted.profile.columns['c509'])).toEqual(cellsOf(profile.columns['c509']));
    const left = await askNames(db);
    expect(left).toEqual([]);
  });
}, 60_000);

/** Tables and views of the database that nobody has dropped. */
async function askNames(db: Duck): Promise<unknown[]> {
  return db.use(async (connection) => {
    const reader = await connection.runAndReadAll('show all tables');
    return reader.getRowObjectsJS().map((row) => row['name']);
  });
}

test('a reference of three groups of columns has the axes that each of them has alone', async () => {
  await withFolder(async (db, folder) => {
    const list = Array.from({ length: 510 }, (_, c) =>
      c % 10 === 9
        ? `'k' || (hash(i, ${c}) % 5) as c${c}`
        : `(hash(i, ${c}) % 90) / ${c + 3} as c${c}`,
    );
    const axesOf = async (some: readonly string[]) => {
      const select = `select ${head}, ${some.join(', ')} from range(200) g(i)`;
      const file = path.join(folder, `${some.length}.parquet`);
      // Writing so many columns takes more memory than reading them.
      const large = { ...db.options, memoryLimitMb: 1_000 };
      await withDuck(large, (other) => writeRows(other, file, select));
      const source = { kind: 'parquet' as const, path: file, where: null };
      const located = await locate(source, { span: null, timezone: 'UTC' });
      return (await buildReference(db, { monitor: monitorOf({}), located })).grid.axes;
    };
    const wide = await axesOf(list);
    expect(Object.keys(wide)).toEqual(list.map((_, c) => `c${c}`));
    const some = [0, 9, 249, 250, 500, 509];
    const alone = await axesOf(some.map((c) => list[c] ?? ''));
    for (const c of some) expect(wide[`c${c}`]).toEqual(alone[`c${c}`]);
  });
}, 60_000);

test('whole numbers of a wide table keep their last digit beside a FLOAT', async () => {
  await withFolder(async (db, folder) => {
    // 16,777,217 is the first whole number that a FLOAT cannot hold.
    const list = Array.from({ length: 300 }, (_, c) =>
      c === 0 ? '(i / 7)::float as c0' : `(16777217 + 2 * (i % 3)) as c${c}`,
    );
    const select = `select ${head}, ${list.join(', ')} from range(300) g(i)`;
    const { grid, profile } = await judged(db, folder, { before: select, now: select });
    expect(grid.axes['c7']).toMatchObject({ min: 16_777_217, max: 16_777_221, inverseWidth: 1 });
    expect(cellsOf(profile.columns['c7'])).toEqual({ '0': 100, '2': 100, '4': 100 });
    expect(total(profile.columns['c7'], 'sum')).toBe(300 * 16_777_219);
  });
}, 60_000);
