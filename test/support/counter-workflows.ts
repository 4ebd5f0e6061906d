import { runEntity } from '../../workflows/entity.js';
import type { Carried } from '../../workflows/messages.js';
import { refuseCounter } from './counter.js';
import type { CounterEffect, CounterEvent, CounterState } from './counter.js';

export { backfill } from '../../workflows/backfill.js';
export { evaluate } from '../../workflows/evaluate.js';

/** The loop of the entities over the counter. */
export async function counter(
  carried: Carried<CounterState, CounterEvent, CounterEffect>,
): Promise<CounterState | null> {
  return runEntity(carried, refuseCounter);
}
