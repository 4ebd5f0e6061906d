const BEFORE = 'w_';

/**
 * The name of a sum of the outcomes in which a row counts by its weight w: `w_n` (Σ w), `w_scores`,
 * `w_errors` …; beside them `w_squares` (Σ w²), `w_unweighed` (rows without a weight that counts),
 * and of a regression `w_fourthErrors` (Σ w e⁴) and the same by w² (see weighing).
 */
export const weighted = (sum: string): string => `${BEFORE}${sum}`;

/** Of a sum by weight the one by the square of it: `w_errorsSquared` (Σ w²|e|). */
export const weighing = (sum: string): string => `${sum}Squared`;

/** The inverse of `weighted`; null: the sum counts rows. */
export const ofWeights = (sum: string): string | null =>
  sum.startsWith(BEFORE) ? sum.slice(BEFORE.length) : null;
