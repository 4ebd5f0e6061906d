import type { AdviceInput } from './input.js';
import { isAnswered } from '../accepted.js';
import type { Finding } from '../finding.js';

/** Questions about rows as a whole: their hard rules name no column that could be broken. */
const ABOUT_ROWS = new Set(['volume', 'ready', 'freshness', 'duplicates', 'rejected_rows']);
/** A feature with less importance may break without stopping a retraining. */
const IMPORTANT = 0.05;

/** What makes a column broken: people's word that it is not, and how much it matters. */
export type Weighed = Pick<AdviceInput, 'accepted' | 'importances'>;

/** False for a column that is known to matter little. */
export function isImportant(
  target: string,
  { importances }: Pick<Weighed, 'importances'>,
): boolean {
  return (importances[target] ?? 1) >= IMPORTANT;
}

/** A column that matters is broken, or there are no predictions, and nobody has accepted it. */
export function isBroken(finding: Finding, weighed: Weighed): boolean {
  return (
    finding.category === 'data-quality' &&
    finding.verdict === 'alert' &&
    finding.hard !== null &&
    (!ABOUT_ROWS.has(finding.check) || finding.target === 'predictions') &&
    !isAnswered(finding, weighed.accepted ?? []) &&
    isImportant(finding.target, weighed)
  );
}
