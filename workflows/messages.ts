import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Answer } from '../domain/entity.js';
import type { Category } from '../domain/finding.js';
import type { Instant } from '../domain/window.js';

/** What every event of an entity has; the reducers know the rest. */
export interface EntityEvent {
  /** Unique within the entity: a repeat is answered from the state. */
  id: string;
}

/** Hands an entity an event that needs no answer, in the order of sending. */
export const tell = defineSignal<[event: EntityEvent]>('tell');

/**
 * Hands an entity an event and waits until it is decided and its head is written. Rejected without
 * a trace in the history as `Refused` (the message says why) or `Moving`: ask again in 100 ms.
 */
export const submit = defineUpdate<Answer, [event: EntityEvent]>('submit');

/** The entity's state; null before its first decision. */
export const look = defineQuery<unknown>('look');

/** Whether an entity has decided all that has reached it, and written what followed. */
export const idle = defineQuery<boolean>('idle');

/** How far an evaluation or a backfill is. */
export const progress = defineQuery<Progress>('progress');

export interface Progress {
  /** Windows with a commit of this pass. */
  evaluated: number;
  /** Windows that were given up in this pass. */
  failed: number;
  /** End of the newest window that was begun, null before the first. */
  newest: Instant | null;
}

/** Types of `ApplicationFailure` that the update's validator gives. */
export const rejections = { refused: 'Refused', moving: 'Moving' } as const;

/** Workflow types by name, for Schedules and starts. */
export const workflowTypes = {
  evaluate: 'evaluate',
  backfill: 'backfill',
  alert: 'alert',
  retrain: 'retrain',
} as const;

/** Names of the search attributes, set at a start; app/search-attributes.ts registers them. */
export const attributes = { model: 'ModelId' } as const;

/** A Schedule appends the nominal time to it. */
export const evaluateId = (model: string): string => `evaluate/${model}`;
export const backfillId = (model: string): string => `backfill/${model}`;
export const alertId = (model: string, category: Category): string => `alert/${model}/${category}`;
export const retrainId = (model: string): string => `retrain/${model}`;

/** The argument of `evaluate`: a start names the model, the rest is carried to the next run. */
export interface EvaluateInput {
  model: string;
  carried?: Progress & {
    /** Ends of windows given up in this pass: the next bell tries them again. */
    except: readonly Instant[];
  };
}

/** The argument of `backfill`: windows that lie in [from, to). */
export interface BackfillInput {
  model: string;
  from: Instant;
  to: Instant;
  /** `missing`: without a commit or not evaluated · `all`: each as its next revision. */
  which: 'missing' | 'all';
  /**
   * Windows at a time. One (the default) evaluates them in order, each seeing all before it; two
   * are faster, and a check that looks at earlier windows may miss the one beside it.
   */
  inFlight?: 1 | 2;
  carried?: Progress & {
    /** Windows that end at or before it are done. */
    after: Instant;
  };
}

/** What an entity takes into its next run; `startOf` makes the first one. */
export interface Carried<S = unknown, E = EntityEvent, F = unknown> {
  /** null: the reducer reads the head. */
  state: S | null;
  wakeAt: Instant | null;
  done: boolean;
  inbox: readonly E[];
  attempts: readonly { effect: F; ifLost: E }[];
  /** Decisions in one run before it continues as new. */
  decisionLimit: number;
}

/** The argument of a new entity; 400 decisions are about 4,200 events of history. */
export function startOf(decisionLimit = 400): Carried<never, never, never> {
  return { state: null, wakeAt: null, done: false, inbox: [], attempts: [], decisionLimit };
}
