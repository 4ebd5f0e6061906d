import type { DuckDBConnection } from '@duckdb/node-api';
import { driver } from './driver.js';

export interface DuckOptions {
  /** Threads that one query may use; the cores of the machine are a good choice. */
  threads: number;
  /** Limit of DuckDB's buffer manager in MB; the process needs about 200 MB beside it. */
  memoryLimitMb: number;
  /** Folder where large sorts and groups spill; made by DuckDB, one per process. */
  tempDirectory: string;
  /** Folder where copies of text files are kept between evaluations; absent: each makes its own. */
  keptDirectory?: string;
  /** Aborting interrupts the running queries; withDuck then throws the signal's reason. */
  signal?: AbortSignal;
  /** How long one query may take, and what is said of one that takes longer; absent: no limit. */
  limit?: { ms: number; error: () => Error };
}

/** An open in-memory DuckDB. */
export interface Duck {
  /** What it was opened with, for an instance of the same size beside it. */
  readonly options: DuckOptions;
  /**
   * Lends one of the two connections for one query or one transaction. Waits while two others of
   * this process run, for queries share the few threads of libuv with file access. Not to be
   * nested. Throws the reason of the signal once it is aborted.
   */
  use<T>(run: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
}

/** At most two queries of a process run at a time. */
const MOST_QUERIES = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<void> {
  if (running < MOST_QUERIES) {
    running++;
    return;
  }
  // Whoever leaves hands its place over, so that `running` stays as it is.
  await new Promise<void>((resolve) => waiting.push(resolve));
}

function leave(): void {
  const next = waiting.shift();
  if (next === undefined) running--;
  else next();
}

/**
 * Opens an in-memory DuckDB (UTC, no extension downloads, bounded memory, spilling) for as long as
 * `run` takes. An abort interrupts its queries; the connections are idle when this returns.
 */
export async function withDuck<T>(options: DuckOptions, run: (db: Duck) => Promise<T>): Promise<T> {
  options.signal?.throwIfAborted();
  const instance = await driver().DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${options.memoryLimitMb}MB`,
    temp_directory: options.tempDirectory,
    preserve_insertion_order: 'false',
    // The cells of sql/profile/numeric.sql, 17 bits with null, are found by their place.
    perfect_ht_threshold: '17',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connections: DuckDBConnection[] = [];
  const busy = new Set<Promise<unknown>>();
  try {
    for (let i = 0; i < MOST_QUERIES; i++) {
      const connection = await instance.connect();
      connections.push(connection);
      // A stream stands still when this is full: a million numbers go in.
      await connection.run("set streaming_buffer_size = '8MB'");
    }
    await connections[0]?.run("set global TimeZone = 'UTC'");
    return await run(lend(connections, busy, options));
  } finally {
    // One of two parallel queries has failed: the other must not outlive its connection.
    for (const connection of busy.size > 0 ? connections : []) connection.interrupt();
    await Promise.allSettled(busy);
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
  }
}

function lend(
  connections: readonly DuckDBConnection[],
  busy: Set<Promise<unknown>>,
  options: DuckOptions,
): Duck {
  const idle = [...connections];
  return {
    options,
    async use(run) {
      await enter();
      const connection = idle.pop();
      if (connection === undefined) {
        leave();
        throw new Error('DuckDB: more queries at a time than connections; do not nest use().');
      }
      const work = interruptible(connection, run, options);
      busy.add(work);
      try {
        return await work;
      } finally {
        busy.delete(work);
        idle.push(connection);
        leave();
      }
    },
  };
}

const INTERRUPT_AGAIN_MS = 5;

async function interruptible<T>(
  connection: DuckDBConnection,
  run: (connection: DuckDBConnection) => Promise<T>,
  { signal, limit }: DuckOptions,
): Promise<T> {
  let again: NodeJS.Timeout | undefined;
  const over: { error?: Error } = {};
  const interrupt = () => {
    connection.interrupt();
    // DuckDB forgets an interruption between two statements, and between the steps of one.
    again = setInterval(() => connection.interrupt(), INTERRUPT_AGAIN_MS);
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', interrupt, { once: true });
  const late =
    limit &&
    setTimeout(() => {
      over.error = limit.error();
      interrupt();
    }, limit.ms);
  try {
    return await run(connection);
  } catch (error) {
    // DuckDB says only "Interrupted!"; the caller wants to know by whom.
    signal?.throwIfAborted();
    throw over.error ?? error;
  } finally {
    clearTimeout(late);
    clearInterval(again);
    signal?.removeEventListener('abort', interrupt);
  }
}
