import type { Category } from './finding.js';
import type { Duration, Instant } from './window.js';

export type Action = 'none' | 'fix_data' | 'investigate_loop' | 'consider' | 'retrain' | 'unknown';

/** A finding that an advice rests on, as its check and target. */
export interface FindingRef {
  check: string;
  target: string;
  segment: string | null;
}

/** The answer to "should we retrain?", with its reasons. */
export interface Advice {
  action: Action;
  /** Sentences for people; they may hold category values and stay in the lake. */
  reasons: readonly { text: string; findings: readonly FindingRef[] }[];
  /** What keeps a retraining from starting, in words. */
  blockers: readonly string[];
  window: Instant;
  /** What waiting costs; absent: the monitor says no costs, or it is not known. */
  cost?: WaitingCost;
  /** What to train on; absent: nothing asks for it, or nothing is known of it. */
  trainOn?: TrainOn;
}

/** What to train on, as far as the evidence knows. It holds names of columns, no value of a row. */
export interface TrainOn {
  /** When what was accepted as a fix began; null: nothing says where to begin. */
  from: Instant | null;
  /** End of the newest mature window; `from` where none is later: there is nothing yet. */
  until: Instant;
  /** Times within [from, until), in their order, each `[from, to)`; then rows, by what they are. */
  exclude: readonly ({ what: string; from: Instant; to: Instant } | { rows: 'acted on' })[];
  /** `ipw`: rows held out weigh one over their chance to be; null: all weigh the same. */
  weights: 'ipw' | null;
  /**
   * Labelled rows, and positives among them, of the ten newest mature windows, as far as these are
   * to be trained on, with rows acted on; rows null: there is no metric that counts them.
   */
  rows: number | null;
  positives: number | null;
  /** All of it in words: `Train on: …` */
  sentence: string;
}

/** What waiting costs beside a retraining, in the currency of the monitor's `retraining.cost`. */
export interface WaitingCost {
  rule: 'expected' | 'cumulative';
  /** `expected`: over the horizon; `cumulative`: so far, in the windows that are known. */
  waiting: number;
  retraining: number;
  /** Share of 500 draws in which waiting costs more, 0 to 1; null: `cumulative`. */
  share: number | null;
  /** The time ahead that is looked at; null: `cumulative`. */
  horizon: Duration | null;
  /** Share of that which a retraining is taken to bring back, 0 to 1. */
  recovers: number;
  /** What mistakes cost a row beyond the reference, with its standard error. */
  excess: number;
  excessStandardError: number;
  /** By how much that grows each day; 0 where no growth is sure. */
  growth: number;
  growthStandardError: number;
  /** Rows a day, as measured. */
  rowsPerDay: number;
  /** Mature windows that this rests on, and the end of the newest. */
  windows: number;
  until: Instant;
  /** √(2 · retraining / what a day's growth costs): how often retraining pays; null: no growth. */
  interval: Duration | null;
}

/** The part of an advice that enters Temporal: no value of a row. */
export interface AdviceMark {
  action: Action;
  /** Names only, in words for people: `income drifted`, `MAE`. */
  drivers: readonly string[];
  blockers: readonly string[];
  categories: readonly Category[];
  windowEnd: Instant;
  revision: number;
  /** Fingerprint of the evidence document in the lake. */
  evidence: string;
}
