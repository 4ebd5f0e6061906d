import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileKind, JoinSpec, SourceSpec } from '../../domain/source-spec.js';
import { ask } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { withRows } from '../../lake/window-rows.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { withFolder, writeRows } from '../support/rows.js';

const day = Date.UTC(2026, 0, 2);
const window = { start: day, end: day + 86_400_000, weekday: 5 };
const everything = { span: null, timezone: 'UTC' };

/** Some numbers are missing, one time lies in another window. */
const plain = `select i as id, timestamp '2026-01-02' + to_minutes((i * 20)::int) as ts,
  i % 5 as shop, case when i % 7 > 0 then (i % 10)::double end as x,
  case when i % 3 = 0 then 'a' else 'b' end as c from range(73) t(i)`;

interface Ask {
  kind?: FileKind;
  where?: string;
  select?: Record<string, string>;
  joins?: readonly JoinSpec[];
}

/** Profiles a file against plain training rows, which have no partner to join. */
async function profiled(db: Duck, file: string, { kind = 'parquet', where, ...rest }: Ask = {}) {
  const folder = path.dirname(file);
  const training = await writeRows(db, path.join(folder, 'training.ref'), plain);
  const { select, joins } = rest;
  const predictions: SourceSpec = {
    ...{ kind, path: file, where: where ?? null },
    ...(select && { shape: { select } }),
    ...(joins && { joins }),
  };
  const monitor = monitorOf({ predictions });
  const from = { kind: 'parquet' as const, path: training, where: null };
  const { grid } = await buildReference(db, { monitor, located: await locate(from, everything) });
  return profileWindow(db, {
    ...{ monitor, grid, window, at: window.end, knownAt: window.end, labels: null },
    predictions: await locate(predictions, everything),
    exact: 'grid',
    landDir: path.join(folder, 'land'),
  });
}

type Profiled = Awaited<ReturnType<typeof profiled>>;

/** What is counted of the columns x and c, and of the rows. */
const countsOf = ({ profile: { rows, newest, columns, types, asked } }: Profiled) => ({
  ...{ rows, newest, x: columns['x'], c: columns['c'], types: [types['x'], types['c']] },
  answers: [asked['rows'], asked['rejected']],
});

/** Rows of the window without a partner, with several that differ, and lines that are no row. */
function told({ profile: { asked } }: Profiled): number[] {
  return ['alone', 'conflicting', 'unreadable'].map((sum) => asked['joins']?.sums[sum]?.[0] ?? NaN);
}

const write = (db: Duck, folder: string, name: string, select: string): Promise<string> =>
  writeRows(db, path.join(folder, name), select);

function joining(
  file: string,
  on: Record<string, string>,
  more: Partial<JoinSpec> & { kind?: FileKind; where?: string } = {},
): JoinSpec {
  const { kind = 'parquet', where = null, ...rest } = more;
  return { name: 'other', from: { kind, path: file, where }, on, ...rest };
}

test.each<[string, string, string, Record<string, string>]>([
  ['whole numbers', 'select id, ts, shop', 'select id, x, c', { id: 'id' }],
  ['a number and a text', 'select id, ts', 'select id::varchar as key, x, c', { id: 'key' }],
  [
    'two columns',
    'select id, ts, shop',
    'select shop::tinyint as s, id::varchar as i, x, c',
    { id: 'i', shop: 's' },
  ],
  [
    'rows that say the same twice',
    'select id, ts',
    'select * from (select id, x, c from plain union all select id, x, c from plain)',
    { id: 'id' },
  ],
])('rows joined by %s are counted as those of one file', async (_, ours, theirs, on) => {
  await withFolder(async (db, folder) => {
    const flat = await profiled(db, await write(db, folder, 'flat.parquet', plain));
    const from = (select: string) =>
      `with plain as (${plain}) ${select}${select.includes(' from ') ? '' : ' from plain'}`;
    const left = await write(db, folder, 'left.parquet', from(ours));
    const right = await write(db, folder, 'right.parquet', from(theirs));
    const found = await profiled(db, left, { joins: [joining(right, on)] });
    expect(countsOf(found)).toEqual(countsOf(flat));
    expect(found.profile.rows).toBe(72);
    expect(told(found)).toEqual([0, 0, 0]);
    const files = found.manifest.joins?.['other']?.map((file) => file.path);
    expect(files).toEqual([right]);
  });
});

