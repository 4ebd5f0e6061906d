import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Monitor } from '../../domain/monitor.js';
import type { FileKind } from '../../domain/source-spec.js';
import { SourceError } from '../../domain/source.js';
import type { Instant } from '../../domain/window.js';
import { ask } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { profileWindow } from '../../lake/profile.js';
import { buildReference } from '../../lake/reference.js';
import { columnsIn } from '../../lake/source-columns.js';
import { withRows } from '../../lake/window-rows.js';
import { locate } from '../../sources/locate.js';
import { monitorOf } from '../support/monitor-fixture.js';
import { cellsOf, sumsOf, withFolder, writeRows } from '../support/rows.js';

const day = 86_400_000;
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 2);
const everything = { span: null, timezone: 'UTC' };

interface Ask {
  kind?: FileKind;
  monitor?: Monitor;
  start?: Instant;
  end?: Instant;
  at?: Instant;
  knownAt?: Instant;
}

/** Profiles a file, with a reference of x in 0 … 9 and c in a, b. */
async function profileFile(db: Duck, file: string, ask: Ask = {}) {
  const folder = path.dirname(file);
  const reference = await writeRows(
    db,
    path.join(folder, 'reference.ref'),
    `select i as id, timestamp '2025-01-01' as ts, (i % 10)::double as x,
      case when i % 2 = 0 then 'a' else 'b' end as c from range(100) t(i)`,
  );
  const monitor = ask.monitor ?? monitorOf({});
  const { grid } = await buildReference(db, {
    monitor: monitorOf({}),
    located: await locate({ kind: 'parquet', path: reference, where: null }, everything),
  });
  const window = { start: ask.start ?? start, end: ask.end ?? start + day, weekday: 5 };
  return profileWindow(db, {
    monitor,
    grid,
    window,
    at: ask.at ?? window.end,
    knownAt: ask.knownAt ?? ask.at ?? window.end,
    predictions: await locate({ kind: ask.kind ?? 'parquet', path: file, where: null }, everything),
    labels: null,
    exact: 'grid',
    landDir: path.join(folder, 'land'),
  });
}

const inZone = (timezone: string) =>
  monitorOf({ columns: { timestamp: { column: 'ts', timezone } } });

const timeTypes: [string, string][] = [
  ['timestamps with a zone', `(timestamptz '2026-01-01 12:00:00Z' + to_hours(i::int))`],
  ['timestamps without a zone', `(timestamp '2026-01-01 12:00:00' + to_hours(i::int))`],
  ['texts', `((timestamp '2026-01-01 12:00:00' + to_hours(i::int))::varchar)`],
  ['seconds', `(epoch(timestamp '2026-01-01 12:00:00')::bigint + i * 3600)`],
  ['fractions of seconds', `(epoch(timestamp '2026-01-01 12:00:00') + i * 3600.0)`],
  ['milliseconds', `(epoch_ms(timestamp '2026-01-01 12:00:00') + i * 3600000)`],
  ['nanoseconds', `(epoch_ns(timestamp '2026-01-01 12:00:00') + i * 3600000000000)`],
];

for (const [name, sql] of timeTypes) {
  test(`a window holds the rows from its start until before its end, by ${name}`, async () => {
    await withFolder(async (db, folder) => {
      const rows = `select i as id, ${sql} as ts, 1.0::double as x, 'a' as c from range(48) t(i)`;
      const file = await writeRows(db, path.join(folder, 'rows.parquet'), rows);
      const { profile, manifest } = await profileFile(db, file, { knownAt: start + 9 * day });
      // From noon on the day before: 12 hours before the window, 24 in it, 12 after.
      expect(profile.rows).toBe(24);
      expect(profile.newest).toBe(start + 23 * hour);
      expect(manifest.rows).toBe(24);
      expect(manifest.predicate).toBe('ts in [2026-01-02T00:00:00Z, 2026-01-03T00:00:00Z)');
      expect(sumsOf(profile.asked['rows'])).toEqual({
        n: 1,
        received: 24,
        accepted: 24,
        unparsed: 0,
        future: 0,
        misread: 0,
        duplicates: 0,
      });
    });
  });
}

