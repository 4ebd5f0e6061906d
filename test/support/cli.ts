import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { programFor } from '../../cli/program.js';
import { builtProgram } from './built.js';

/** What a command printed and how it ended, without colours. */
export interface CliRun {
  code: number;
  out: string;
  err: string;
}

/** A text with its wrapped lines as one again: those that go on are indented by three. */
export const unwrapped = (text: string): string => text.replaceAll('\n   ', ' ');

export type Env = Readonly<Record<string, string>>;

/** Where a command runs: with these variables of ours and no others, in this folder. */
export interface CliPlace {
  env: Env;
  cwd: string;
}

/** The root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const OURS = /^(AFTERCARE_|TEMPORAL_|NO_COLOR)/;

/** This process's variables, with those of ours replaced by the given ones. */
export function cleanEnv(env: Env): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), NO_COLOR: '1', ...env };
}

/** What `process.exit` is while a command runs in this process. */
class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Runs a command in this process: one at a time, for it borrows the process's own streams. */
export async function runCli(args: readonly string[], place: CliPlace): Promise<CliRun> {
  const { stdout, stderr } = process;
  const before = { env: process.env, cwd: process.cwd(), exit: process.exit.bind(process) };
  const writes = { out: stdout.write.bind(stdout), err: stderr.write.bind(stderr) };
  const said = { out: '', err: '' };
  const hear = (name: 'out' | 'err') =>
    ((text: string) => {
      said[name] += text;
      return true;
    }) as typeof stdout.write;
  process.env = cleanEnv(place.env);
  process.chdir(place.cwd);
  stdout.write = hear('out');
  stderr.write = hear('err');
  process.exit = (code) => {
    throw new Exit(Number(code ?? 0));
  };
  process.exitCode = 0;
  let code: number;
  try {
    await (await programFor(args[0])).parseAsync([...args], { from: 'user' });
    code = typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    ({ code } = error);
  } finally {
    stdout.write = writes.out;
    stderr.write = writes.err;
    process.exit = before.exit;
    process.env = before.env;
    process.chdir(before.cwd);
    process.exitCode = undefined;
  }
  const { out, err } = said;
  return { code, out: stripVTControlCharacters(out), err: stripVTControlCharacters(err) };
}

/** A command as a process of its own. */
export interface CliProcess {
  /** What it printed so far. */
  said: { out: string; err: string };
  /** Its end; rejects only when it cannot be built. */
  ended: Promise<CliRun>;
  /** Asks it to end, as Ctrl-C of a service manager does, and waits. */
  stop(): Promise<CliRun>;
  /** Ends it at once, with -9, and waits. */
  kill(): Promise<CliRun>;
}

/** Starts the command line, as it is in the sources, in a process of its own. */
export function startCli(args: readonly string[], { env, cwd }: CliPlace): CliProcess {
  const said = { out: '', err: '' };
  const start = async (): Promise<ChildProcess> => {
    const main = await builtProgram('cli');
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: cleanEnv(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    return child;
  };
  const started = start();
  const end = async (): Promise<CliRun> => {
    const [code] = (await once(await started, 'close')) as [number | null];
    return {
      code: code ?? -1,
      out: stripVTControlCharacters(said.out),
      err: stripVTControlCharacters(said.err),
    };
  };
  const ended = end();
  const signal = (name: 'SIGTERM' | 'SIGKILL') => async (): Promise<CliRun> => {
    (await started).kill(name);
    return ended;
  };
  return { said, ended, stop: signal('SIGTERM'), kill: signal('SIGKILL') };
}
