import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { onceForAll } from './built.js';
import { certificates } from './certificates.js';

const PASSWORD = 'only-for-this-test';

/** A PostgreSQL of a test's own. */
export interface TestPostgres {
  /** Its address, with a password and without sslmode. */
  url: string;
  port: number;
  /** PEM of the authority that its certificate is of. */
  ca: string;
  /** Runs statements as its superuser; the rows of the last one. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** What it has logged: every statement, and how it ended. */
  log(): string;
  stop(): Promise<void>;
}

/** The folder of `initdb` and `postgres`; null: there is none. */
function binaries(): string | null {
  const versions = '/usr/lib/postgresql';
  const packaged = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, 'bin'))
    : [];
  const folders = [...packaged, ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((one) => existsSync(join(one, 'initdb'))) ?? null;
}

/** Why tests that need a PostgreSQL are skipped; null: there is one. */
export function postgresMissing(): string | null {
  return binaries() === null ? 'no initdb here: install PostgreSQL (apt-get: postgresql)' : null;
}

/** Who runs it: PostgreSQL refuses root. */
function person(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const idOf = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A throw-away cluster on a loopback port, with TLS, for as long as `run` takes. */
export async function withPostgres<T>(run: (server: TestPostgres) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-postgres-'));
  let child: ChildProcess | null = null;
  const stop = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGQUIT');
    await ended;
  };
  try {
    const owner = person();
    if (owner !== null) await chown(folder, owner.uid, owner.gid);
    const started = await startCluster(folder, owner);
    child = started.child;
    const { port, said } = started;
    const url = `postgres://tester:${PASSWORD}@127.0.0.1:${port}/postgres`;
    const { ca } = certificates();
    return await run({ url, port, ca, sql: (text) => ask(url, text), log: () => said.text, stop });
  } finally {
    await stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A server that stories share, one at a time: with an empty schema, and the log from now on. */
export async function emptied(server: TestPostgres): Promise<TestPostgres> {
  await server.sql('drop schema public cascade; create schema public');
  const before = server.log().length;
  return { ...server, log: () => server.log().slice(before) };
}

/** A data folder as `initdb` makes it, once for the run: that takes longer than many a test. */
function freshData(bin: string, owner: { uid: number; gid: number } | null): Promise<string> {
  return onceForAll('postgres', async (into) => {
    const folder = await mkdtemp(join(tmpdir(), 'aftercare-initdb-'));
    try {
      const [data, password] = [join(folder, 'data'), join(folder, 'password')];
      await writeFile(password, PASSWORD);
      if (owner !== null) await chown(folder, owner.uid, owner.gid);
      const login = ['-U', 'tester', '-A', 'scram-sha-256', '--pwfile', password];
      const plain = ['--no-sync', '--no-instructions', '--locale=C', '--encoding=UTF8'];
      const as = { cwd: folder, ...(owner ?? {}) };
      execFileSync(join(bin, 'initdb'), ['-D', data, ...login, ...plain], {
        ...as,
        stdio: 'ignore',
      });
      execFileSync('cp', ['-a', data, into]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

async function startCluster(folder: string, owner: { uid: number; gid: number } | null) {
  const bin = binaries();
  if (bin === null) throw new Error(postgresMissing() ?? '');
  const { key, cert } = certificates();
  for (const [name, text] of Object.entries({ 'server.key': key, 'server.crt': cert })) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o600);
    if (owner !== null) await chown(join(folder, name), owner.uid, owner.gid);
  }
  execFileSync('cp', ['-a', join(await freshData(bin, owner), 'data'), folder]);
  const [data, as] = [join(folder, 'data'), { cwd: folder, ...(owner ?? {}) }];
  const port = await freePort();
  const settings = {
    ...{ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: folder },
    ...{ fsync: 'off', shared_buffers: '16MB', max_connections: '20' },
    ...{ ssl: 'on', ssl_key_file: join(folder, 'server.key') },
    ...{ ssl_cert_file: join(folder, 'server.crt'), log_statement: 'all', timezone: 'Asia/Tokyo' },
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = { text: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.text += text));
  while (!said.text.includes('ready to accept connections')) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL does not start: ${said.text}`);
    await sleep(20);
  }
  return { child, port, said };
}

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = (await client.query(text)) as unknown as
      | { rows: object[] }
      | { rows: object[] }[];
    const last = Array.isArray(result) ? result.at(-1) : result;
    return (last?.rows ?? []) as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}
