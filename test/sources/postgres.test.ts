import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PostgresSource } from '../../domain/source-spec.js';
import type { Located } from '../../domain/source.js';
import { iso } from '../../domain/window.js';
import { quoteText } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { locate } from '../../sources/locate.js';
import { builtProgram } from '../support/built.js';
import { until } from '../support/namespace.js';
import { lentOnce } from '../support/once.js';
import { emptied, postgresMissing, withPostgres, type TestPostgres } from '../support/postgres.js';
import { withFolder } from '../support/rows.js';
import { testWorld, type TestWorld } from '../support/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 2, 1);
const why = postgresMissing();

interface Here {
  server: TestPostgres;
  db: Duck;
  folder: string;
  world: TestWorld;
}

const postgres = lentOnce<TestPostgres>(withPostgres);

const story = (name: string, run: (here: Here) => Promise<void>): void =>
  test.skipIf(why !== null)(`${name}${why === null ? '' : ` (${why})`}`, () =>
    withFolder(async (db, folder) => {
      const server = await emptied(await postgres());
      const world = testWorld(folder);
      world.secrets['env:URL'] = server.url;
      await run({ server, db, folder, world });
    }),
  );

const rowsOf = (part: Partial<PostgresSource> = {}): PostgresSource => ({
  ...{ kind: 'postgres', path: 'scores', url: 'env:URL', table: 'scores', query: null },
  ...{ where: null, time: { column: 'ts', timezone: 'UTC' }, timeout: 20_000, overlap: DAY },
  ...part,
});
const query = (text: string, part: Partial<PostgresSource> = {}): PostgresSource =>
  rowsOf({ path: 'query', table: null, query: text, time: null, ...part });

const span = (from: number, to: number) => ({ start: start + from * HOUR, end: start + to * HOUR });
const asked = (from: number, to: number, knownAt?: number) => ({
  ...{ span: span(from, to), timezone: 'UTC', owner: 'team:ml' },
  ...(knownAt === undefined ? {} : { knownAt }),
});
const all = { span: null, timezone: 'UTC', owner: 'team:ml' };

/** Rows of `select <what> <files> <rest>`. */
async function read(
  db: Duck,
  { files }: Located,
  ...[what, rest]: [string, string]
): Promise<unknown[][]> {
  const list = files.map(({ path: file }) => quoteText(file)).join(', ');
  return db.use(async (connection) => {
    const sql = `select ${what} read_parquet([${list}], union_by_name = true) ${rest}`;
    return (await connection.runAndReadAll(sql)).getRowsJS();
  });
}

