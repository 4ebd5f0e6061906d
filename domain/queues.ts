/**
 * The task queues. `wf`: the loops and their reducers · `io`: short calls · `cpu`: evaluations, a
 * slot or two · `backfill`: evaluations of old windows, one slot, so that they never starve the
 * live ones · `train`: jobs of the command trainer, one queue for each host.
 */
export const queues = ['wf', 'io', 'cpu', 'backfill', 'train'] as const;
export type Queue = (typeof queues)[number];

/** The queue of one host's training jobs: a retry finds its own process there. */
export function trainQueue(host: string): string {
  return `train@${host}`;
}
