import { setImmediate as nextTurn } from 'node:timers/promises';
import { evaluateInSteps, type ToEvaluate } from '../checks/evaluate.js';
import type { Finding } from '../domain/finding.js';

/** How long others wait at most, if no step takes longer. */
const TURN_MS = 8;

/** Runs steps to their end; in between heartbeats, timers and signals have their turn. */
export async function inTurns<T>(steps: Iterator<void, T, void>): Promise<T> {
  let from = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - from < TURN_MS) continue;
    await nextTurn();
    from = performance.now();
  }
}

/** `evaluateChecks`, in turns: a window of many columns takes a while. */
export function evaluateInTurns(input: ToEvaluate): Promise<Finding[]> {
  return inTurns(evaluateInSteps(input));
}