test('texts that are joined are read as those of one file, and what is no number is told', async () => {
  await withFolder(async (db, folder) => {
    const at = '2026-01-02T03:00:00Z';
    const files = {
      'flat.csv': `id,ts,x,c\n1,${at},3,a\n2,${at},4.5,b\n3,${at},oops,a\n`,
      'left.csv': `id,ts\n1,${at}\n2,${at}\n3,${at}\n`,
      'right.csv': 'key,x,c\n3,oops,a\n1,3,a\n2,4.5,b\n2,9,z\n4,too,many,values\n',
    };
    const file = (name: string) => path.join(folder, name);
    for (const [name, text] of Object.entries(files)) await writeFile(file(name), text);
    const join = joining(file('right.csv'), { id: 'key' }, { kind: 'csv', where: "c < 'z'" });
    const flat = countsOf(await profiled(db, file('flat.csv'), { kind: 'csv' }));
    const texts = await profiled(db, file('left.csv'), { kind: 'csv', joins: [join] });
    expect(countsOf(texts)).toEqual(flat);
    expect(told(texts)).toEqual([0, 0, 1]);
    expect(Array.from(flat.x?.sums['n'] ?? []).reduce((sum, n) => sum + n, 0)).toBe(3);
    const typed = `select i as id, timestamptz '${at}' as ts from range(1, 4) t(i)`;
    const left = await write(db, folder, 'left.parquet', typed);
    const mixed = await profiled(db, left, { joins: [join], where: 'x > 3.5 or x is null' });
    // x is read as a number, also for `where`
    expect(mixed.profile.rows).toBe(2);
    expect(mixed.landedFile).not.toBeNull();
  });
});

/** The id of each row, and the v that was joined. */
async function valuesOf(db: Duck, file: string, join: JoinSpec): Promise<string[]> {
  const spec = { kind: 'parquet' as const, path: file, where: null, joins: [join] };
  const located = await locate(spec, everything);
  return withRows(db, { located, wants: {}, time: null }, async ({ view }) => {
    const select = `select id || ' ' || coalesce(v::varchar, '-') as value from ${view}`;
    const found = await ask(db, 'probe/first', { rows: { select } });
    return found.map((row) => String(row['value'])).sort();
  });
}

test('a key of which a part is missing is none', async () => {
  await withFolder(async (db, folder) => {
    const from = (values: string, columns: string) =>
      `select * from (values ${values}) t(${columns})`;
    const ours = from("(1, null, 'a'), (2, 5, 'a'), (3, 5, null)", 'id, k, c');
    const theirs = from("(null, 'a', 7), (5, 'a', 8), (5, null, 9)", 'k, c, v');
    const left = await write(db, folder, 'l.parquet', ours);
    const right = await write(db, folder, 'r.parquet', theirs);
    const found = await valuesOf(db, left, joining(right, { k: 'k', c: 'c' }));
    expect(found).toEqual(['1 -', '2 8', '3 -']);
  });
});

test('a window keeps its rows, whatever its partners are', async () => {
  const key = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null });
  const rows = fc.array(key, { minLength: 1, maxLength: 12 });
  const others = fc.array(fc.tuple(key, fc.integer({ min: 0, max: 1 })), { maxLength: 12 });
  await withFolder(async (db, folder) => {
    const value = (one: number | null) => (one === null ? 'null::integer' : String(one));
    await fc.assert(
      fc.asyncProperty(rows, others, async (ours, theirs) => {
        const left = ours.map((one, i) => `(${i}, ${value(one)})`).join(', ');
        const right = [...theirs, [null, 0] as const].map(([one, v]) => `(${value(one)}, ${v})`);
        const files = [
          await write(db, folder, 'l.parquet', `select * from (values ${left}) t(id, k)`),
          await write(db, folder, 'r.parquet', `select * from (values ${right.join()}) t(k, v)`),
        ];
        const found = await valuesOf(db, files[0] ?? '', joining(files[1] ?? '', { k: 'k' }));
        const expected = ours.map((one, id) => {
          const own = new Set(theirs.flatMap(([k, v]) => (k === one && k !== null ? [v] : [])));
          return `${id} ${own.size === 1 ? [...own].join('') : '-'}`;
        });
        expect(found).toEqual(expected.sort());
      }),
      { numRuns: 20 },
    );
  });
});

