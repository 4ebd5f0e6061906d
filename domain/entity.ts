import type { Instant } from './window.js';

/** What an entity says to whoever handed it an event. */
export type Answer =
  | { ok: true; note: string }
  | { ok: false; code: 'refused' | 'duplicate' | 'conflict' | 'gone' | 'late'; reason: string };

/** It was done. */
export function okay(note: string): Answer {
  return { ok: true, note };
}

/**
 * What a reducer decides about one event, or about the deadline when `eventId` is null. `S` state,
 * `E` events, `F` effects, all plain JSON. The loop of workflows/entity.ts performs it.
 */
export interface Decision<S, E, F> {
  state: S;
  answer: Answer;
  /** When to decide again without an event; null: not before one comes. */
  wakeAt: Instant | null;
  /** The entity may end once its inbox is empty. */
  done: boolean;
  eventId: string | null;
  /** Awaited, in order: audit records, deliveries, then the head. A repeat writes the same. */
  writes: F[];
  /** One try each, not awaited; `ifLost` is the event of an unknown outcome. */
  attempts: { effect: F; ifLost: E }[];
}
