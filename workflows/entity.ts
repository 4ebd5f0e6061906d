import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { EntityActivities } from '../activities/types.js';
import type { Answer, Decision } from '../domain/entity.js';
import type { Instant } from '../domain/window.js';
import { answer, begin, carry, isFull, receive } from './inbox.js';
import type { Run } from './inbox.js';
import { lane } from './lane.js';
import type { Effect } from './lane.js';
import { idle, look, rejections, submit, tell } from './messages.js';
import type { Carried, EntityEvent } from './messages.js';

/** Why an event would be refused, null when it may come in; pure and synchronous. */
export type Refuse<S, E> = (state: S | null, event: E, at: Instant) => string | null;

const { decide } = proxyLocalActivities<EntityActivities>({
  startToCloseTimeout: '2s',
  retry: { initialInterval: '200ms', maximumAttempts: 3 },
});
const { write } = proxyActivities<EntityActivities>({
  taskQueue: 'io',
  startToCloseTimeout: '5s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/**
 * The loop under `alert` and `retrain`: an event or the deadline → decide → write, attempt → again.
 * No rule in here. Gives the last state when the reducer says that the entity is done.
 */
export async function runEntity<S, E extends EntityEvent, F extends Effect | object>(
  carried: Carried<S, E, F>,
  refuse: Refuse<S, E>,
): Promise<S | null> {
  const run = begin(carried);
  const isSettled = () => run.inFlight === 0 && allHandlersFinished();
  const isStirred = () => run.inbox.length > 0 || (isSettled() && (run.done || run.full));
  listen(run, refuse);
  for (;;) {
    startWaiting(run);
    if (!isStirred()) await stirred(isStirred, run.wakeAt);
    if (isSettled() && run.full) {
      await makeContinueAsNewFunc<(next: Carried<S, E, F>) => Promise<unknown>>()(
        carry(run, carried.decisionLimit),
      );
    }
    if (isSettled() && run.done && run.inbox.length === 0) return run.state;
    const at = Date.now();
    const event = run.inbox[0]?.event ?? null;
    if (event === null && (run.wakeAt === null || at < run.wakeAt)) continue;
    const decision = await decideOne(run, event, at);
    run.waiting.push(...decision.attempts);
    startWaiting(run); // before the writes: a slow lake does not delay a notice
    await writeAll(run.workflowId, decision.writes);
    answer(run, decision);
    run.decided++;
    run.full = isFull(run, carried.decisionLimit);
  }
}

function listen<S, E extends EntityEvent, F>(run: Run<S, E, F>, refuse: Refuse<S, E>): void {
  setHandler(look, () => run.state);
  setHandler(idle, () => run.inbox.length === 0);
  setHandler(tell, (event) => {
    receive(run, event as E);
  });
  const validator = (event: EntityEvent) => {
    if (run.full && run.inFlight === 0) {
      throw ApplicationFailure.create({ type: rejections.moving, message: 'ask again' });
    }
    const message = refuse(run.state, event as E, Date.now());
    if (message !== null) throw ApplicationFailure.create({ type: rejections.refused, message });
  };
  setHandler(
    submit,
    async (event) => {
      const entry = receive(run, event as E);
      await condition(() => entry.answer !== undefined);
      return entry.answer as Answer;
    },
    { validator },
  );
}

function startWaiting<S, E extends EntityEvent, F extends Effect | object>(
  run: Run<S, E, F>,
): void {
  if (run.full) return; // they start in the next run
  for (const { effect, ifLost } of run.waiting.splice(0)) {
    run.inFlight++;
    const { attempt } = proxyActivities<EntityActivities>(lane(effect as Effect));
    void (attempt(run.workflowId, effect) as Promise<E>)
      .catch(() => ifLost)
      .then((event) => {
        run.inFlight--;
        receive(run, event);
      });
  }
}

async function stirred(isStirred: () => boolean, wakeAt: Instant | null): Promise<void> {
  if (wakeAt === null) await condition(isStirred);
  else if (wakeAt > Date.now()) await condition(isStirred, wakeAt - Date.now());
}

async function decideOne<S, E, F>(
  run: Run<S, E, F>,
  event: E | null,
  at: Instant,
): Promise<Decision<S, E, F>> {
  const decision = (await decide(run.workflowId, run.state, { event, at }).catch(
    block,
  )) as Decision<S, E, F>;
  run.state = decision.state;
  run.done = decision.done;
  // A deadline that is past or now would spin.
  run.wakeAt = decision.wakeAt === null ? null : Math.max(decision.wakeAt, at + 1_000);
  return decision;
}

/** Until they are written: also an error that calls itself final may be repaired. */
async function writeAll(workflowId: string, writes: readonly unknown[]): Promise<void> {
  for (;;) {
    try {
      await write(workflowId, writes);
      return;
    } catch (error) {
      if (isCancellation(error)) throw error;
      await sleep('5s', { summary: 'a write was refused for good; it is tried all the same' });
    }
  }
}

/** A plain error fails the task, which is tried again; a TemporalFailure would end the entity. */
function block(error: unknown): never {
  if (isCancellation(error)) throw error;
  throw new Error(`blocked: ${error instanceof Error ? error.message : String(error)}`);
}