test('an offset in a value wins; a value without one is in the zone of the column', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv');
    const texts = [
      '2026-01-01 18:59:59', // 23:59:59Z in New York
      '2026-01-01 19:00:00', // 00:00Z
      '2026-01-02T00:00:00Z',
      '2026-01-02T01:00:00+02:00', // 23:00Z the day before
      '2026-01-02T23:59:59.999+00',
      '2026-01-03T01:00:00+0200',
      '2026-01-02', // 05:00Z
      '2026-01-02 19:00:00', // 00:00Z of the next day
    ];
    await writeFile(file, `id,ts,x,c\n${texts.map((ts, i) => `${i},${ts},1,a`).join('\n')}\n`);
    const monitor = inZone('America/New_York');
    const { profile } = await profileFile(db, file, {
      kind: 'csv',
      monitor,
      knownAt: start + 9 * day,
    });
    expect(profile.rows).toBe(5);
    expect(sumsOf(profile.asked['rows'])['unparsed']).toBe(0);
  });
});

test('on the days when clocks change, hours of local times fill disjoint windows', async () => {
  await withFolder(async (db, folder) => {
    // Every minute of the wall clock, also the hour that it shows twice and the one it skips.
    for (const date of ['2025-10-26', '2025-03-30']) {
      const file = await writeRows(
        db,
        path.join(folder, `${date}.parquet`),
        `select i as id, timestamp '${date} 00:00:00' + to_minutes(i::int) as ts, 1.0 as x, 'a' as c
         from range(360) t(i)`,
      );
      const monitor = inZone('Europe/Paris');
      const from = Date.parse(`${date}T00:00:00Z`) - 3 * hour;
      let rows = 0;
      for (let h = 0; h < 10; h++) {
        const bounds = { start: from + h * hour, end: from + (h + 1) * hour };
        const { profile } = await profileFile(db, file, {
          monitor,
          ...bounds,
          knownAt: from + 9 * day,
        });
        expect(profile.rows % 60).toBe(0);
        rows += profile.rows;
      }
      expect(rows).toBe(360);
    }
  });
});

test('a row later than the window belongs to another; one later than now is rejected', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select i as id, x.ts, 1.0 as x, 'a' as c from (values (1, timestamp '2026-01-02 10:00'),
        (2, timestamp '2026-01-05'), (3, timestamp '2099-01-01'), (4, null)) x(i, ts)`,
    );
    const { profile } = await profileFile(db, file, { knownAt: Date.UTC(2026, 0, 10) });
    expect(sumsOf(profile.asked['rows'])).toMatchObject({
      received: 3,
      accepted: 1,
      future: 1,
      unparsed: 1,
    });
    expect(cellsOf(profile.asked['rejected'])).toEqual({ 'ts unparsed': 1, 'ts future': 1 });
  });
});

test('the same id twice stays in the profile and is counted', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select unnest([1, 1, 1, 2, 3, 3]) as id, timestamp '2026-01-02' as ts, 1.0 as x, 'a' as c`,
    );
    const { profile } = await profileFile(db, file);
    expect(profile.rows).toBe(6);
    expect(sumsOf(profile.asked['rows'])['duplicates']).toBe(3);
  });
});

test('a value that cannot be parsed is rejected and missing; its row stays', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv');
    const lines = [
      '1,2026-01-02,3,a',
      '2,2026-01-02,oops,b',
      '3,2026-01-02,,',
      '4,never,5,a',
      ',2026-01-02,5,a',
    ];
    await writeFile(file, `id,ts,x,c\n${lines.join('\n')}\n`);
    const { profile } = await profileFile(db, file, { kind: 'csv' });
    expect(profile.rows).toBe(3);
    expect(cellsOf(profile.columns['x'])).toEqual({ '3': 1, '-2': 2 });
    expect(cellsOf(profile.columns['c'])).toEqual({ a: 1, b: 1, '\0missing': 1 });
    expect(cellsOf(profile.asked['rejected'])).toEqual({
      'ts unparsed': 1,
      'id unparsed': 1,
      'x unparsed': 1,
    });
    expect(profile.types['x']).toBe('DOUBLE');
  });
});

