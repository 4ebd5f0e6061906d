import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Duration } from '../domain/window.js';

/** Written before anything runs: whoever comes after a crash knows that there may be a process. */
export interface Intent {
  key: string;
  command: readonly string[];
  cwd: string | null;
  timeout: Duration;
  /** Between SIGTERM and SIGKILL. */
  killAfter: Duration;
}

/** The process that looks after the job, told apart from a later one with the same number. */
export interface Pid {
  pid: number;
  /** Clock ticks since boot at its start; null where the system does not say. */
  started: string | null;
}

/** How the job ended, as its supervisor saw it. */
export interface Ended {
  exit: number | null;
  signal: string | null;
  /** It was stopped: by its time limit, by `cancel`, or because its request never arrived. */
  stopped: 'timeout' | 'cancelled' | 'no request' | 'not started' | null;
  /** Last line of its standard output, redacted; '' = none. */
  lastLine: string;
}

/** Creates a file that must not exist; false: somebody else did. */
export async function createOnce(folder: string, name: string, value: unknown): Promise<boolean> {
  try {
    const file = await open(join(folder, name), 'wx');
    await file.writeFile(JSON.stringify(value));
    await file.sync();
    await file.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Writes a file that is there whole or not at all. */
export async function replace(folder: string, name: string, value: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.new`, value);
  await rename(`${path}.new`, path);
}

/** The document; null: it is not there, or not whole yet. */
export async function readJson(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** This process as others can find it again. */
export function thisProcess(): Pid {
  return { pid: process.pid, started: startOf(process.pid) };
}

/** The process lives and is the one that was written down, not a later one with its number. */
export function isAlive(written: Pid): boolean {
  try {
    process.kill(written.pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return written.started === null || startOf(written.pid) === written.started;
}

/** Field 22 of /proc/<pid>/stat; null for a zombie, a stranger, and where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces: count from its end.
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}
