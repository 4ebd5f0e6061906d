import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';
import { formatDuration } from '../calendar/durations.js';
import { SourceError, type Landing, type Tables, type TypedColumn } from '../domain/source.js';
import type { PostgresSource } from '../domain/source-spec.js';
import { inParts } from './csv-parts.js';
import { locateSlices } from './pulled.js';
import { clientConfig } from './postgres-address.js';
import { describe, selectOf, within } from './postgres-types.js';
import { saidOf } from './postgres-words.js';
import type { SliceSpan } from './slices.js';
import type { Asked, Source, World } from './source.js';

/** Bytes of CSV that become one Parquet file. */
const PART_BYTES = 64 * 1024 ** 2;
/** How much longer than the server's own limit an answer may take. */
const GRACE_MS = 5_000;
const LOOK_MS = 5_000;

/** Rows of one select of a PostgreSQL server: COPY as CSV, slice by slice. */
export const postgres: Source<PostgresSource> = {
  kind: 'postgres',
  locate(spec, asked, world) {
    const { overlap, time } = spec;
    return locateSlices({ spec, asked, world, overlap, isTimed: time !== null }, (slices, pull) =>
      connected(spec, { asked, world, limit: spec.timeout }, async (client) => {
        for (const slice of slices) {
          await pull(slice, (tables, folder) => copy(client, spec, { slice, tables, folder }));
        }
      }),
    );
  },
  async look(spec, asked, world) {
    return connected(spec, { asked, world, limit: LOOK_MS }, async (client) => {
      const { columns } = await reading(client, LOOK_MS, () => describe(client, selectOf(spec)));
      const names = columns.map(({ name }) => name);
      const words = `${spec.path}: ${names.length} columns`;
      return { words, isEmpty: false, columns: names, files: [] };
    });
  },
};

/** Runs with a connection of its own; every error says what and nothing that is secret. */
async function connected<T>(
  spec: PostgresSource,
  { asked, world, limit }: { asked: Asked; world: World; limit: number },
  run: (client: Client) => Promise<T>,
): Promise<T> {
  const named = `postgres ${spec.path}`;
  const address = world.secret(spec.url, asked.owner);
  const { default: pg } = await import('pg'); // only who needs it loads it
  const client = new pg.Client(await clientConfig(address, named));
  // Without a listener an error between two queries would end the process.
  client.on('error', () => undefined);
  const abort = () => destroy(client);
  asked.signal?.addEventListener('abort', abort, { once: true });
  try {
    asked.signal?.throwIfAborted();
    await client.connect();
    return await run(client);
  } catch (error) {
    asked.signal?.throwIfAborted();
    throw saidOf(error, { named, limit: formatDuration(limit) });
  } finally {
    asked.signal?.removeEventListener('abort', abort);
    destroy(client);
  }
}

/** The server sees that nobody listens and ends what it is at. */
function destroy(client: Client): void {
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
}

/** One transaction that only reads, with a limit for each statement, and texts as ISO has them. */
async function reading<T>(client: Client, limit: number, run: () => Promise<T>): Promise<T> {
  const late = setTimeout(() => destroy(client), limit + GRACE_MS);
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query(
      `set local statement_timeout = ${limit}; set local lock_timeout = ${limit}; ` +
        `set local idle_in_transaction_session_timeout = ${limit + GRACE_MS}; ` +
        "set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; " +
        "set local bytea_output = 'hex'; set local client_encoding = 'UTF8'",
    );
    const found = await run();
    await client.query('rollback');
    return found;
  } finally {
    clearTimeout(late);
  }
}

async function copy(
  client: Client,
  spec: PostgresSource,
  { slice, tables, folder }: { slice: SliceSpan | null; tables: Tables; folder: string },
): Promise<Landing[]> {
  const named = `postgres ${spec.path}`;
  const landings: Landing[] = [];
  const copied = await reading(client, spec.timeout, async () => {
    const select = selectOf(spec);
    const { columns } = await describe(client, select);
    requireColumns(named, columns);
    const { time } = spec;
    const inside =
      slice === null || time === null
        ? ''
        : ` where ${await within(client, { select, columns, time, named }, slice)}`;
    const { to: copyTo } = await import('pg-copy-streams');
    const options = `(format csv, null '\\N')`;
    const stream = client.query(copyTo(`copy (${select}${inside}) to stdout ${options}`));
    const nameOf = (part: number) => path.join(folder, `${String(part).padStart(5, '0')}.csv`);
    await inParts(stream, { size: PART_BYTES, nameOf }, async (file, part) => {
      const to = nameOf(part).replace(/csv$/, 'parquet');
      const landed = await tables.ofCsv({ file, columns, to }).catch((error: unknown) => {
        throw unreadable(named, error);
      });
      landings.push(landed);
      await rm(file);
    });
    return stream.rowCount;
  });
  const rows = landings.reduce((sum, one) => sum + one.rows, 0);
  if (rows === copied) return landings;
  throw new SourceError(named, null, `${rows} rows came of ${copied} that the server sent`);
}

function requireColumns(named: string, columns: readonly TypedColumn[]): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, index) => names.indexOf(name.toLowerCase()) !== index);
  if (twice !== undefined) {
    throw new SourceError(named, twice.name, 'comes twice; expected each name once');
  }
  if (columns.length === 0) throw new SourceError(named, null, 'the query has no column');
}

/** The engine's first line names column and type; the rows under it stay unsaid. */
function unreadable(named: string, error: unknown): unknown {
  const text = error instanceof Error ? error.message : '';
  if (!/^[A-Z][A-Za-z ]+ Error: /.test(text)) return error;
  if (/line size/i.test(text)) {
    return new SourceError(named, null, 'a row is longer than 2 MB; expected shorter ones');
  }
  const [, column] = /column[^"]*"([^"]+)"/i.exec(text) ?? [];
  return new SourceError(named, column ?? null, 'has a value that its type cannot hold');
}
