import type { Bench } from './bench.js';

/** The benchmarks by name, loaded when they are asked for: what is not loaded takes no memory. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  tick: async () => (await import('./tick.js')).tick,
  loop: async () => (await import('./loop.js')).loop,
  peers: async () => (await import('./peers.js')).peers,
  compare: async () => (await import('./compare.js')).compare,
  memory: async () => (await import('./memory.js')).memory,
  interrupt: async () => (await import('./interrupt.js')).interrupt,
  workers: async () => (await import('./workers.js')).workers,
  apply: async () => (await import('./apply.js')).apply,
  rejudge: async () => (await import('./rejudge.js')).rejudge,
  postgres: async () => (await import('./postgres.js')).postgres,
  merge: async () => (await import('./merge.js')).merge,
};

/** Runs a step in this process: what `inFresh` started. */
export async function runStep(name: string, input: string): Promise<unknown> {
  const [bench = '', step = ''] = name.split('.');
  const found = (await benches[bench]?.())?.steps?.[step];
  if (found === undefined) throw new Error(`there is no step "${name}"`);
  return found(JSON.parse(input) as never);
}
