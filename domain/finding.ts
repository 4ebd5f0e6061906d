import type { Limits } from './limits.js';
import type { Score } from './score.js';

/** The only scale there is. */
export type Verdict = 'ok' | 'warn' | 'alert' | 'unknown';

/** Who has to act; in the order in which lists show them. */
export const categories = [
  'data-quality',
  'drift',
  'performance',
  'staleness',
  'feedback-loop',
  'system',
  'kpi',
  'check-health',
  'notify-health',
] as const;
export type Category = (typeof categories)[number];

/** A score judged against its limits. It belongs to one window and has no memory. */
export interface Finding extends Score {
  category: Category;
  verdict: Verdict;
  /** Which rule fired, in the house's words: `psi >= 0.25`, `column missing`, `no limits`. */
  rule: string;
  /** Windows of the last three that must be bad before the alert fires: 2 for a plain warn. */
  patience: 1 | 2;
  /** `for: n` of the monitor: n windows running instead; null = patience. */
  running: number | null;
  limits: Limits;
  /** One sentence with numbers; may hold category values, so it never enters Temporal. */
  sentence: string;
  /**
   * Of what is bad: which test stood beside the limit, and why that one. Absent: nothing fired, or
   * it was written before this was said.
   */
  test?: string;
  /** Upstream source of the target, when the monitor names it. */
  source: string | null;
  /** Hash of what was judged. */
  inputs: string;
}

/** The rule of a score that is computed for people where the monitor does not list its check. */
export const SHOWN = 'shown, not judged';
/** The rule of a score whose limits the monitor took away. */
export const NO_LIMITS = 'no limits';

/** False for a score that is shown and nobody judges: its verdict says nothing, not even ok. */
export function isJudged({ rule }: Pick<Finding, 'rule'>): boolean {
  return rule !== SHOWN && rule !== NO_LIMITS;
}

/** The only part of a finding that enters Temporal. */
export interface Mark {
  /** How many times over its limit, finite; absent: over none, or in an older one. */
  excess?: number;
  check: string;
  target: string;
  /** Hash of the slice; '' = all rows. */
  slice: string;
  category: Category;
  verdict: Verdict;
  patience: 1 | 2;
  running: number | null;
  source: string | null;
}
