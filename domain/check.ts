import type { Category } from './finding.js';
import type { Limits } from './limits.js';
import type { Evidence, Reading } from './score.js';

export type Need = 'columns' | 'reference' | 'outcomes' | 'labels' | 'rows' | 'training';

/**
 * A question with a number for an answer: a declaration and a pure function of its evidence.
 * `P` are its own parameters, beside the limits.
 */
export interface Check<P extends object = object> {
  name: string;
  question: string;
  /** Unit and range of the value, as `unitless, >= 0`. */
  unit: string;
  category: Category;
  /** What to do when it fires. */
  action: string;
  over: 'feature' | 'score' | 'label' | 'model';
  needs: readonly Need[];
  worse: 'higher' | 'lower' | 'either';
  kind: 'statistical' | 'structural' | 'associational' | 'causal';
  defaults: P & Limits;
  measure(evidence: Evidence, target: string, params: P & Limits): Reading;
  /** What the reading says, in one sentence with numbers, without the verdict. */
  say(reading: Reading, target: string): string;
}