const copies = (server: TestPostgres): string[] =>
  [
    ...server
      .log()
      .matchAll(/statement: copy \([^;]*?timestamptz '....(\S+?)T.*timestamptz '....(\S+?)T/g),
  ].map(([, from = '', to = '']) => `${from}-${to}`);

describe('values', () => {
  story('values come as they are: null is no empty text, lines and quotes stay', async (of) => {
    const { server, db, world } = of;
    await server.sql(
      `create type mood as enum ('good', 'bad');
       create table scores (id int, t text, flag bool, n numeric(9, 2), f float8, big bigint,
         d date, plain timestamp, ts timestamptz, j jsonb, m mood, list int[]);
       insert into scores values
         (1, 'a,"b"' || chr(10) || 'c', true, 12.50, 0.1, 9007199254740993, '2026-03-01',
           '2026-03-01 01:02:03.456', '2026-03-01 01:02:03+02', '{"k": "v"}', 'good', '{1,2}');
       insert into scores values (2, '', false, 'NaN', 'Infinity', -1, '1969-12-31');
       insert into scores values (3, '\\N'), (4, null), (5, 'é ☃ \\.');`,
    );
    const located = await locate(rowsOf({ time: null }), all, world);
    expect(await read(db, located, 't from', 'order by id')).toEqual([
      ['a,"b"\nc'],
      [''],
      ['\\N'],
      [null],
      ['é ☃ \\.'],
    ]);
    const rest = 'flag, n, f, big::varchar, d::varchar, plain::varchar, ts::varchar, j, m, list';
    expect(await read(db, located, `${rest} from`, 'where id < 3 order by id')).toEqual([
      [
        ...[true, 12.5, 0.1, '9007199254740993', '2026-03-01', '2026-03-01 01:02:03.456'],
        ...['2026-02-28 23:02:03+00', '{"k": "v"}', 'good', '{1,2}'],
      ],
      [false, NaN, Infinity, '-1', '1969-12-31', null, null, null, null, null],
    ]);
    const types = await read(db, located, 'typeof(columns(*)) from', 'limit 1');
    expect(types[0]).toEqual([
      ...['INTEGER', 'VARCHAR', 'BOOLEAN', 'DOUBLE', 'DOUBLE', 'BIGINT', 'DATE', 'TIMESTAMP'],
      ...['TIMESTAMP WITH TIME ZONE', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
    ]);
  });

  story('event times of every type are cut at the same instants', async ({ server, db, world }) => {
    // On 29 March the clock of Paris goes from 02:00 to 03:00.
    const noon = Date.UTC(2026, 2, 28, 23);
    await server.sql(
      `create table scores as select i as id, at as ts, at at time zone 'Europe/Paris' as plain,
         extract(epoch from at)::bigint as s, (extract(epoch from at) * 1000)::bigint as ms
       from generate_series(0, 47) i, lateral (select '2026-03-28 00:00Z'::timestamptz
         + i * interval '1 hour') t(at)`,
    );
    const want = [[23, 45, 23]];
    for (const column of ['ts', 'plain', 's', 'ms']) {
      const spec = rowsOf({ time: { column, timezone: 'Europe/Paris' } });
      const given = { ...all, span: { start: noon, end: noon + 23 * HOUR } };
      const found = await locate(spec, given, world);
      const counts = 'min(id), max(id), count(*)::int from';
      expect(await read(db, found, counts, ''), column).toEqual(want);
    }
    const text = rowsOf({ table: null, query: 'select ts::text as ts from scores' });
    await expect(locate(text, asked(0, 1), world)).rejects.toThrow(
      'postgres scores: column "ts" is a text, which is no time',
    );
    const gone = rowsOf({ time: { column: 'at', timezone: 'UTC' } });
    await expect(locate(gone, asked(0, 1), world)).rejects.toThrow(
      'column "at" is missing; the columns are id, ts, plain, s, ms',
    );
  });
});

describe('what is pulled again', () => {
  const fill = `create table scores as select i as id, '2026-03-01 00:00Z'::timestamptz
    + i * interval '1 hour' as ts from generate_series(0, 119) i`;

  story('a slice is final once the overlap is past; late rows within it are found', async (of) => {
    const { server, db, world } = of;
    await server.sql(fill);
    world.now = start + 4 * DAY + HOUR;
    const ids = async (knownAt?: number) => {
      const found = await locate(rowsOf(), asked(0, 96, knownAt), world);
      return read(db, found, 'count(*)::int, count(distinct id)::int from', '');
    };
    expect(await ids()).toEqual([[96, 96]]);
    const days = ['-03-01--03-02', '-03-02--03-03', '-03-03--03-04', '-03-04--03-05'];
    expect(copies(server)).toEqual(days);
    // Late ones: two days late, which is beyond the overlap, and an hour late.
    await server.sql(
      `insert into scores values (1001, '2026-03-02 12:00Z'), (1002, '2026-03-04 12:00Z')`,
    );
    // Known since then is known well enough: no second look.
    expect(await ids(world.now)).toEqual([[96, 96]]);
    expect(copies(server)).toHaveLength(4);
    world.now += HOUR;
    expect(await ids()).toEqual([[97, 97]]);
    expect(copies(server).slice(4)).toEqual(['-03-04--03-05']);
    world.now += 2 * DAY;
    expect(await ids()).toEqual([[97, 97]]);
    expect(await ids()).toEqual([[97, 97]]);
    expect(copies(server).slice(5)).toEqual(['-03-04--03-05']);
  });

  story(
    'killed in the middle, it goes on where it was: nothing lost, nothing twice',
    async (of) => {
      const { server, db, folder, world } = of;
      await server.sql(
        `create table scores as select i as id, '2026-03-01 00:00Z'::timestamptz
         + i * interval '1 minute' as ts, repeat(md5(i::text), 20) as filler
       from generate_series(0, 12959) i`,
      );
      const slowly = 'select s.* from scores s, (select pg_sleep(0.5)) nap';
      const spec = rowsOf({ table: null, query: slowly });
      const { span: days } = asked(0, 216);
      const input = JSON.stringify({ folder, url: server.url, spec, span: days });
      const program = await builtProgram('pull');
      const child = execFile(process.execPath, [program, input], () => undefined);
      const source = path.join(folder, 'copies');
      const slices = async (): Promise<number> => {
        const names = await readdir(source, { recursive: true }).catch(() => []);
        return names.filter((name) => name.endsWith('slice.json')).length;
      };
      await until(async () => (await slices()) >= 3, 'three slices are there', 60);
      child.kill('SIGKILL');
      await until(() => child.signalCode !== null, 'it is dead', 10);
      const before = await slices();
      expect(before).toBeLessThan(9);
      const asking = copies(server).length;
      const located = await locate(spec, asked(0, 216), world);
      const found = await read(db, located, 'count(*)::int, count(distinct id)::int from', '');
      expect(found).toEqual([[12_960, 12_960]]);
      expect(copies(server).length - asking).toBe(9 - before);
    },
  );

  story('a connection that breaks in the middle leaves nothing', async ({ server, world }) => {
    await server.sql(fill);
    const endless = query(
      `select i as id, repeat('x', 1000) as t from generate_series(1, 100000000) i`,
    );
    const work = locate(endless, all, world).catch((problem: unknown) => String(problem));
    await until(() => server.log().includes('copy (select'), 'it has begun', 30);
    const end = "select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy%'";
    await server.sql(end);
    expect(await work).toMatch(/^SourceError: postgres query: .*(57P01|cannot be reached)/);
    const left = await readdir(world.folder, { recursive: true });
    expect(left.filter((name) => /parquet|csv|slice/.test(name))).toEqual([]);
  });
});

describe('what is refused', () => {
  story('whatever writes, or is more than one select', async ({ server, world }) => {
    await server.sql('create table scores (id int); create sequence s; create table victim ()');
    const why = async (text: string) =>
      locate(query(text), all, world).then(
        () => 'it was done',
        (problem: unknown) => String(problem),
      );
    expect(await why(`select nextval('s') as id`)).toContain('the query writes');
    for (const text of [
      'select 1 as id; drop table victim',
      'select 1 as id) as rows; drop table victim; --',
      `select 1 as id) to program 'true' --`,
      'with gone as (delete from scores returning id) select * from gone',
    ]) {
      expect(await why(text), text).toMatch(/the query is refused \(\w+\)/);
    }
    expect(await why('select nothing from scores')).toContain('column "nothing" does not exist');
    expect(await why('select 1 as id, 2 as "ID"')).toContain('column "ID" comes twice');
    expect(await why(`select 'secret value'::int as id`)).not.toContain('secret value');
    expect(await server.sql("select to_regclass('victim') is not null as there")).toEqual([
      { there: true },
    ]);
  });

  story('the server itself ends a query that takes too long', async ({ server, world }) => {
    const slow = query('select pg_sleep(30)::text as nap', { timeout: 300 });
    await expect(locate(slow, all, world)).rejects.toThrow('took longer than 300ms');
    await until(() => server.log().includes('due to statement timeout'), 'it says so', 10);
  });

  story('a wrong password, and it is not said', async ({ server, world }) => {
    world.secrets['env:URL'] = server.url.replace(/:[^:@]+@/, ':wrong-password@');
    const error = await locate(query('select 1 as id'), all, world).catch(String);
    expect(error).toContain('postgres query: the server refuses the user or the password (28P01)');
    expect(error).not.toMatch(/wrong-password|tester|127\.0/);
  });
});

describe('TLS', () => {
  const isSecured = 'select ssl as secured from pg_stat_ssl where pid = pg_backend_pid()';

  story('is verified where the url says so', async ({ server, db, folder, world }) => {
    const ca = path.join(folder, 'ca.pem');
    await writeFile(ca, server.ca);
    const secured = async (search: string) => {
      world.secrets['env:URL'] = `${server.url}?${search}`;
      world.now += HOUR;
      const found = await locate(query(isSecured), all, world);
      return (await read(db, found, 'secured from', ''))[0]?.[0];
    };
    expect(await secured(`sslmode=verify-full&sslrootcert=${ca}`)).toBe(true);
    expect(await secured('sslmode=require')).toBe(true);
    expect(await secured('sslmode=disable')).toBe(false);
    await expect(secured('sslmode=verify-full')).rejects.toThrow('its certificate is not trusted');
    await expect(secured('sslmode=prefer')).rejects.toThrow('unknown sslmode; expected disable');
    expect(iso(world.now)).toContain('2026-03-10');
  });
});
