import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Trainer, TrainingRequest, TrainingState, TriggerSpec } from '../domain/retraining.js';
import type { Duration } from '../domain/window.js';
import { TrainerError } from './error.js';
import { endOf } from './result.js';
import { createOnce, isAlive, makeFolder, readJson } from './run-folder.js';
import type { Ended, Intent, Pid } from './run-folder.js';
import type { Orders } from './supervise.js';

export interface CommandOptions {
  trigger: Extract<TriggerSpec, { kind: 'command' }>;
  /** Folder of all runs: `<state>/trainings`. */
  trainings: string;
  /** Where the values of the trigger's `env` names come from. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Between SIGTERM and SIGKILL, in ms; 10 s. */
  killAfter?: Duration;
  /** How long a started run may take to show its process, in ms; 10 s. */
  showsWithin?: Duration;
}

/** Given to every job beside the names that its monitor lists: no secret is in them. */
const USUAL_NAMES = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'];
const isBuilt = import.meta.url.endsWith('.js');
/** To be run by node with the run folder as its argument. A bundle of this file is elsewhere. */
const supervisorPath = fileURLToPath(
  new URL(`../trainers/supervise.${isBuilt ? 'js' : 'ts'}`, import.meta.url),
);
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Starts a training as a process of this host. Each run has a folder, named by its key, with the
 * intent, the process, the redacted output and the end; a start that finds the folder adopts what
 * is in it and never starts a second process. The reference is the key.
 */
export function createCommandTrainer(options: CommandOptions): Trainer {
  const folderOf = (key: string): string => {
    if (KEY.test(key)) return join(options.trainings, key);
    throw new TrainerError('refused', `training key: expected letters, digits, . _ -; got ${key}`);
  };
  return {
    kind: 'command',
    async start(request) {
      const folder = folderOf(request.key);
      await makeFolder(folder);
      const { command, cwd, timeout } = options.trigger;
      const killAfter = options.killAfter ?? 10_000;
      const intent: Intent = { key: request.key, command, cwd, timeout, killAfter };
      if (await createOnce(folder, 'intent.json', intent)) launch(folder, request, options);
      await showsItself(folder, options.showsWithin ?? 10_000);
      return { ref: request.key, url: null };
    },
    poll: (ref) => stateOf(folderOf(ref)),
    async cancel(ref) {
      const folder = folderOf(ref);
      const pid = (await readJson(folder, 'pid.json')) as Pid | null;
      const isOver = (await readJson(folder, 'result.json')) !== null;
      if (pid !== null && !isOver && isAlive(pid)) process.kill(pid.pid, 'SIGTERM');
    },
  };
}

function launch(folder: string, request: TrainingRequest, options: CommandOptions): void {
  const named = pick(options, options.trigger.env);
  const env = { ...pick(options, USUAL_NAMES), ...named };
  const secrets = [...Object.values(named), ...(request.callbackKey ? [request.callbackKey] : [])];
  const orders: Orders = { request, env, secrets };
  // From source the supervisor is TypeScript, which plain node does not read.
  const loader = isBuilt ? [] : ['--import', import.meta.resolve('tsx')];
  const child = spawn(process.execPath, [...loader, supervisorPath, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: pick(options, USUAL_NAMES),
  });
  child.on('error', () => undefined); // it does not show itself: that is what the caller sees
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${JSON.stringify(orders)}\n`);
  child.unref();
}

function pick(options: CommandOptions, names: readonly string[]): Record<string, string> {
  const found = names.flatMap((name): [string, string][] => {
    const value = options.environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** Waits for the process of a run, its own or an adopted one. */
async function showsItself(folder: string, within: Duration): Promise<void> {
  const until = performance.now() + within;
  while (performance.now() < until) {
    if ((await readJson(folder, 'pid.json')) !== null) return;
    await sleep(20);
  }
  const reason = `a start was intended on ${hostname()}, but no process shows itself in ${folder}`;
  throw new TrainerError('uncertain', reason);
}

async function stateOf(folder: string): Promise<TrainingState> {
  const before = await ended(folder);
  if (before !== null) return before;
  const pid = (await readJson(folder, 'pid.json')) as Pid | null;
  if (pid === null) {
    return { state: 'lost', reason: `no process is known in ${folder} on ${hostname()}` };
  }
  if (isAlive(pid)) return { state: 'running', progress: null };
  // It may have written its end between the two looks.
  const after = await ended(folder);
  const reason = `its process on ${hostname()} is gone and left no result in ${folder}`;
  return after ?? { state: 'lost', reason };
}

async function ended(folder: string): Promise<TrainingState | null> {
  const end = (await readJson(folder, 'result.json')) as Ended | null;
  if (end === null) return null;
  const see = `see stderr.log in ${folder} on ${hostname()}`;
  if (end.stopped !== null) return { state: 'failed', reason: `${STOPPED[end.stopped]}; ${see}` };
  if (end.signal !== null) return { state: 'failed', reason: `ended by ${end.signal}; ${see}` };
  if (end.exit !== 0) return { state: 'failed', reason: `exit code ${end.exit ?? '?'}; ${see}` };
  return endOf(end.lastLine);
}

const STOPPED: Readonly<Record<NonNullable<Ended['stopped']>, string>> = {
  timeout: 'it took longer than its timeout and was stopped',
  cancelled: 'it was cancelled',
  'no request': 'its starter died before it had handed the request over; nothing has run',
  'not started': 'the command could not be started',
};
