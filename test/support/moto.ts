import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePort } from '../../app/temporal-server.js';
import { pythonEnvironment, type PythonEnvironment } from './python.js';

const PACKAGES = ['moto[s3]==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

/** An S3-compatible server of a test's own. */
export interface ObjectStore {
  endpoint: string;
  put(key: string, body: string | Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** The requests that it was asked, as `GET /bucket/key 304`. */
  requests(): string[];
}

export const BUCKET = 'scores';

let found: Promise<PythonEnvironment> | null = null;

/** Why tests that need an object store are skipped; null: there is one. */
export async function objectStoreMissing(): Promise<string | null> {
  found ??= pythonEnvironment('moto-5.2.5', PACKAGES);
  const answer = await found;
  return 'missing' in answer ? answer.missing : null;
}

/** A store with one empty bucket, for as long as `use` takes. */
export async function withObjectStore<T>(use: (store: ObjectStore) => Promise<T>): Promise<T> {
  found ??= pythonEnvironment('moto-5.2.5', PACKAGES);
  const answer = await found;
  if ('missing' in answer) throw new Error(answer.missing);
  const port = await freePort();
  const program = 'import sys; from moto.server import main; main(sys.argv[1:])';
  const child = spawn(answer.python, ['-c', program, '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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
