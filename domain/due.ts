import type { Verdict } from './finding.js';
import type { Duration, Instant, Window } from './window.js';

/** One window that is to be evaluated, with the revision that its result will have. */
export interface Due {
  window: Window;
  /** Given by whoever plans, never "the next free number". */
  revision: number;
  /**
   * `first`: it has no commit · `again`: it was not evaluated · `mature`: its labels matured, so
   * only what depends on labels is judged anew · `late`: its source is looked at for late rows.
   */
  kind: 'first' | 'again' | 'mature' | 'late';
  /** The instant judged for. */
  at: Instant;
  /** What was known then. */
  knownAt: Instant;
  /** Fingerprint of the published monitor that it is judged by. */
  monitor: string;
  /** Markers of its files are waited for until then; absent: nothing is waited for. */
  waitUntil?: Instant;
  /** `late`: how long after it fell due; one of `predictions.late.reread`. */
  reread?: Duration;
}

/** What became of a due window: the verdict of its commit, or that it could not be evaluated. */
export type Outcome = Verdict | 'not_evaluated';

/** Names a due window in logs and summaries: `2026-11-22T00:00:00.000Z/2`. */
export function dueName(due: Pick<Due, 'window' | 'revision'>): string {
  return `${new Date(due.window.end).toISOString()}/${due.revision}`;
}
