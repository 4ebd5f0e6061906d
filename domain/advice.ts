import type { Category } from './finding.js';
import type { Instant } from './window.js';

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
