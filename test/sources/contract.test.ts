import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SourceSpec } from '../../domain/source-spec.js';
import { SourceError, type Located } from '../../domain/source.js';
import { iso, type Instant } from '../../domain/window.js';
import { perform, quoteText } from '../../lake/ask.js';
import type { Duck } from '../../lake/duck.js';
import { sources } from '../../sources/index.js';
import { locate, look } from '../../sources/locate.js';
import { BUCKET, objectStoreMissing, withObjectStore, type ObjectStore } from '../support/moto.js';
import { lentOnce } from '../support/once.js';
import { emptied, postgresMissing, withPostgres, type TestPostgres } from '../support/postgres.js';
import { withFolder, writeRows } from '../support/rows.js';
import { testWorld, type TestWorld } from '../support/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const start = Date.UTC(2026, 2, 1);

/** A row an hour from 1 March 2026 on. */
const hours = (count: number, x = 0) =>
  Array.from({ length: count }, (_, id) => ({ id, ts: start + id * HOUR, x: x + id / 2 }));
type Row = ReturnType<typeof hours>[number];

interface Place {
  db: Duck;
  folder: string;
  world: TestWorld;
  spec: SourceSpec;
  /** Puts rows in the place of all that were there. */
  fill(rows: readonly Row[]): Promise<void>;
  /** Takes it off the net, or away; null: nobody can. */
  down: (() => Promise<void>) | null;
  /** The same source, which does not answer in time. */
  slow: SourceSpec | null;
}

type Use = (place: Place) => Promise<void>;
type Kind = SourceSpec['kind'];

const sqlOf = (rows: readonly Row[]): string =>
  rows.length === 0
    ? "select 0 as id, timestamptz '2026-01-01 00:00Z' as ts, 0.5::double precision as x where false"
    : `select id, ts::timestamptz as ts, x::double precision as x from (values ${rows
        .map(({ id, ts, x }) => `(${id}, '${iso(ts)}', ${x})`)
        .join(', ')}) rows(id, ts, x)`;
const csvOf = (rows: readonly Row[]): string =>
  `id,ts,x\n${rows.map(({ id, ts, x }) => `${id},${iso(ts)},${x}\n`).join('')}`;
const timeout = 10_000;
const time = { column: 'ts', timezone: 'UTC' };

function files(kind: 'parquet' | 'csv' | 'jsonl') {
  return (use: Use) =>
    withFolder(async (db, folder) => {
      const file = path.join(folder, `rows.${kind}`);
      const fill = async (rows: readonly Row[]): Promise<void> => {
        if (kind === 'parquet') await writeRows(db, file, sqlOf(rows));
        else if (kind === 'csv') await writeFile(file, csvOf(rows));
        else {
          const lines = rows.map((row) => JSON.stringify({ ...row, ts: iso(row.ts) }));
          await writeFile(file, lines.join('\n') + '\n');
        }
      };
      const spec = { kind, path: file, where: null };
      await use({ db, folder, world: testWorld(folder), spec, fill, down: null, slow: null });
    });
}

const postgres = lentOnce<TestPostgres>(withPostgres);

const objects = lentOnce<ObjectStore>(withObjectStore);

