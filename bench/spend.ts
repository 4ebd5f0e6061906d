import { readFileSync } from 'node:fs';

/** What a piece of work took. */
export interface Spent {
  cpuSeconds: number;
  wallSeconds: number;
}

/** CPU of the whole process, all of its threads, while the work went on. */
export async function spend(work: () => Promise<unknown>): Promise<Spent> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await work();
  const used = process.cpuUsage(cpu);
  return {
    cpuSeconds: (used.user + used.system) / 1e6,
    wallSeconds: (performance.now() - wall) / 1e3,
  };
}

/** The middle one; of an even number the upper of the two. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The run with the median CPU. */
export function typical(runs: readonly Spent[]): Spent {
  const middle = median(runs.map(({ cpuSeconds }) => cpuSeconds));
  const found = runs.find(({ cpuSeconds }) => cpuSeconds === middle);
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

/**
 * Largest resident memory of this process in MB. Linux counts `maxRSS` from before the program was
 * loaded, so that a child seems as large as its parent; the high-water mark does not.
 */
export function peakMb(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const found = /^VmHWM:\s+(\d+) kB/m.exec(status);
    if (found !== null) return Number(found[1]) / 1024;
  } catch {
    // another system than Linux
  }
  return process.resourceUsage().maxRSS / 1024;
}
