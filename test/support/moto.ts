import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

const PACKAGES = ['moto[s3]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];
const run = promisify(execFile);

/** An S3-compatible server of a test's own. */
export interface ObjectStore {
  endpoint: string;
  put(key: string, body: string | Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** The requests that it was asked, as `GET /bucket/key 304`. */
  requests(): string[];
}

export const BUCKET = 'scores';

/** A Python environment with the server, made once for this machine; null: why there is none. */
async function environment(): Promise<{ bin: string } | { missing: string }> {
  const folder = join(homedir(), '.cache', 'aftercare', 'moto-5.2.5');
  const bin = join(folder, 'bin');
  if (existsSync(join(bin, 'moto_server'))) return { bin };
  const own = `${folder}.${process.pid}`;
  try {
    await mkdir(join(homedir(), '.cache', 'aftercare'), { recursive: true });
    await run('python3', ['-m', 'venv', own]);
    await run(join(own, 'bin', 'pip'), ['install', '--quiet', ...PACKAGES], { timeout: 280_000 });
    // Scripts of an environment name its folder: only the interpreter is used, which does not.
    await rename(own, folder);
    return { bin };
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if (existsSync(join(bin, 'moto_server'))) return { bin };
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { missing: `no S3 server here, for it comes from PyPI with Python: ${first}` };
  }
}

let found: Promise<{ bin: string } | { missing: string }> | null = null;

/** Why tests that need an object store are skipped; null: there is one. */
export async function objectStoreMissing(): Promise<string | null> {
  found ??= environment();
  const answer = await found;
  return 'missing' in answer ? answer.missing : null;
}

/** A store with one empty bucket, for as long as `use` takes. */
export async function withObjectStore<T>(use: (store: ObjectStore) => Promise<T>): Promise<T> {
  found ??= environment();
  const answer = await found;
  if ('missing' in answer) throw new Error(answer.missing);
  const port = await freePort();
  const program = 'import sys; from moto.server import main; main(sys.argv[1:])';
  const child = spawn(
    join(answer.bin, 'python'),
    ['-c', program, '-H', '127.0.0.1', '-p', String(port)],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    ...{ endpoint, forcePathStyle: true, region: 'us-east-1' },
    credentials: { accessKeyId: 'an-id', secretAccessKey: 'a-very-secret-key' },
  });
  const at = { Bucket: BUCKET };
  try {
    while (!said.includes('Running on')) {
      if (child.exitCode !== null) throw new Error(`the S3 server does not start: ${said}`);
      await sleep(50);
    }
    await client.send(new CreateBucketCommand(at));
    return await use({
      endpoint,
      put: async (key, body) => {
        await client.send(new PutObjectCommand({ ...at, Key: key, Body: body }));
      },
      remove: async (key) => {
        await client.send(new DeleteObjectCommand({ ...at, Key: key }));
      },
      requests: () =>
        [...said.matchAll(/"\S*?(GET|PUT|DELETE) (\S+) HTTP[^"]*" (\d+)/g)].map(
          ([, method = '', path = '', status = '']) => `${method} ${path} ${status}`,
        ),
    });
  } finally {
    client.destroy();
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
}

/** A port of loopback that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
