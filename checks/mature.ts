import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading, reading } from './check.js';
import { labelFault, labelled, unreadLabels } from './outcomes.js';

/** What is said of a window whose labels are not complete yet; null: they are. */
export function immature({ knownAt, current, facts }: Evidence, nCurrent = 0): Reading | null {
  const matureAt = current.window.end + facts.matureAfter;
  if (facts.matureAfter === 0 || knownAt >= matureAt) return null;
  return reading({ reason: 'immature', nCurrent, details: { matureAt } });
}

/** The outcomes with labels that are complete and can be right; else the reading that says why. */
export function matureOutcomes(evidence: Evidence): Outcomes | Reading {
  const { current, reference } = evidence;
  const { outcomes } = current;
  const nCurrent = outcomes === null ? 0 : labelled(outcomes).rows;
  const early = immature(evidence, nCurrent);
  if (early !== null) return early;
  const unread = unreadLabels(current);
  if (unread !== null) return noReading('label_fault', unread, { nCurrent });
  if (outcomes === null || nCurrent === 0) {
    return noReading('insufficient_data', 'no labels were joined', { nCurrent });
  }
  const fault = labelFault(outcomes, reference?.outcomes ?? null);
  return fault === null ? outcomes : noReading('label_fault', fault, { nCurrent });
}