test('rows with a value that is none are counted once, whatever the column', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv');
    const lines = [
      '1,2026-01-02,3,4,0.5',
      '2,2026-01-02,oops,4,0.5',
      '3,2026-01-02,oops,oops,1.5',
      '4,2026-01-02,3,4,-0.2',
      '5,2026-01-02,3,4,1',
      '6,2026-01-02,3,4,NaN',
    ];
    await writeFile(file, `id,ts,x,y,s\n${lines.join('\n')}\n`);
    const prediction = { kind: 'probability', column: 's', threshold: 0.5 } as const;
    const { columns } = monitorOf({});
    const judged = { monitor: monitorOf({ columns: { ...columns, prediction } }) };
    const { profile } = await profileFile(db, file, { kind: 'csv', ...judged });
    expect(cellsOf(profile.asked['rejected'])).toEqual({
      'x unparsed': 2,
      's no_probability': 2,
    });
    // Rows 2, 3 and 4.
    expect(sumsOf(profile.asked['rows'])).toMatchObject({ accepted: 6, misread: 3 });
  });
});

test.each([
  ['two digits of the year, the day first', '02/01/26 10:00:00Z'],
  ['two digits of the year, the year first', '26-01-02 10:00:00'],
  ['no day of a calendar', 'infinity'],
])('an event time with %s is rejected, not taken for one long ago', async (_, time) => {
  await withFolder(async (db, folder) => {
    for (const [name, text] of [
      ['csv', `id,ts,x,c\n1,2026/01/02 10:00:00,3,a\n2,${time},3,a\n`],
      [
        'jsonl',
        `{"id":1,"ts":"2026-01-02","x":3,"c":"a"}\n{"id":2,"ts":"${time}","x":3,"c":"a"}\n`,
      ],
    ] as const) {
      const file = path.join(folder, `rows.${name}`);
      await writeFile(file, text);
      const { profile } = await profileFile(db, file, { kind: name });
      expect(profile.rows).toBe(1);
      expect(cellsOf(profile.asked['rejected'])).toEqual({ 'ts unparsed': 1 });
    }
  });
});

test('a column of which half cannot be parsed has another type', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv');
    await writeFile(file, 'id,ts,x,c\n1,2026-01-02,1,a\n2,2026-01-02,high,a\n3,2026-01-02,low,a\n');
    const { profile } = await profileFile(db, file, { kind: 'csv' });
    expect(profile.types['x']).toBe('VARCHAR');
    expect(cellsOf(profile.columns['x'])).toEqual({ '1': 1, '-2': 2 });
  });
});

test('a typed column of another type is profiled as far as it can be read', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select i as id, timestamp '2026-01-02' as ts, case when i = 0 then 'high' else '7' end as x,
        i as c from range(3) t(i)`,
    );
    const { profile } = await profileFile(db, file);
    expect(profile.types).toMatchObject({ x: 'VARCHAR', c: 'BIGINT' });
    expect(cellsOf(profile.columns['x'])).toEqual({ '7': 2, '-2': 1 });
    expect(cellsOf(profile.columns['c'])).toEqual({ '0': 1, '1': 1, '2': 1 });
    expect(cellsOf(profile.asked['rejected'])).toEqual({ 'x unparsed': 1 });
  });
});

test('a column whose type cannot be counted, or that is gone, has a type at most', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select 1 as id, timestamp '2026-01-02' as ts, [1, 2] as x`,
    );
    const { profile } = await profileFile(db, file);
    expect(profile.types).toMatchObject({ x: 'INTEGER[]' });
    expect(Object.keys(profile.types)).not.toContain('c');
    expect(profile.columns).toEqual({});
  });
});

