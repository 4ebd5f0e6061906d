import type { AdviceMark } from './advice.js';
import type { Verdict } from './finding.js';
import type { Duration, Instant } from './window.js';

export type Task = 'binary' | 'regression' | 'multiclass' | 'ranking' | 'none';

/** The active reference of a model: pinned by fingerprint. */
export interface ReferencePin {
  fingerprint: string;
  /** Hash of the monitor's words it was pinned under: other words pin anew. */
  spec: string;
  /** The model version that it belongs to, null when nobody said. */
  version: string | null;
  trainedUntil: Instant | null;
  since: Instant;
}

/** One window's result in a line, for the strip of the last 30. */
export interface WindowLine {
  end: Instant;
  revision: number;
  verdict: Verdict;
  counts: Record<Verdict, number>;
  rows: number;
  /** What to know of the files that were read; absent: nothing. */
  notes?: readonly string[];
}

/** The small present state of a model that lists read: `head/<model>`. */
export interface ModelHead {
  model: string;
  monitor: string;
  /** Windows that end after this instant are watched: set by the first `apply`. */
  since: Instant;
  /** When it was first applied: windows up to then are evaluated whatever `catchup` says. */
  appliedAt: Instant;
  /** End of the newest window that was evaluated or written off. */
  watermark: Instant;
  /** End of the newest window that was judged with mature labels; null: none yet. */
  matureWatermark: Instant | null;
  /** Windows that failed and may be tried again at the next bell. */
  failed: readonly FailedWindow[];
  windows: readonly WindowLine[];
  /** The newest advice and its first reason in words. */
  advice: { mark: AdviceMark; reason: string } | null;
  reference: ReferencePin | null;
  lastRunAt: Instant | null;
  /** null: not paused by a person; `until` null: until somebody resumes it. */
  paused: { by: string; reason: string; until: Instant | null; at: Instant } | null;
  /** Windows written off so far. */
  notEvaluated: number;
  /** The Schedule as it was last written, in words; '' before it is there. */
  rings: string;
  /** `apply --prune` took its Schedule away. */
  retiredAt: Instant | null;
  /** The window whose markers were last waited for; null or absent: none waits. */
  waiting?: Waiting | null;
  /** Of each length of `predictions.late.reread`, the newest window that was read again. */
  reread?: readonly Reread[];
}

/** A window that is not evaluated before a marker is there, or the wait is over. */
export interface Waiting {
  end: Instant;
  /** Path of the first marker that is not there. */
  marker: string;
  until: Instant;
}

/** What a second look at a window's source came to. */
export interface Reread {
  /** So long after the window fell due. */
  after: Duration;
  end: Instant;
  /** In words; null: its files were as before. */
  note: string | null;
}

/** The window that waits now; null: none does. */
export function waitingOf(
  { waiting, watermark }: Pick<ModelHead, 'waiting' | 'watermark'>,
  now: Instant,
): Waiting | null {
  return waiting != null && waiting.end > watermark && now < waiting.until ? waiting : null;
}

/** The head of a model when it is applied first: nothing is evaluated up to `since`. */
export function firstHead(from: {
  id: string;
  hash: string;
  since: Instant;
  now: Instant;
}): ModelHead {
  return {
    model: from.id,
    monitor: from.hash,
    since: from.since,
    appliedAt: from.now,
    watermark: from.since,
    matureWatermark: null,
    failed: [],
    windows: [],
    advice: null,
    reference: null,
    lastRunAt: null,
    paused: null,
    notEvaluated: 0,
    rings: '',
    retiredAt: null,
  };
}

/** A window whose evaluation failed, and the bell (start of the pass) that tried it last. */
export interface FailedWindow {
  end: Instant;
  bell: Instant;
}
