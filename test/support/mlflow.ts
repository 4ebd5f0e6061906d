import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../app/temporal-server.js';
import { pythonEnvironment, type PythonEnvironment } from './python.js';

const PACKAGES = [
  ...['mlflow-skinny==3.6.0', 'flask==3.1.3', 'flask-cors==6.0.5'],
  ...['sqlalchemy==2.0.45', 'alembic==1.17.2'],
];

let found: Promise<PythonEnvironment> | null = null;

/** Why tests that need an MLflow server are skipped; null: there is one. */
export async function mlflowMissing(): Promise<string | null> {
  found ??= pythonEnvironment('mlflow-3.6.0', PACKAGES);
  const answer = await found;
  return 'missing' in answer ? answer.missing : null;
}

/** A registry of a test's own, empty. */
export interface Mlflow {
  url: string;
  /** POST of its REST API, as `runs/create`; the answer. */
  post: (path: string, body: unknown) => Promise<Record<string, unknown>>;
}

/** A real MLflow server on loopback, for as long as `use` takes. */
export async function withMlflow<T>(use: (server: Mlflow) => Promise<T>): Promise<T> {
  found ??= pythonEnvironment('mlflow-3.6.0', PACKAGES);
  const answer = await found;
  if ('missing' in answer) throw new Error(answer.missing);
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-mlflow-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    answer.python,
    [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port)],
      ...['--workers', '1', '--backend-store-uri', join(folder, 'runs')],
      ...['--artifacts-destination', join(folder, 'artefacts')],
    ],
    // Its own group: the server starts others, which end with it.
    { stdio: 'ignore', cwd: folder, detached: true },
  );
  const ended = once(child, 'exit');
  const answers = async (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`MLflow ended with ${child.exitCode}.`);
    return fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    while (!(await answers())) await sleep(100);
    return await use({ url, post: (path, body) => posted(`${url}/api/2.0/mlflow/${path}`, body) });
  } finally {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function posted(url: string, body: unknown): ReturnType<Mlflow['post']> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** What a fake registry does instead of answering as one. */
export type MlflowFault = 'drop' | 'flood' | { status: number; body: string };

export interface FakeMlflow {
  url: string;
  /** Path behind `/api/2.0/mlflow/` → what it answers. */
  answers: Record<string, unknown>;
  faults: Record<string, MlflowFault>;
  calls: { path: string; headers: IncomingHttpHeaders }[];
}

/** The three questions of a registry on loopback, for answers that a real one seldom gives. */
export async function withFakeMlflow<T>(use: (fake: FakeMlflow) => Promise<T>): Promise<T> {
  const fake: FakeMlflow = { url: '', answers: {}, faults: {}, calls: [] };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://fake');
    const path = pathname.replace('/api/2.0/mlflow/', '');
    fake.calls.push({ path, headers: request.headers });
    const fault = fake.faults[path];
    if (fault === 'drop') return void request.socket.destroy();
    if (fault === 'flood') return void response.end(Buffer.alloc(11 * 1024 ** 2, ' '));
    if (fault !== undefined) return void response.writeHead(fault.status).end(fault.body);
    response.end(JSON.stringify(fake.answers[path] ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await use(fake);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}