test('rows without a partner, without a key, and with several that differ are told', async () => {
  await withFolder(async (db, folder) => {
    const rows = `select case when id % 10 > 0 then id end as key, * from (${plain})`;
    const left = await write(db, folder, 'left.parquet', rows);
    // of 72 rows those from 40 on have none; 1, 2 and 3 have two that differ
    const others = `select i as key, i as y from range(40) t(i) union all
      select i, -i from range(1, 4) t(i)`;
    const right = await write(db, folder, 'right.parquet', others);
    const found = await profiled(db, left, { joins: [joining(right, { key: 'key' })] });
    const alone = [...Array(72).keys()].filter((i) => i >= 40 || i % 10 === 0).length;
    expect(told(found)).toEqual([alone, 3, 0]);
    expect(found.profile.rows).toBe(72);
  });
});

test('where sees what was joined, select names a key, and a join may build on another', async () => {
  await withFolder(async (db, folder) => {
    const left = await write(
      db,
      folder,
      'left.parquet',
      `select id, ts, to_json({shop: shop}) as payload from (${plain})`,
    );
    const shops = `select i as shop, 'r' || i % 2 as region, i as size from range(5) t(i)`;
    const regions = `select 'r' || i as region, i * 10 as y from range(2) t(i)`;
    const first = joining(
      await write(db, folder, 'shops.parquet', shops),
      { shop: 'shop' },
      { name: 'shops', columns: ['region'] },
    );
    const second = joining(await write(db, folder, 'regions.parquet', regions), {
      region: 'region',
    });
    const select = { shop: "payload->>'shop'" };
    const found = await profiled(db, left, { select, joins: [first, second], where: 'y = 10' });
    const { types, rows } = found.profile;
    expect(rows).toBe([...Array(72).keys()].filter((i) => (i % 5) % 2 === 1).length);
    expect(Object.keys(types).sort()).toEqual(['id', 'payload', 'region', 'shop', 'ts', 'y']);
  });
});

test.each<[string, string, Partial<JoinSpec>, string | RegExp]>([
  [
    'a name that is taken',
    'select 1 as id, 2 as X',
    {},
    'joins.other has a column "X", and the rows have "x"; expected another name, or ' +
      'joins.other.columns without it',
  ],
  ['no key', 'select 1 as no, 2 as y', {}, /column "id" is missing; the columns are no, y/],
  [
    'a key that the rows lack',
    'select 1 as id',
    { on: { idd: 'id' } },
    /column "idd" is missing, joins.other cannot be joined; there are id, ts, shop, x, c/,
  ],
])('a source with %s is refused', async (_, select, more, words) => {
  await withFolder(async (db, folder) => {
    const left = await write(db, folder, 'left.parquet', plain);
    const right = await write(db, folder, 'right.parquet', select);
    const join = joining(right, { id: 'id' }, more);
    await expect(profiled(db, left, { joins: [join] })).rejects.toThrow(words);
  });
});

test('a source without a file, with an empty or a broken one is an error that names it', async () => {
  await withFolder(async (db, folder) => {
    const left = await write(db, folder, 'left.parquet', plain);
    const file = (name: string) => path.join(folder, name);
    await writeFile(file('empty.csv'), '');
    await writeFile(file('broken.parquet'), 'no Parquet');
    const of = (name: string) => ({ joins: [joining(file(name), { id: 'id' }, { kind: 'csv' })] });
    await expect(profiled(db, left, of('none.csv'))).rejects.toThrow(
      `${file('none.csv')}: no such file; expected the rows of joins.other`,
    );
    await expect(profiled(db, left, of('empty.csv'))).rejects.toThrow(
      `${file('empty.csv')}: is empty; expected the rows of joins.other`,
    );
    const broken = { joins: [joining(file('broken.parquet'), { id: 'id' })] };
    await expect(profiled(db, left, broken)).rejects.toThrow(file('broken.parquet'));
    // of two sources the one that is broken is named
    const torn = file('torn.csv');
    await writeFile(torn, 'id,ts,y\n1,2026-01-02,"\0\n');
    const good = await write(db, folder, 'good.parquet', 'select 1 as id, 2 as z');
    const beside = { kind: 'csv' as const, joins: [joining(good, { id: 'id' })] };
    await expect(profiled(db, torn, beside)).rejects.toThrow(torn);
    const failing = joining(good, { id: 'id' }, { where: 'error(z::varchar)' });
    await expect(profiled(db, left, { joins: [failing] })).rejects.toThrow(
      `${good}: cannot be read with where: "error(z::varchar)"`,
    );
    // where no row came there is nothing to join
    const none = { kind: 'parquet' as const, path: file('no.parquet'), where: null };
    expect((await locate({ ...none, ...of('none.csv') }, everything)).files).toEqual([]);
  });
});
