import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Bench } from './bench.js';

/** The benchmarks by name, loaded when they are asked for: what is not loaded takes no memory. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  tick: async () => (await import('./tick.js')).tick,
  peers: async () => (await import('./peers.js')).peers,
  compare: async () => (await import('./compare.js')).compare,
  memory: async () => (await import('./memory.js')).memory,
  interrupt: async () => (await import('./interrupt.js')).interrupt,
  workers: async () => (await import('./workers.js')).workers,
  rejudge: async () => (await import('./rejudge.js')).rejudge,
  merge: async () => (await import('./merge.js')).merge,
};

/**
 * Runs `<bench>.<step>` in a fresh process and gives what it returned. Input and result go through
 * JSON; what the step prints goes to stderr.
 */
export async function inFresh<T>(name: string, input: unknown): Promise<T> {
  const script = path.join(import.meta.dirname, 'main.ts');
  const argv = [...process.execArgv, script, 'step', name, JSON.stringify(input)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code ?? 'a signal'}`);
  // The caller knows what the step returns.
  return JSON.parse(said) as T;
}

/** Runs a step in this process: what `inFresh` started. */
export async function runStep(name: string, input: string): Promise<unknown> {
  const [bench = '', step = ''] = name.split('.');
  const found = (await benches[bench]?.())?.steps?.[step];
  if (found === undefined) throw new Error(`there is no step "${name}"`);
  return found(JSON.parse(input) as never);
}
