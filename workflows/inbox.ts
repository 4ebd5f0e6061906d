import { workflowInfo } from '@temporalio/workflow';
import type { Answer, Decision } from '../domain/entity.js';
import type { Instant } from '../domain/window.js';
import type { Carried, EntityEvent } from './messages.js';

/** What one run may hand to the next: the server takes 2 MB. What is above it is decided first. */
const CARRY_BYTES = 500_000;

/** One event that waits for its decision; whoever submitted it waits for the answer. */
export interface Entry<E> {
  event: E;
  answer?: Answer | undefined;
}

/** The inbox and the attempts of one run: handlers put events in, only the loop takes them out. */
export interface Run<S, E, F> {
  workflowId: string;
  state: S | null;
  wakeAt: Instant | null;
  done: boolean;
  inbox: Entry<E>[];
  /** Decided before they arrived: only in a replay, which can bring the inbox in another order. */
  early: Map<string, Answer>;
  waiting: { effect: F; ifLost: E }[];
  inFlight: number;
  decided: number;
  /** Set by decisions only: the task of a rejected update is not replayed. */
  full: boolean;
}

/** The run that goes on from what was carried. */
export function begin<S, E, F>(carried: Carried<S, E, F>): Run<S, E, F> {
  return {
    workflowId: workflowInfo().workflowId,
    state: carried.state,
    wakeAt: carried.wakeAt,
    done: carried.done,
    inbox: carried.inbox.map((event) => ({ event })),
    early: new Map(),
    waiting: [...carried.attempts],
    inFlight: 0,
    decided: 0,
    full: false,
  };
}

/** What the next run begins with. */
export function carry<S, E, F>(run: Run<S, E, F>, decisionLimit: number): Carried<S, E, F> {
  const { state, wakeAt, done, waiting: attempts } = run;
  const inbox = run.inbox.map(({ event }) => event);
  return { state, wakeAt, done, inbox, attempts, decisionLimit };
}

/** A run is full when it is long enough and what it would hand on is small enough. */
export function isFull<S, E, F>(run: Run<S, E, F>, decisionLimit: number): boolean {
  if (!workflowInfo().continueAsNewSuggested && run.decided < decisionLimit) return false;
  if (run.inbox.length + run.waiting.length === 0) return true; // no smaller than this
  return JSON.stringify(carry(run, decisionLimit)).length <= CARRY_BYTES;
}

/** Puts an event into the inbox. */
export function receive<S, E extends EntityEvent, F>(run: Run<S, E, F>, event: E): Entry<E> {
  const entry: Entry<E> = { event, answer: run.early.get(event.id) };
  if (!run.early.delete(event.id)) run.inbox.push(entry);
  return entry;
}

/**
 * Takes a decided event out of the inbox. The decision names it, for the inbox may stand in another
 * order in a replay.
 */
export function answer<S, E extends EntityEvent, F>(
  run: Run<S, E, F>,
  of: Decision<S, E, F>,
): void {
  const { eventId } = of;
  if (eventId === null) return;
  const index = run.inbox.findIndex((entry) => entry.event.id === eventId);
  if (index < 0) run.early.set(eventId, of.answer);
  else for (const entry of run.inbox.splice(index, 1)) entry.answer = of.answer;
}
