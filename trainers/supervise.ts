import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainingRequest } from '../domain/retraining.js';
import { keep } from './redact.js';
import type { Kept } from './redact.js';
import { createOnce, readJson, replace, thisProcess } from './run-folder.js';
import type { Ended, Intent } from './run-folder.js';

/** Kept of each stream. */
const KEPT_BYTES = 64 * 1024;
/** Time for the last output to arrive once the job has ended. */
const DRAIN = 1_000;

/** What the supervisor is told on its standard input, as one line: none of it touches the disk. */
export interface Orders {
  request: TrainingRequest;
  /** The job's whole environment. */
  env: Readonly<Record<string, string>>;
  /** Values that are taken out of the output. */
  secrets: readonly string[];
}

/**
 * Looks after one job in a process of its own, so that neither the job nor its end is lost when the
 * worker dies: passes the request on, enforces the time limit on the whole process group, keeps the
 * output, writes how it ended. A second supervisor of the same folder does nothing.
 */
async function supervise(folder: string): Promise<void> {
  if (!(await createOnce(folder, 'pid.json', thisProcess()))) return;
  const intent = (await readJson(folder, 'intent.json')) as Intent;
  const line = await text(process.stdin);
  // The starter died before it had handed the orders over: nothing has run.
  if (!line.endsWith('\n')) {
    await finish(folder, { exit: null, signal: null, stopped: 'no request', lastLine: '' });
    return;
  }
  const orders = JSON.parse(line) as Orders;
  const io = { out: keep(KEPT_BYTES), err: keep(KEPT_BYTES) };
  const ended = await runJob(intent, orders, io);
  const stdout = io.out.text(orders.secrets);
  await replace(folder, 'stdout.log', stdout);
  await replace(folder, 'stderr.log', io.err.text(orders.secrets));
  const lines = stdout.split('\n').filter((one) => one.trim() !== '');
  await finish(folder, { ...ended, lastLine: lines.at(-1) ?? '' });
}

async function finish(folder: string, ended: Ended): Promise<void> {
  await replace(folder, 'result.json', JSON.stringify(ended));
}

async function runJob(
  intent: Intent,
  orders: Orders,
  io: { out: Kept; err: Kept },
): Promise<Omit<Ended, 'lastLine'>> {
  const [file = '', ...args] = intent.command;
  const cwd = intent.cwd ?? undefined;
  // Detached: a process group of its own, which can be ended as a whole.
  const { env, request } = orders;
  const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe', shell: false });
  let stopped: Ended['stopped'] = null;
  const stop = (why: NonNullable<Ended['stopped']>): void => {
    stopped ??= why;
    endGroup(child, 'SIGTERM');
    setTimeout(() => endGroup(child, 'SIGKILL'), intent.killAfter);
  };
  const limit = setTimeout(() => stop('timeout'), intent.timeout);
  process.on('SIGTERM', () => stop('cancelled'));
  child.stdout.on('data', (chunk: Buffer) => io.out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => io.err.push(chunk));
  child.stdin.on('error', () => undefined); // a job may leave its request unread
  child.stdin.end(`${JSON.stringify(request)}\n`);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const { exit, signal, error } = await exitOf(child);
  clearTimeout(limit);
  if (error !== null) io.err.push(Buffer.from(`${error}\n`));
  // A grandchild may hold the pipes open for ever: the job's end counts.
  else await Promise.race([closed, sleep(DRAIN)]);
  // What it left behind ends with it.
  endGroup(child, 'SIGKILL');
  return { exit, signal, stopped: error === null ? stopped : 'not started' };
}

function exitOf(
  child: ChildProcess,
): Promise<{ exit: number | null; signal: string | null; error: string | null }> {
  return new Promise((resolve) => {
    child.on('exit', (exit, signal) => resolve({ exit, signal, error: null }));
    child.on('error', ({ message }) => resolve({ exit: null, signal: null, error: message }));
  });
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

await supervise(process.argv[2] ?? '');
process.exit(0); // timers of a stopped group must not keep it
