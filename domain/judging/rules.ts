import type { Check } from '../check.js';
import type { Category } from '../finding.js';
import type { Limits } from '../limits.js';
import type { Reading } from '../score.js';

/** How the scores of one key are judged. */
export interface Rules {
  category: Category;
  worse: Check['worse'];
  over: Check['over'];
  limits: Limits;
  /** Too few rows in the reference count as too few rows. */
  needsReference: boolean;
  /** false: shown, not judged. */
  judged: boolean;
  running: number | null;
  source: string | null;
  /** Share of importance of the target, 0 to 1; null = unknown. */
  importance: number | null;
  discoveryRate: number | null;
  significant(reading: Reading, level: 'warn' | 'alert'): boolean;
  urgent(reading: Reading): boolean;
  /** Absent: the limits are all that is asked. */
  also?(reading: Reading): string | null;
  /** Absent: nothing is said for information. */
  small?(reading: Reading): boolean;
  say(reading: Reading, target: string): string;
  /** Which test stands beside the limits, and why that one; absent: nothing is said of it. */
  test?(reading: Reading): string;
  /** Of the model's windows, in which instants are told. */
  timezone: string;
}
