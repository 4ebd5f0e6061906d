import type { Action } from './advice.js';
import type { Verdict } from './finding.js';
import type { Instant } from './window.js';

export type Task = 'binary' | 'regression' | 'multiclass' | 'ranking' | 'none';

/** The active reference of a model: pinned by fingerprint. */
export interface ReferencePin {
  fingerprint: string;
  /** The model version that it belongs to, null when nobody said. */
  version: string | null;
  since: Instant;
}

/** One window's result in a line, for the strip of the last 30. */
export interface WindowLine {
  end: Instant;
  revision: number;
  verdict: Verdict;
  counts: Record<Verdict, number>;
  rows: number;
}

/** The small present state of a model that lists read: `head/<model>`. */
export interface ModelHead {
  model: string;
  monitor: string;
  /** End of the newest window that was evaluated or written off. */
  watermark: Instant;
  /** End of the newest window that was judged with mature labels; null: none yet. */
  matureWatermark: Instant | null;
  /** Windows before the watermark that failed and may be tried again: their ends. */
  failed: readonly Instant[];
  windows: readonly WindowLine[];
  advice: { action: Action; reason: string; window: Instant } | null;
  reference: ReferencePin | null;
  lastRunAt: Instant | null;
  pausedUntil: Instant | null;
  notEvaluated: number;
}
