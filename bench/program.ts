import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Spent } from './spend.js';

/** A program that ran to its end, as it says itself: its CPU does not hold its last breath. */
export interface Run extends Spent {
  /** Largest resident memory in MB. */
  peakMb: number;
  code: number;
  out: string;
}

/** A program: its file, its arguments, and variables beside those of this process. */
export interface Program {
  file: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

const root = path.resolve(import.meta.dirname, '..');
/** The folder of the Python programs; `spent` in it is the meter of Python. */
export const peersFolder = path.join(import.meta.dirname, 'peers');

/** Says at the end of a Node program what it took; a module without a file of its own. */
const meter = `
import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let peak = maxRSS;
  try { peak = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
  const spent = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: peak / 1024 };
  writeFileSync(process.env.BENCH_SPENT, JSON.stringify(spent));
});`;

/** The command line as it is installed, with a meter. Error when it was not built. */
export function aftercare(args: readonly string[], env: Record<string, string> = {}): Program {
  const main = path.join(root, 'dist', 'cli', 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is not there; run "npm run build" first.`);
  const metered = ['--import', `data:text/javascript,${encodeURIComponent(meter)}`];
  return { file: process.execPath, args: [...metered, main, ...args], env };
}

/** A Python program of a virtual environment that imports `spent` first. */
export function python(venv: string, args: readonly string[]): Program {
  const file = path.join(venv, 'bin', 'python');
  if (!existsSync(file)) throw new Error(`--venv ${venv}: ${file} is not there.`);
  return { file, args, env: { PYTHONPATH: peersFolder } };
}

/** Starts a metered program; what it prints to stderr is shown when it fails. */
export function startProgram(program: Program, spentFile: string) {
  const env = { ...process.env, ...program.env, BENCH_SPENT: spentFile };
  const from = performance.now();
  const child = spawn(program.file, program.args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close').then(async ([code]): Promise<Run> => {
    const wallSeconds = (performance.now() - from) / 1e3;
    const spent = await readFile(spentFile, 'utf8').catch(() => null);
    if (spent === null) throw new Error(`${program.file} said nothing of its cost: ${said.err}`);
    await rm(spentFile);
    const { cpuSeconds, peakMb } = JSON.parse(spent) as Pick<Run, 'cpuSeconds' | 'peakMb'>;
    return { cpuSeconds, peakMb, wallSeconds, code: Number(code), out: said.out };
  });
  return { child, said, ended };
}

/** Runs a program to its end. Error when it ends with a code beyond `most`. */
export async function runProgram(
  program: Program,
  { folder, most = 0 }: { folder: string; most?: number },
): Promise<Run> {
  const { ended, said } = startProgram(program, path.join(folder, 'spent.json'));
  const run = await ended;
  if (run.code <= most) return run;
  throw new Error(`${program.args.at(-1) ?? ''} ended with ${run.code}: ${said.err.slice(-2_000)}`);
}