test('lines that are no rows are counted, of delimited text and of JSON', async () => {
  await withFolder(async (db, folder) => {
    const csv = path.join(folder, 'rows.csv');
    await writeFile(
      csv,
      'id,ts,x,c\n1,2026-01-02,1,a\n2,2026-01-02,1,a,extra\n3,2026-01-02\n4,2026-01-02,1,a\n',
    );
    const jsonl = path.join(folder, 'rows.jsonl');
    await writeFile(
      jsonl,
      [
        '{"id":1,"ts":"2026-01-02","x":1,"c":"a"}',
        '{"id":2,"ts":"2026-01-02","x":',
        '[1,2]',
        '{"id":4,"ts":"2026-01-02","x":1.0,"c":"a"}',
      ].join('\n'),
    );
    for (const [kind, file] of [
      ['csv', csv],
      ['jsonl', jsonl],
    ] as const) {
      const { profile } = await profileFile(db, file, { kind });
      expect(profile.rows, kind).toBe(2);
      expect(sumsOf(profile.asked['rows']), kind).toMatchObject({ received: 4, unparsed: 2 });
      const first = `line unparsed rows.${kind}, line ${kind === 'csv' ? 3 : 2}`;
      expect(cellsOf(profile.asked['rejected']), kind).toEqual({ [first]: 2 });
      expect(cellsOf(profile.columns['x']), kind).toEqual({ '1': 2 });
    }
  });
});

test('each file of JSON Lines has to hold an object, whatever the others hold', async () => {
  await withFolder(async (db, folder) => {
    await writeFile(path.join(folder, '1.jsonl'), '{"id":1,"ts":"2026-01-02","x":1,"c":"a"}\n');
    const bad = path.join(folder, '2.jsonl');
    await writeFile(bad, 'this is no JSON\n'.repeat(3));
    const work = profileFile(db, path.join(folder, '?.jsonl'), { kind: 'jsonl' });
    const error = await problemOf(work);
    expect(error.message).toBe(
      `${bad}: is no file of JSON Lines (no line is an object); expected one JSON object a line`,
    );
  });
});

test('keys of JSON Lines that differ in case alone are refused, both named', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.jsonl');
    const line = (more: string) => `{"id":1,"ts":"2026-01-02","x":1,"c":"a"${more}}\n`;
    // in one object, or in two
    for (const lines of [line(',"X":2'), line('') + line('').replace('"x"', '"X"')]) {
      await writeFile(file, lines);
      const words =
        `${file}: has the keys "X" and "x", which differ in case alone; ` +
        'expected one spelling, or two names';
      expect((await problemOf(profileFile(db, file, { kind: 'jsonl' }))).message).toBe(words);
      expect((await problemOf(columnsIn(db, 'jsonl', file))).message).toBe(words);
    }
  });
});

test('a file of delimited text that cannot be read is named with what is wrong in it', async () => {
  await withFolder(async (db, folder) => {
    const rows = Array.from({ length: 300 }, (_, id) => `${id},2026-01-02,1,a\r\n`);
    const said = async (name: string, content: string | Buffer) => {
      const file = path.join(folder, name);
      await writeFile(file, content);
      const { message } = await problemOf(profileFile(db, file, { kind: 'csv' }));
      return message.slice(`${file}: `.length);
    };
    const long = rows.with(4, '4,2026-01-02,1,a,9,9\r\n').with(8, 'only,two\n');
    expect(await said('mixed.csv', ['id,ts,x,c\r\n', ...long].join(''))).toBe(
      'cannot be read as csv: line 6 has 6 values, the first line 4',
    );
    const ends = rows.with(4, '4,2026-01-02,1,a\n').with(8, '8,2026-01-02,1,a,9,9\r\n');
    expect(await said('ends.csv', ['id,ts,x,c\r\n', ...ends].join(''))).toBe(
      'cannot be read as csv: line 6 ends in \\n, the lines before it in \\r\\n; expected one of them',
    );
    const parquet = await writeRows(db, path.join(folder, 'rows'), 'select 1 as id');
    expect(await said('parquet.csv', await readFile(parquet))).toBe(
      'begins as a Parquet file does; expected kind: parquet, or delimited text',
    );
    const noise = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 197 + 3) % 256));
    expect(await said('noise.csv', noise)).toBe('has zero bytes in it; expected text in UTF-8');
  });
});

test('a line too long and one too short are two rejected rows', async () => {
  await withFolder(async (db, folder) => {
    const rows = Array.from({ length: 300 }, (_, id) => `${id},2026-01-02,1,a\n`);
    const file = path.join(folder, 'rows.csv');
    const odd = rows.with(4, '4,2026-01-02,1,a,9,9\n').with(8, 'only,two\n');
    await writeFile(file, ['id,ts,x,c\n', ...odd].join(''));
    const { profile } = await profileFile(db, file, { kind: 'csv' });
    expect(sumsOf(profile.asked['rows'])).toMatchObject({ accepted: 298, unparsed: 2 });
  });
});

