import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { noReading, reading } from './check.js';
import { labelFault, labelled, unreadLabels } from './outcomes.js';

/** The outcomes with labels that are complete and can be right; else the reading that says why. */
export function matureOutcomes({
  knownAt,
  current,
  facts,
  reference,
}: Evidence): Outcomes | Reading {
  const { outcomes } = current;
  const matureAt = current.window.end + facts.matureAfter;
  const nCurrent = outcomes === null ? 0 : labelled(outcomes).rows;
  if (facts.matureAfter > 0 && knownAt < matureAt) {
    return reading({ reason: 'immature', nCurrent, details: { matureAt } });
  }
  const unread = unreadLabels(current);
  if (unread !== null) return noReading('label_fault', unread, { nCurrent });
  if (outcomes === null || nCurrent === 0) {
    return noReading('insufficient_data', 'no labels were joined', { nCurrent });
  }
  const fault = labelFault(outcomes, reference?.outcomes ?? null);
  return fault === null ? outcomes : noReading('label_fault', fault, { nCurrent });
}
