import type { Outcomes } from '../domain/profile.js';
import { scoreCells } from './scores.js';

/** Labelled rows, how many of them came true, and how many their scores let expect. */
interface Promised {
  n: number;
  observed: number;
  expected: number;
}

/** null: there are no labelled rows with a score, or their scores are no probabilities. */
function promisedIn(outcomes: Outcomes | null): Promised | null {
  const cells = outcomes === null ? [] : scoreCells(outcomes);
  const sum = { n: 0, observed: 0, expected: 0 };
  for (const { low, high, positives, negatives, positive, negative } of cells) {
    if (low < -1e-8 || high > 1 + 1e-8) return null;
    sum.n += positives + negatives;
    sum.observed += positives;
    sum.expected += positives * positive + negatives * negative;
  }
  return sum.n > 0 && sum.expected > 0 ? sum : null;
}

/**
 * `details.promised` of a metric of a binary model: what came of what the scores let expect, and
 * `before`, observed over expected on what it is held against, null where nobody knows; {} where
 * scores are no probabilities.
 */
export function promised(now: Outcomes, known: Outcomes | null): { promised?: object } {
  const found = promisedIn(now);
  if (found === null) return {};
  const then = promisedIn(known);
  return { promised: { ...found, before: then && then.observed / then.expected } };
}
