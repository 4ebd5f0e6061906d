import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { BIN } from '../../domain/profile.js';
import type { FileKind, RowShape } from '../../domain/source-spec.js';
import { perform, quoteText } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { listColumns } from '../../lake/schema.js';
import { withRows } from '../../lake/window-rows.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { sumsOf, withFolder, writeRows } from '../support/rows.js';

const day = Date.UTC(2026, 0, 2);
const window = { start: day, end: day + 86_400_000, weekday: 5 };
const everything = { span: null, timezone: 'UTC' };

/** Plain rows: some numbers are missing, one time lies in another window. */
const plain = `select i as id, timestamp '2026-01-02' + to_minutes((i * 20)::int) as ts,
  case when i % 7 > 0 then (i % 10)::double end as x,
  case when i % 3 = 0 then 'a' else 'b' end as c from range(73) t(i)`;

interface Ask {
  kind?: FileKind;
  shape?: RowShape;
  where?: string;
}

/** Profiles a file against plain training rows, or those of a file of its own. */
async function profiled(db: Duck, file: string, { kind = 'parquet', where, ...rest }: Ask = {}) {
  const folder = path.dirname(file);
  const training = await writeRows(db, path.join(folder, 'training.ref'), plain);
  const spec = { kind, where: where ?? null, ...rest };
  const monitor = monitorOf({ predictions: { ...spec, path: file } });
  const { shape } = rest;
  const from = { kind: 'parquet' as const, path: training, where: null, ...(shape && { shape }) };
  const { grid } = await buildReference(db, { monitor, located: await locate(from, everything) });
  const { profile } = await profileWindow(db, {
    ...{ monitor, grid, window, at: window.end, knownAt: window.end, labels: null },
    predictions: await locate({ ...spec, path: file }, everything),
    exact: 'grid',
    landDir: path.join(folder, 'land'),
  });
  return profile;
}

/** The counts of the columns x and c, and of the rows. */
const countsOf = ({
  rows,
  newest,
  columns,
  types,
  asked,
}: Awaited<ReturnType<typeof profiled>>) => ({
  ...{ rows, newest, x: columns['x'], c: columns['c'], types: [types['x'], types['c']] },
  answers: [asked['rows'], asked['rejected']],
});

const write = (db: Duck, folder: string, name: string, select: string): Promise<string> =>
  writeRows(db, path.join(folder, name), select);

test.each<[string, string, Record<string, string>]>([
  [
    'a struct',
    'select id, ts, {x: x, more: {c: c}} as payload from plain',
    { x: 'payload.x', c: 'payload.more.c' },
  ],
  [
    'JSON',
    'select id, ts, to_json({x: x, c: c}) as payload from plain',
    { x: "payload->>'x'", c: "payload->>'$.c'" },
  ],
  [
    'a text of JSON that holds the time, too',
    `select id, to_json({ts: ts, x: x, c: c})::varchar as payload from plain`,
    { ts: "payload->>'ts'", x: "(payload->>'x')::double", c: "payload->>'c'" },
  ],
  [
    'a map, in place of a column of that name',
    `select id, ts, x, map{'c': c} as m, 'z' as c from plain`,
    { c: "m['c']" },
  ],
])('columns made of %s are counted as plain ones', async (_, select, made) => {
  await withFolder(async (db, folder) => {
    const flat = await profiled(db, await write(db, folder, 'flat.parquet', plain));
    const file = await write(db, folder, 'made.parquet', `with plain as (${plain}) ${select}`);
    const counted = await profiled(db, file, { shape: { select: made } });
    expect(countsOf(counted)).toEqual(countsOf(flat));
    expect(counted.rows).toBe(72);
  });
});

