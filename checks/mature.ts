import { ALL_ACTED } from '../domain/action.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import type { Evidence, Reading } from '../domain/score.js';
import { wilson } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import { groupOf } from './decisions.js';
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
  const thin = thinLabels(evidence);
  if (thin !== null) return noReading('label_fault', thin, { nCurrent });
  if (outcomes === null || nCurrent === 0) {
    return noReading('insufficient_data', 'no labels were joined', { nCurrent });
  }
  const fault = labelFault(outcomes, reference?.outcomes ?? null);
  return fault === null ? outcomes : noReading('label_fault', fault, { nCurrent });
}

/**
 * Why too few of all rows have a label, in words: surely fewer, by Wilson's 99 % interval, than
 * `labels.min_coverage` of those that can have one, which rows that were censored cannot, nor,
 * where no label means negative, any row acted on. null: as many as that, or nobody says how many
 * have to.
 */
function thinLabels({ current, facts }: Evidence): string | null {
  const { outcomes, slice } = current;
  const { minCoverage } = facts;
  if (minCoverage === undefined || outcomes === null || !isWhole({ slice })) return null;
  const isSilent = current.asked['labels']?.sums['absent'] !== undefined;
  const without = groupOf([outcomes], isSilent ? ALL_ACTED : ['censored']);
  const all = groupOf([outcomes]);
  const n = all.rows - without.rows;
  const hits = all.labelled - without.labelled;
  if (n === 0 || wilson({ hits, n }, Z99).high >= minCoverage) return null;
  return (
    `for ${percent(hits / n)} of ${figure(n)} rows that can have a label have one, and ` +
    `labels.min_coverage is ${percent(minCoverage)}`
  );
}