test('a column of event times in another case is missing, and the other one is named', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows');
    for (const [kind, content] of [
      ['csv', 'id,TS,x,c\n1,2026-01-02,1,a\n'],
      ['jsonl', '{"id":1,"TS":"2026-01-02","x":1,"c":"a"}\n'],
    ] as const) {
      await writeFile(file, content);
      const { message } = await problemOf(profileFile(db, file, { kind }));
      expect(message, kind).toMatch(/"ts" is missing; .*\. Did you mean "TS"\? Case counts$/);
    }
    const typed = `select 1 as id, timestamp '2026-01-02' as TS, 1.0 as x, 'a' as c`;
    const { message } = await problemOf(profileFile(db, await writeRows(db, file, typed)));
    expect(message).toMatch(/"ts" is missing; .*\. Did you mean "TS"\? Case counts$/);
  });
});

test('numbers since 1970 are times in text as they are in typed files, by their size', async () => {
  await withFolder(async (db, folder) => {
    const at = Date.UTC(2026, 0, 2, 6) / 1000;
    const file = path.join(folder, 'rows');
    for (const unit of [1, 1e3, 1e6, 1e9]) {
      const time = (BigInt(at) * BigInt(unit)).toString();
      const typed = `select 1 as id, ${time} as ts, 1.0 as x, 'a' as c`;
      const texts = [
        ['parquet', await readFile(await writeRows(db, file, typed))],
        ['csv', `id,ts,x,c\n1,${time},1,a\n`],
        ['jsonl', `{"id":1,"ts":${time},"x":1,"c":"a"}\n`],
      ] as const;
      for (const [kind, content] of texts) {
        await writeFile(file, content);
        const { profile } = await profileFile(db, file, { kind });
        expect(profile.rows, `${kind} ${time}`).toBe(1);
        expect(profile.newest, `${kind} ${time}`).toBeCloseTo(at * 1000, 3);
      }
    }
    // A date without dashes is no number of seconds.
    await writeFile(file, 'id,ts,x,c\n1,20260102,1,a\n');
    const { profile } = await profileFile(db, file, { kind: 'csv' });
    expect(sumsOf(profile.asked['rows'])).toMatchObject({ accepted: 0, unparsed: 1 });
  });
});

/** Two rows of id, ts, x and c, where x was written without a type: all of it is null. */
const UNTYPED =
  'UEFSMRUAFRwVHCwVBBUAFQYVBhwAAAACAAAABAEBAAAAAgAAABUAFSwVLCwVBBUAFQYVBhwAAAACAAAABAEAoPdj' +
  'XEcGAACg92NcRwYAFQAVDBUMLBUEFQAVBhUGHAAAAAIAAAAEABUAFSAVICwVBBUAFQYVBhwAAAACAAAABAEBAAAA' +
  'YQEAAABiFQQZXDUAGAZzY2hlbWEVCAAVAiUCGAJpZAAVBCUCGAJ0cyUUTIwSHCwAAAAAABUCJQIYAXhsvAAAABUM' +
  'JQIYAWMlAEwcAAAAFgQZHBlMJgAcFQIZJQYAGRgCaWQVABYEFkIWQiYISRwVABUAFQIAPCkGGSYABAAAACYAHBUE' +
  'GSUGABkYAnRzFQAWBBZSFlImSkkcFQAVABUCADwpBhkmAAQAAAAmABwVAhklBgAZGAF4FQAWBBYyFjImnAFJHBUA' +
  'FQAVAgA8KQYZJgQAAAAAJgAcFQwZJQYAGRgBYxUAFgQWRhZGJs4BSRwVABUAFQIAPBYEGQYZJgAEAAAAFowCFgQm' +
  'CBaMAgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGUwcAAAcAAAcAAAcAAAAOAEAAFBBUjE=';

test('a column written without a type, for all of it is null, keeps its type and misses all', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.parquet');
    await writeFile(file, Buffer.from(UNTYPED, 'base64'));
    const { profile } = await profileFile(db, file);
    expect(profile.types['x']).toBe('DOUBLE');
    expect(cellsOf(profile.columns['x'])).toEqual({ '-2': 2 });
    expect(cellsOf(profile.columns['c'])).toEqual({ a: 1, b: 1 });
  });
});

