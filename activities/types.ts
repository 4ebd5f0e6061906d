import type { Due, Outcome } from '../domain/due.js';
import type { Decision } from '../domain/entity.js';
import type { Instant } from '../domain/window.js';

/** What became of one window; `note`: what a second look for late rows found. */
export interface Became {
  outcome: Outcome;
  note?: string;
}

/** The verbs of `evaluate/<model>` and `backfill/<model>`. */
export interface EvaluateActivities {
  /**
   * The windows that are due now, in the order to evaluate them, without those that end in `except`
   * (given up in this pass), at most 200 at a time; empty: none, or the monitor is gone. Reads
   * only; safe to repeat.
   */
  planDue(input: { model: string; except: readonly Instant[] }): Promise<readonly Due[]>;
  /**
   * A due window as it is known once the markers of its files are there, or the wait for them is
   * over; null: it has to be planned again. Throws `Waiting`, to be tried again, until then. Writes
   * only for what it waits; safe to repeat.
   */
  awaitReady(input: { model: string; due: Due }): Promise<Due | null>;
  /**
   * Evaluates one window and commits it. Heartbeats. A repeat finds the commit and gives its
   * outcome. `quiet`: for a backfill. Of a window that is read again for late rows `note` says what
   * was found; too few of them commit nothing, and the outcome is the one that stands. Throws
   * `BadConfig` (final) when the lake does not hold the monitor of the due window, or what it holds
   * is none.
   */
  evaluateWindow(input: { model: string; due: Due; quiet: boolean }): Promise<Became>;
  /**
   * Commits unknown (not_evaluated) for a window that cannot be evaluated; one that has a commit
   * already gets no other, `committed` is false then. A repeat gives the same answer.
   */
  writeOff(input: { model: string; due: Due; reason: string }): Promise<{ committed: boolean }>;
  /** Messages to the entities, built from the commit; a repeat is dropped by them. */
  tell(input: { model: string; windowEnd: Instant; revision: number }): Promise<void>;
  /**
   * Moves the model's watermarks and keeps the note on late rows; a repeat, or an older window,
   * moves nothing.
   */
  advance(input: { model: string; due: Due; outcome: Outcome; note?: string }): Promise<void>;
  /**
   * The answer for the newest window, after the pass: stores its evidence, shows it in the head and
   * hands it to the retrain entity. Compacts the model's files once a day. A repeat changes
   * nothing.
   */
  advise(input: { model: string }): Promise<void>;
  /**
   * The next windows in [from, to) that end after `after`, oldest first, at most 100 at a time;
   * empty: no more. Reads only; safe to repeat.
   */
  planBackfill(input: {
    model: string;
    from: Instant;
    to: Instant;
    which: 'missing' | 'all';
    after: Instant | null;
  }): Promise<readonly Due[]>;
  /** Runs the alert reducer over what was evaluated, writes its episodes. Heartbeats. */
  finishBackfill(input: { model: string; from: Instant; to: Instant }): Promise<void>;
}

/** The verbs of the entities; `workflowId` says which one asks. */
export interface EntityActivities {
  /**
   * The reducer with its policy, loaded by fingerprint; reads the newest head when `state` is null.
   * Local, at most 2 s, safe to repeat. One that throws blocks its entity until it is repaired.
   */
  decide(
    workflowId: string,
    state: unknown,
    happened: { event: unknown; at: Instant },
  ): Promise<Decision<unknown, { id: string }, unknown>>;
  /** Performs the writes in order; a repeat writes the same documents. */
  write(workflowId: string, writes: readonly unknown[]): Promise<void>;
  /** One try of one effect, never a repeat of its own; gives the event of its outcome. */
  attempt(workflowId: string, effect: unknown): Promise<{ id: string }>;
}