test('of text files an expression sees columns as they are read, and gives what is', async () => {
  await withFolder(async (db, folder) => {
    const plainCsv = path.join(folder, 'plain.csv');
    const cents = path.join(folder, 'cents.csv');
    const lines = path.join(folder, 'nested.jsonl');
    const time = '2026-01-02T03:00:00Z';
    await writeFile(plainCsv, `id,ts,x,c\n1,${time},3,a\n2,${time},4.5,b\n3,${time},oops,a\n`);
    await writeFile(cents, `id,happened,y,c\n1,${time},300,a\n2,${time},450,b\n3,${time},,a\n`);
    const object = (of: object): string => `${JSON.stringify(of)}\n`;
    await writeFile(
      lines,
      object({ id: 1, ts: time, of: { x: 3, c: 'a' } }) +
        object({ id: 2, ts: time, of: { x: 4.5, c: 'b' } }) +
        object({ id: 3, ts: time, of: { x: 'oops', c: 'a' } }),
    );
    const flat = countsOf(await profiled(db, plainCsv, { kind: 'csv' }));
    const fields = { x: "of->>'x'", c: "of->>'c'" };
    const nested = await profiled(db, lines, { kind: 'jsonl', shape: { select: fields } });
    expect(countsOf(nested)).toEqual(flat);
    const sums = { x: 'y / 100', ts: 'happened' };
    const divided = await profiled(db, cents, { kind: 'csv', shape: { select: sums } });
    expect(divided.columns).toEqual({ ...nested.columns, c: nested.columns['c'] });
    expect(divided.newest).toBe(Date.parse(time));
  });
});

test('where and select see what the step before them left', async () => {
  await withFolder(async (db, folder) => {
    const file = await write(db, folder, 'rows.parquet', `select *, {y: x} as s from (${plain})`);
    const select = { y: 's.y + 1', x: 's.y * 10' };
    // of x as it is made, not as it came
    expect((await profiled(db, file, { shape: { select }, where: 'x >= 50 and y > 1' })).rows).toBe(
      [...Array(72).keys()].filter((i) => i % 7 > 0 && (i % 10) * 10 >= 50).length,
    );
  });
});

test('an expression that fails on a row gives no value there', async () => {
  await withFolder(async (db, folder) => {
    const rows = `select id, ts, c, case when id % 4 = 0 then '{' else to_json({x: x})::varchar end
      as payload from (${plain})`;
    const file = await write(db, folder, 'rows.parquet', rows);
    const { columns } = await profiled(db, file, { shape: { select: { x: "payload->>'x'" } } });
    const known = [...Array(72).keys()].filter((i) => i % 4 > 0 && i % 7 > 0).length;
    const counts = columns['x'];
    const missing = Array.from(counts?.by['bin'] ?? [], Number).indexOf(BIN.missing);
    expect(Array.from(counts?.sums['n'] ?? []).reduce((sum, n) => sum + n, 0)).toBe(72);
    expect(counts?.sums['n']?.[missing]).toBe(72 - known);
  });
});

/** Lists of some rows each; the tenth has none. */
const lists = `select i as request, list({id: id, ts: ts, x: x, c: c} order by id) as items
  from (select *, id // 8 as i from (${plain})) group by i
  union all select 10, [] union all select 11, null`;

test.each<[string, string, Record<string, string> | undefined]>([
  ['structs', `select * from (${lists})`, undefined],
  ['JSON', `select request, to_json(items) as items from (${lists})`, undefined],
  [
    'plain values',
    `select request, [to_json(e)::varchar for e in items] as items from (${lists})`,
    {
      id: "(items->>'id')::int",
      ts: "items->>'ts'",
      ...{ x: "items->>'x'", c: "items->>'c'" },
    },
  ],
])('rows unnested of lists of %s are counted as flat ones', async (_, select, made) => {
  await withFolder(async (db, folder) => {
    const flat = await profiled(db, await write(db, folder, 'flat.parquet', plain));
    const file = await write(db, folder, 'lists.parquet', select);
    const shape = { unnest: 'items', ...(made && { select: made }) };
    const counted = await profiled(db, file, { shape });
    expect(countsOf(counted)).toEqual(countsOf(flat));
    expect(sumsOf(counted.asked['bare'])).toEqual({ n: 2 });
  });
});