test('texts are landed once, typed and sorted by time; files that can be read again are not', async () => {
  await withFolder(async (db, folder) => {
    const file = path.join(folder, 'rows.csv.gz');
    const lines = ['3,2026-01-02 03:00,3,a', '1,2026-01-02 01:00,bad,b', '9,2026-02-01 01:00,4,a'];
    await writeFile(file, gzipSync(`id,ts,x,c\n${lines.join('\n')}\n`));
    const asked = { kind: 'csv' as const, knownAt: start + 99 * day };
    const { landedFile, profile } = await profileFile(db, file, asked);
    expect(profile.rows).toBe(2);
    expect(path.dirname(landedFile ?? '')).toBe(path.join(folder, 'land'));
    const read = await db.use((c) =>
      c.runAndReadAll(`select id, epoch_ms(ts)::double as ts, x, c from '${landedFile ?? ''}'`),
    );
    expect(read.getRowObjectsJS()).toEqual([
      { id: '1', ts: start + hour, x: null, c: 'b' },
      { id: '3', ts: start + 3 * hour, x: 3, c: 'a' },
    ]);
    const again = await profileFile(db, landedFile ?? '', { knownAt: start + 99 * day });
    expect(again.landedFile).toBeNull();
    expect(again.profile.columns).toEqual(profile.columns);
    const rest = await readdir(path.join(folder, 'tmp'), { recursive: true });
    expect(rest.filter((name) => name.endsWith('.parquet'))).toEqual([]);
  });
});

test('no file, an empty file and a window without rows are windows with no rows', async () => {
  await withFolder(async (db, folder) => {
    const empty = path.join(folder, 'empty.csv');
    await writeFile(empty, '');
    const header = path.join(folder, 'header.csv');
    await writeFile(header, 'id,ts,x,c\n');
    const other = await writeRows(
      db,
      path.join(folder, 'other.parquet'),
      `select 1 as id, timestamp '2026-01-01' as ts, 1.0 as x, 'a' as c`,
    );
    const none = await writeRows(
      db,
      path.join(folder, 'none.parquet'),
      `select 1 as id, timestamp '2026-01-02' as ts, 1.0 as x, 'a' as c where false`,
    );
    for (const [file, kind] of [
      [path.join(folder, 'nothing*.parquet'), 'parquet'],
      [path.join(folder, 'nothing.jsonl'), 'jsonl'],
      [empty, 'csv'],
      [empty, 'jsonl'],
      [header, 'csv'],
      [other, 'parquet'],
      [none, 'parquet'],
    ] as const) {
      const { profile, landedFile } = await profileFile(db, file, { kind });
      expect(profile.rows, file).toBe(0);
      expect(profile.newest, file).toBeNull();
      expect(landedFile, file).toBeNull();
      expect(sumsOf(profile.asked['rows']), file).toMatchObject({ received: 0, duplicates: 0 });
    }
  });
});

async function problemOf(work: Promise<unknown>): Promise<SourceError> {
  const error = await work.catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(SourceError);
  return error as SourceError;
}

test('a file without the column of event times is named, with what it has', async () => {
  await withFolder(async (db, folder) => {
    const good = `select 1 as id, timestamp '2026-01-02' as ts, 1.0 as x, 'a' as c`;
    const bad = `select 1 as id, timestamp '2026-01-02' as time, 1.0 as x, 'a' as c`;
    const write: Record<string, (file: string, select: string) => Promise<unknown>> = {
      parquet: (file, select) => writeRows(db, file, select),
      csv: (file, select) => db.use((c) => c.run(`copy (${select}) to '${file}' (format csv)`)),
      jsonl: (file, select) => db.use((c) => c.run(`copy (${select}) to '${file}' (format json)`)),
    };
    for (const kind of ['parquet', 'csv', 'jsonl'] as const) {
      await mkdir(path.join(folder, kind));
      await write[kind]?.(path.join(folder, kind, `1.${kind}`), good);
      const lacking = path.join(folder, kind, `2.${kind}`);
      await write[kind]?.(lacking, bad);
      const all = path.join(folder, kind, `?.${kind}`);
      const error = await problemOf(profileFile(db, all, { kind }));
      expect(error.file).toBe(lacking);
      expect(error.column).toBe('ts');
      expect(error.message).toContain('column "ts" is missing; the columns are');
      for (const name of ['id', 'time', 'x', 'c']) expect(error.message).toContain(name);
    }
  });
});

