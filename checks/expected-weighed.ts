import { total } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { expectedOutcomes } from './expected.js';
import type { Cohort, Expected } from './expected.js';

/** From this AUC on, by no chance, rows of the window are others than the reference's. */
const APART = { auc: 0.65, pValue: 1e-3 };

/**
 * Weighted confidence-based estimation, where `multivariate` told the rows of the window from those
 * of the reference: the shares of positives by score are those of labelled rows that are weighed to
 * be like the window's in all features. null: nobody told them apart, or metrics are held against
 * other rows than drift is. A text says why nothing can be expected.
 */
export function expectedWeighed(
  { current, performance }: Evidence,
  cohort: Cohort,
): Expected | string | null {
  const { apart, apart_labels: known } = current.asked;
  if (current.outcomes === null || performance !== undefined) return null;
  if (apart === undefined || known === undefined) return null;
  if (total(apart, 'auc') <= APART.auc || total(apart, 'p') >= APART.pValue) return null;
  const found = expectedOutcomes(current.outcomes, known, cohort);
  return typeof found === 'string' ? found : { ...found, weighed: weightOf(known) };
}

/** How many rows of even weight they are, (Σ w)² / Σ w² (Kish, 1965), of all features. */
function weightOf(known: Outcomes): NonNullable<Expected['weighed']> {
  const effective = total(known) ** 2 / total(known, 'squares');
  return { features: [], effective, of: total(known, 'rows') };
}