test('rows unnested of lists of JSON lines are counted as those of a flat file', async () => {
  await withFolder(async (db, folder) => {
    const flat = path.join(folder, 'flat.jsonl');
    const nested = path.join(folder, 'nested.jsonl');
    await perform(db, `copy (${plain}) to ${quoteText(flat)} (format json)`);
    await perform(db, `copy (${lists}) to ${quoteText(nested)} (format json)`);
    const kind = 'jsonl';
    const counted = await profiled(db, nested, { kind, shape: { unnest: 'items' } });
    expect(countsOf(counted)).toEqual(countsOf(await profiled(db, flat, { kind })));
    expect(sumsOf(counted.asked['bare'])).toEqual({ n: 2 });
  });
});

test('a list without an element counts in the window of its own time', async () => {
  await withFolder(async (db, folder) => {
    const rows = `select i as id, timestamp '2026-01-01' + to_hours((i * 8)::int) as ts,
      case i % 3 when 0 then [] when 1 then ['a', 'b'] end as c from range(9) t(i)`;
    const file = await write(db, folder, 'rows.parquet', rows);
    const { asked, ...profile } = await profiled(db, file, { shape: { unnest: 'c' } });
    // Of the second day: no element at 0:00, two at 8:00, no list at 16:00.
    expect(profile.rows).toBe(2);
    expect(profile.types['c']).toBe('VARCHAR');
    expect(sumsOf(asked['bare'])).toEqual({ n: 2 });
    expect(sumsOf(asked['rows'])).toMatchObject({ accepted: 2, future: 2, duplicates: 1 });
  });
});

test.each<[string, string, RowShape, string]>([
  [
    'a field of the name of a column',
    'select 1 as ID, [{id: 1, x: 2}] as items',
    { unnest: 'items' },
    'predictions.unnest: the elements of items have "id", and their rows a column "ID"; ' +
      'expected names of their own for the fields',
  ],
  [
    'a column that is no list',
    "select 1 as items, timestamp '2026-01-02' as ts",
    { unnest: 'items' },
    'column "items" has type INTEGER; expected a list, or a text that is one in JSON, for ' +
      'predictions.unnest',
  ],
  [
    'an expression that does not fit the columns',
    'select 1 as x',
    { select: { y: 'x.y' } },
    'predictions.select.y: "x.y": Cannot extract field',
  ],
  [
    'more than one expression',
    'select 1 as x',
    { select: { y: 'x), (x' } },
    'predictions.select.y: "x), (x": ',
  ],
  [
    'a sum of many rows',
    'select 1 as x',
    { select: { y: 'sum(x)' } },
    'predictions.select.y: "sum(x)": it asks for more than one row',
  ],
  [
    'a sub-select of another file',
    'select 1 as x',
    { select: { y: "(select content from read_text('/etc/hostname'))" } },
    'predictions.select.y: ',
  ],
  [
    'settings',
    'select 1 as x',
    { select: { y: "current_setting('threads')" } },
    'current_setting reads settings, and not the row. Example: amount: "payload->>\'amount\'"',
  ],
])('%s is refused with its key', async (_, rows, shape, message) => {
  await withFolder(async (db, folder) => {
    const file = await write(db, folder, 'rows.parquet', rows);
    const spec = { kind: 'parquet' as const, path: file, where: null, shape };
    const time = rows.includes('ts') ? { column: 'ts', timezone: 'UTC' } : null;
    const opened = withRows(db, { located: await locate(spec, everything), wants: {}, time }, () =>
      Promise.resolve(),
    );
    await expect(opened).rejects.toThrow(message);
  });
});

test('where a file lacks what an expression names, its own column of that name counts', async () => {
  await withFolder(async (db, folder) => {
    const file = await write(db, folder, 'rows.parquet', 'select 1 as x, 2::double as y');
    const select = { x: 'payload.x', y: 'x + 1', z: "payload->>'z'" };
    const spec = { kind: 'parquet' as const, path: file, where: null, shape: { select } };
    const none = { ...spec, shape: { select, unnest: 'items' } };
    for (const one of [spec, none]) {
      const types = await listColumns(db, await locate(one, everything));
      expect(types).toEqual({ x: 'INTEGER', y: 'INTEGER' });
    }
  });
});
