import type { Category } from './finding.js';
import type { Limits } from './limits.js';
import type { Task } from './model.js';
import type { Axis } from './profile.js';
import type { Evidence, Reading } from './score.js';

export type Need =
  | 'columns'
  | 'reference'
  | 'outcomes'
  | 'labels'
  | 'history'
  | 'rows'
  | 'marker'
  | 'series'
  | 'training'
  | 'items'
  | 'groups'
  | 'arms'
  | 'action'
  | 'segments'
  | 'label_source'
  | 'stand_ins';

/**
 * A question with a number for an answer: a declaration and a pure function of its evidence.
 * `P` are its own parameters, beside the limits.
 */
export interface Check<P extends object = object> {
  name: string;
  question: string;
  /** Unit and range of the value, as `unitless, >= 0`. */
  unit: string;
  /**
   * `performance` or `feedback-loop` of all that waits for mature labels, and of nothing else: an
   * alert looks at the windows of its category in their order, and those of labels come late.
   */
  category: Category;
  /** What to do when it fires. */
  action: string;
  /**
   * `metric`: the values of a metric, window after window; `rows`: the rows, and their parts;
   * `series`: what a server says of the system.
   */
  over: 'feature' | 'score' | 'label' | 'metric' | 'rows' | 'series' | 'model';
  needs: readonly Need[];
  /** Which models it can be asked about; absent: all. */
  tasks?: readonly Task[];
  /** A metric of these tasks that is not computed where a monitor does not list it. */
  onlyListed?: true;
  worse: 'higher' | 'lower' | 'either';
  kind: 'statistical' | 'structural' | 'associational' | 'causal';
  defaults: P & Limits;
  /** `lag`: default limits count from the monitor's `schedule.lag` on, which is added to them. */
  defaultsAfter?: 'lag';
  measure(evidence: Evidence, target: string, params: P & Limits): Reading;
  /** `over: feature`: which columns it can be asked about; absent: all. */
  applies?(axis: Axis): boolean;
  /** It says something of the column as it comes, whatever is counted of it. */
  ofColumn?: true;
  /**
   * The significance gate beside the limits, closed for a change that chance explains; absent:
   * always open. `rule: fixed` passes it by.
   */
  significant?(reading: Reading, level: 'warn' | 'alert'): boolean;
  /**
   * A second size of the effect, in words, that warns beyond chance whatever the value is; null: it
   * is not reached. `rule: fixed` passes it by.
   */
  also?(reading: Reading): string | null;
  /** False-discovery rate over all targets of a run, instead of a gate for each. */
  discoveryRate?: number;
  /** Below the limits, beyond chance, and large enough to say so: ok, for information. */
  small?(reading: Reading): boolean;
  /** A warn that need not come twice: patience 1. */
  urgent?(reading: Reading): boolean;
  /**
   * What the reading says, in one sentence with numbers, without the verdict; instants are told in
   * `timezone`, that of the model's windows; absent: UTC.
   */
  say(reading: Reading, target: string, timezone?: string): string;
}

/** True for what waits for mature labels, checks and their findings. */
export function isOfLabels({ category }: { category: Category }): boolean {
  return category === 'performance' || category === 'feedback-loop';
}

/** True for a check that says of each window's labels alone how well the model did. */
export function isMetric(check: {
  over: string;
  category?: string;
  needs?: readonly string[];
}): boolean {
  const { over, category = 'performance', needs = [] } = check;
  return (
    over === 'label' &&
    category === 'performance' &&
    !needs.includes('reference') &&
    !needs.includes('history') &&
    !needs.includes('stand_ins')
  );
}