test('a file that breaks off is named, whether its end or a page in it is gone', async () => {
  await withFolder(async (db, folder) => {
    const rows = `select i as id, timestamp '2026-01-02' as ts, random() as x, 'a' as c
      from range(20000) t(i)`;
    const cut = await writeRows(db, path.join(folder, 'cut.parquet'), rows);
    await truncate(cut, 5000);
    expect((await problemOf(profileFile(db, cut))).file).toBe(cut);
    const torn = await writeRows(db, path.join(folder, 'torn.parquet'), rows);
    const { open } = await import('node:fs/promises');
    const handle = await open(torn, 'r+');
    await handle.write(Buffer.alloc(60_000, 0xff), 0, 60_000, 4);
    await handle.close();
    const error = await problemOf(profileFile(db, torn));
    expect(error.file).toBe(torn);
    expect(error.message).not.toContain('LINE 1');
  });
});

test('a column of event times that holds no times is named with its type', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(
      db,
      path.join(folder, 'rows.parquet'),
      `select 1 as id, [1] as ts, 1.0 as x, 'a' as c`,
    );
    const error = await problemOf(profileFile(db, file));
    expect(error.message).toBe(
      `${file}: column "ts" has type INTEGER[], which is no time; expected a timestamp, a date, ` +
        'text in ISO 8601, or seconds or ms since 1970',
    );
  });
});

test('files of one window may lack a feature or have it in another type', async () => {
  await withFolder(async (db, folder) => {
    await writeRows(
      db,
      path.join(folder, '1.parquet'),
      `select 1 as id, timestamp '2026-01-02' as ts, 1.0 as x`,
    );
    await writeRows(
      db,
      path.join(folder, '2.parquet'),
      `select 2 as id, timestamp '2026-01-02' as ts, 'a' as c, '5' as x`,
    );
    const { profile } = await profileFile(db, path.join(folder, '?.parquet'));
    expect(profile.rows).toBe(2);
    expect(cellsOf(profile.columns['x'])).toEqual({ '1': 1, '5': 1 });
    expect(cellsOf(profile.columns['c'])).toEqual({ a: 1, '\0missing': 1 });
  });
});

test('no file is no row, whatever a segment or a filter says of columns', async () => {
  await withFolder(async (db, folder) => {
    const located = {
      ...(await locate(
        { kind: 'parquet', path: path.join(folder, 'dt=*', '*.parquet'), where: null },
        everything,
      )),
      where: 'amount > 0',
    };
    const big = { name: 'big', by: 'amount > 30', top: 8, minRows: 0 };
    const spec = { located, wants: {}, time: null, dimensions: [big] };
    const counted = await withRows(db, spec, async ({ view }) => countOf(db, view));
    expect(counted).toBe(0);
  });
});

test('an expression over a column that the rows do not have is told, and parts nothing', async () => {
  await withFolder(async (db, folder) => {
    const file = await writeRows(db, path.join(folder, 'a.parquet'), 'select 1 as other');
    const located = await locate({ kind: 'parquet', path: file, where: null }, everything);
    const big = { name: 'big', by: 'amount > 30', top: 8, minRows: 0 };
    const spec = { located, wants: {}, time: null, dimensions: [big] };
    await withRows(db, spec, async ({ view, unbound }) => {
      expect(await countOf(db, view)).toBe(1);
      expect(unbound).toEqual([
        { segment: 'big', column: 'amount', why: 'amount > 30: there is no column "amount"' },
      ]);
    });
    // That is no matter of the rows.
    const all = { ...big, by: 'sum(other)' };
    await expect(
      withRows(db, { ...spec, dimensions: [all] }, async ({ view }) => countOf(db, view)),
    ).rejects.toThrow(SourceError);
  });
});

const countOf = async (db: Duck, rows: string): Promise<number> =>
  Number((await ask(db, 'profile/count', { rows }))[0]?.['rows']);
