import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { UnavailableError } from './errors.js';

export interface DevServerOptions {
  /** The Temporal CLI. */
  path: string;
  /** 0: any free one. */
  port: number;
  /** SQLite file that outlives a restart; null: in memory. */
  dbFilename: string | null;
  /** Port of the web pages; null: none. */
  uiPort: number | null;
  /** Beside `default`, made at the start. */
  namespaces?: readonly string[];
  /** Called when the process is there, before it answers: whoever kills us finds it by that. */
  onSpawn?: (server: { address: string; pid: number }) => Promise<void>;
}

export interface DevServer {
  /** `127.0.0.1:7233` */
  address: string;
  pid: number;
  /** Asks it to end, kills it after 10 s; resolves when it is gone. A repeat does nothing. */
  stop(): Promise<void>;
  /** Resolves when it is gone, whoever ended it. */
  exited: Promise<void>;
}

const HEALTHY_WITHIN_MS = 30_000;

/**
 * Runs a program, and beside it what ends it when the other end of file 3 is gone without a line:
 * whoever has started it was killed.
 */
const GUARDED = '(read -r _ <&3 || kill "$$") >/dev/null 2>&1 & exec "$@" 3<&-';

/**
 * Starts the Temporal dev server and waits until it answers. It has a process group of its own, so
 * that Ctrl-C reaches it through us, after the workers; it ends with this process, however that
 * ends.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const port = options.port === 0 ? await freePort() : options.port;
  const address = `127.0.0.1:${port}`;
  if (options.dbFilename !== null) await mkdir(dirname(options.dbFilename), { recursive: true });
  const child = spawn(
    '/bin/sh',
    ['-c', GUARDED, 'sh', options.path, ...argumentsOf(options, port)],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    said.splice(0, said.length - 20);
  });
  const server = handleOf(child, address);
  try {
    if (child.pid !== undefined) await options.onSpawn?.({ address, pid: child.pid });
    await healthy(address, child);
  } catch (error) {
    await server.stop();
    const why = error instanceof Error ? error.message : String(error);
    throw new UnavailableError(
      `the Temporal dev server (${options.path}) did not start at ${address}: ${why}\n` +
        said.join('').slice(-1_000),
    );
  }
  return server;
}

/**
 * A write-ahead log survives the death of any process, ours or the server's, and writes three times
 * as fast; only a machine that loses power may lose its last moments.
 */
const durable = ['journal_mode=WAL', 'synchronous=NORMAL'].flatMap((pragma) => [
  '--sqlite-pragma',
  pragma,
]);

function argumentsOf(options: DevServerOptions, port: number): string[] {
  const namespaces = options.namespaces ?? [];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--log-format', 'pretty', '--log-level', 'error'],
    ...namespaces.flatMap((name) => ['--namespace', name]),
    ...(options.dbFilename === null ? [] : ['--db-filename', options.dbFilename, ...durable]),
    ...(options.uiPort === null ? ['--headless'] : ['--ui-port', String(options.uiPort)]),
  ];
}

function handleOf(child: ChildProcess, address: string): DevServer {
  const kill = (): void => void child.kill('SIGKILL');
  const guard = child.stdio[3] as Writable | null;
  guard?.on('error', () => undefined); // it has gone first
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      process.off('exit', kill);
      guard?.end('\n');
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  return {
    address,
    pid: child.pid ?? 0,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(kill, 10_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Until it answers, and knows its namespace; rejects early when the process ends. */
async function healthy(address: string, child: ChildProcess): Promise<void> {
  const end: { why: string | null } = { why: null };
  child.once('exit', (code, signal) => {
    end.why = `it ended with ${signal ?? `code ${code ?? '?'}`}`;
  });
  child.once('error', (error) => {
    end.why = error.message;
  });
  let last: unknown;
  for (const start = Date.now(); Date.now() - start < HEALTHY_WITHIN_MS;) {
    last = await isHealthy(address).then(
      () => null,
      (error: unknown) => error,
    );
    // Whoever answers then is somebody else.
    if (end.why !== null) throw new Error(end.why);
    if (last === null) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw last;
}

/** Throws when no Temporal server with a `default` namespace answers within 2 s. */
export async function isHealthy(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
  } finally {
    await connection.close();
  }
}

/** Whether nobody listens on a port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
