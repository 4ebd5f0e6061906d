import type { Duration } from './window.js';

/** Labels come for positives: a row that has none so long after its own time is negative. */
export interface AbsentLabels {
  after: Duration;
  /** Rows that the model acted on. */
  whenActed: 'unknown' | 'negative';
}
