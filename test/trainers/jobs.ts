import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type {
  Trainer,
  TrainingRequest,
  TrainingResult,
  TrainingState,
} from '../../domain/retraining.js';
import type { CommandOptions } from '../../trainers/command.js';
import { createCommandTrainer } from '../../trainers/command.js';
import type { HttpOptions } from '../../trainers/http.js';
import { createHttpTrainer } from '../../trainers/http.js';

export const result: TrainingResult = {
  version: 'v2',
  trainedUntil: 1_793_600_000_000,
  reference: 'references/v2.csv',
  rows: 1000,
  metrics: { rmse: 9 },
  championMetrics: { rmse: 10 },
  data: '1000 newest rows',
  difference: { metric: 'rmse', n: 1000, sum: 500, squares: 1000 },
};

export const callbackKey = 'c0ffee'.repeat(10);

export function request(key = 'ac-eta-1-e1e1e1e1e1e1'): TrainingRequest {
  return {
    key,
    model: 'eta',
    trainUntil: 1_793_600_000_000,
    trainOn: {
      ...{ from: 1_793_000_000_000, until: 1_793_500_000_000, weights: 'ipw' },
      exclude: [
        { what: 'km broken', from: 1_793_100_000_000, to: 1_793_200_000_000 },
        { rows: 'acted on' },
      ],
      ...{ rows: 9000, positives: null, sentence: 'Train on: rows of the new fleet.' },
    },
    reason: 'advice retrain: rmse(rmse)',
    evidence: 'rmse(rmse)',
    timeout: 60_000,
    callbackUrl: 'https://aftercare.example/api/v1/hooks/retrainings/1',
    callbackKey,
  };
}

export async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-trainer-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A command trainer whose job is this JavaScript; the job's working folder is `folder`. */
export function commandTrainer(
  folder: string,
  script: string,
  change: Partial<CommandOptions> & { env?: string[]; timeout?: number; args?: string[] } = {},
): Trainer {
  const { env = [], timeout = 60_000, args = [], ...options } = change;
  return createCommandTrainer({
    trigger: {
      kind: 'command',
      command: [process.execPath, '-e', script, ...args],
      cwd: folder,
      env,
      timeout,
    },
    trainings: join(folder, 'trainings'),
    environment: { PATH: process.env['PATH'] },
    ...options,
  });
}

/** Prints the result as its last line. */
export const printsResult = `console.log(${JSON.stringify(JSON.stringify(result))});`;
/** Leaves one line for each process that ran. */
export const leavesTrace = `require('node:fs').appendFileSync('ran', process.pid + '\\n');`;

/** Asks until the training is no longer running. */
export async function ended(trainer: Trainer, ref: string): Promise<TrainingState> {
  for (let looks = 0; looks < 600; looks++) {
    const state = await trainer.poll(ref);
    if (state.state !== 'running') return state;
    await pause(25);
  }
  throw new Error('still running');
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    if (await holds()) return;
    await pause(25);
  }
  throw new Error('it never came to hold');
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** All that a folder holds, as one text. */
export async function everything(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.join('\n');
}

export interface Heard {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A training service on loopback that answers as the script says. */
export async function withService(
  answer: (heard: Heard, response: ServerResponse) => void,
  run: (url: string, heard: Heard[]) => Promise<void>,
): Promise<void> {
  const heard: Heard[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then((body) => {
      const { method = '', url: path = '', headers } = incoming;
      const one = { method, path, headers, body };
      heard.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

export function httpTrainer(
  base: string,
  change: Partial<HttpOptions['trigger']> = {},
  options: Partial<HttpOptions> = {},
): Trainer {
  return createHttpTrainer({
    trigger: {
      kind: 'http',
      url: `${base}/runs`,
      secret: 'the-secret-of-the-trigger',
      ref: 'run.id',
      poll: { url: `${base}/runs/{ref}`, every: 30_000 },
      timeout: 60_000,
      ...change,
    },
    allowPrivate: true,
    clock: () => 1_793_600_000_000,
    ...options,
  });
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