const places: Record<Kind, (use: Use) => Promise<void>> = {
  parquet: files('parquet'),
  csv: files('csv'),
  jsonl: files('jsonl'),
  postgres: (use) =>
    withFolder(async (db, folder) => {
      const server = await emptied(await postgres());
      const world = testWorld(folder);
      world.secrets['env:URL'] = server.url;
      const spec = {
        ...{ kind: 'postgres' as const, path: 'scores', url: 'env:URL', table: 'scores' },
        ...{ query: null, where: null, time, timeout, overlap: DAY },
      };
      const query = 'select s.* from scores s, (select pg_sleep(30)) nap';
      await use({
        ...{ db, folder, world, spec },
        down: () => {
          world.secrets['env:URL'] = server.url.replace(`:${server.port}/`, ':9/');
          return Promise.resolve();
        },
        slow: { ...spec, table: null, query, timeout: 500 },
        fill: async (rows) => {
          await server.sql(`drop table if exists scores; create table scores as ${sqlOf(rows)}`);
        },
      });
    }),
  duckdb: (use) =>
    withFolder(async (db, folder) => {
      const file = path.join(folder, 'scores.duckdb');
      const spec = {
        ...{ kind: 'duckdb' as const, path: file, table: 'ml.scores', query: null, where: null },
        ...{ time, timeout },
      };
      const query = 'select i::integer as id, now() as ts, 0.5 as x from range(100000000000) r(i)';
      await use({
        ...{ db, folder, world: testWorld(folder), spec, down: () => rm(file) },
        slow: { ...spec, table: null, query, time: null, timeout: 300 },
        fill: async (rows) => {
          await rm(file, { force: true });
          await perform(db, `attach ${quoteText(file)} as filled`);
          await perform(db, 'create schema filled.ml');
          await perform(db, `create table filled.ml.scores as ${sqlOf(rows)}`);
          await perform(db, 'detach filled');
        },
      });
    }),
  s3: (use) =>
    withSilence((silent) =>
      withFolder(async (db, folder) => {
        const store = await objects();
        const world = testWorld(folder);
        Object.assign(world.secrets, { 'env:ID': 'an-id', 'env:KEY': 'a-very-secret-key' });
        const spec = {
          ...{ kind: 's3' as const, path: `s3://${BUCKET}/*/rows.csv`, format: 'csv' as const },
          ...{ where: null, endpoint: store.endpoint, region: 'us-east-1', timeout },
          keys: { id: 'env:ID', secret: 'env:KEY' },
        };
        await use({
          ...{ db, folder, world, spec, slow: { ...spec, endpoint: silent, timeout: 300 } },
          down: () => {
            spec.endpoint = 'http://127.0.0.1:9';
            return Promise.resolve();
          },
          fill: (rows) => store.put('day/rows.csv', csvOf(rows)),
        });
      }),
    ),
  http: (use) =>
    withFolder(async (db, folder) => {
      let body = '';
      const server = createServer((request, response) => {
        if (request.url?.startsWith('/slow') === true) return;
        const etag = `"${body.length}-${body.slice(-20).trim()}"`;
        response.setHeader('etag', etag);
        if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
        else response.end(body);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const world = testWorld(folder);
      world.secrets['env:TOKEN'] = 'a-very-secret-token';
      const spec = {
        ...{ kind: 'http' as const, path: `${origin}/rows.csv`, format: 'csv' as const },
        ...{ where: null, token: 'env:TOKEN', timeout, mostBytes: 1024 ** 2 },
      };
      const down = async (): Promise<void> => {
        server.closeAllConnections();
        if (!server.listening) return;
        server.close();
        await once(server, 'close');
      };
      const slow = { ...spec, path: `${origin}/slow`, timeout: 300 };
      try {
        await use({
          ...{ db, folder, world, spec, down, slow },
          fill: (rows) => {
            body = csvOf(rows);
            return Promise.resolve();
          },
        });
      } finally {
        await down();
      }
    }),
};

/** A server that hears and never answers. */
async function withSilence<T>(use: (address: string) => Promise<T>): Promise<T> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const asked = (from: Instant, to: Instant) => ({
  ...{ span: { start: from, end: to }, timezone: 'UTC', owner: 'team:ml' },
});

/** Ids of the rows with their event time in [from, to), in order. */
async function idsOf(db: Duck, { kind, files }: Located, [from, to]: [Instant, Instant]) {
  const list = files.map(({ path: file }) => quoteText(file)).join(', ');
  const readers = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_json' };
  return db.use(async (connection) => {
    const found = await connection.runAndReadAll(
      `select id::integer from ${readers[kind]}([${list}]) where ts::timestamptz >= '${iso(from)}' ` +
        `and ts::timestamptz < '${iso(to)}' order by id`,
    );
    return found.getRowsJS().map(([id]) => Number(id));
  });
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const missing: Partial<Record<Kind, string | null>> = {
  postgres: postgresMissing(),
  s3: await objectStoreMissing(),
};

describe.each(sources.map(({ kind }) => ({ kind })))('$kind', ({ kind }) => {
  const why = missing[kind] ?? null;
  const story = (name: string, run: Use) =>
    test.skipIf(why !== null)(`${name}${why === null ? '' : ` (${why})`}`, () => places[kind](run));

  story('the rows of a span are there once, whole days and parts of them', async (place) => {
    const { db, world, spec } = place;
    await place.fill(hours(72));
    for (const [from, to] of [
      [0, 24],
      [5, 6],
      [20, 70],
      [0, 72],
    ] as const) {
      const span: [Instant, Instant] = [start + from * HOUR, start + to * HOUR];
      const located = await locate(spec, asked(...span), world);
      expect(await idsOf(db, located, span)).toEqual(range(from, to));
    }
  });

  story('a repeat gives the same fingerprints; other rows give others', async (place) => {
    const { world, spec } = place;
    const prints = async () =>
      (await locate(spec, asked(start, start + DAY), world)).files.map(({ footer }) => footer);
    await place.fill(hours(24));
    world.now = start + DAY; // late rows may come
    const first = await prints();
    expect(first[0]).toMatch(/^[0-9a-f]{64}$/);
    world.now += HOUR;
    expect(await prints()).toEqual(first);
    await place.fill(hours(24, 1));
    world.now += HOUR;
    expect(await prints()).not.toEqual(first);
  });

  story('no row in a span is no error', async (place) => {
    const { db, world, spec } = place;
    await place.fill(hours(3));
    const span: [Instant, Instant] = [start + DAY, start + 2 * DAY];
    const located = await locate(spec, asked(...span), world);
    expect(await idsOf(db, located, span)).toEqual([]);
  });

  story('a look tells that it is there, and what its columns or files are', async (place) => {
    const { world } = place;
    await place.fill(hours(3));
    const seen = await look(place.spec, { ...asked(start, start + DAY), span: null }, world);
    expect(seen.isEmpty).toBe(false);
    if (kind === 'postgres' || kind === 'duckdb') expect(seen.columns).toEqual(['id', 'ts', 'x']);
    else if (kind !== 'http') expect(seen.files.map((file) => path.basename(file))).toHaveLength(1);
  });

  story('down is an error with a reason, not no rows, and says no secret', async (place) => {
    const { world, spec, down } = place;
    if (down === null) return;
    await place.fill(hours(3));
    await down();
    for (const reach of [locate, look]) {
      const error: unknown = await reach(spec, asked(start, start + DAY), world).catch(
        (problem: unknown) => problem,
      );
      expect(error).toBeInstanceOf(SourceError);
      expect(String(error)).toMatch(/cannot be reached|no such file/);
      for (const secret of Object.values(world.secrets)) {
        expect(String(error)).not.toContain(secret);
      }
      expect(String(error)).not.toContain('only-for-this-test');
    }
  });

  story('too slow is an error that says so', async (place) => {
    const { world, slow } = place;
    if (slow === null) return;
    await place.fill(hours(3));
    const slowly = locate(slow, asked(start, start + DAY), world);
    await expect(slowly).rejects.toThrow(/took longer than (300|500)ms/);
    await expect(slowly).rejects.toBeInstanceOf(SourceError);
  });
});

test('a secret that is not granted is an error of the source', async () => {
  await withFolder(async (_, folder) => {
    await mkdir(folder, { recursive: true });
    const spec = {
      ...{ kind: 'http' as const, path: 'env:GONE', format: 'csv' as const, where: null },
      ...{ token: null, timeout, mostBytes: 1 },
    };
    const found = locate(spec, asked(start, start + DAY), testWorld(folder));
    await expect(found).rejects.toThrow('env:GONE: is not set');
  });
});
