import type { Prediction } from '../domain/prediction.js';
import { quoteName } from './ask.js';

/** SQL: a number is no probability, by more than what numbers are rounded by. */
const beyond = (column: string): string => `${column} not between -1e-9 and 1 + 1e-9`;

/**
 * SQL of the score, DOUBLE, null for a number that is no probability: that is no answer, and
 * `rejected_rows` tells how many are none; and of whether it is from the threshold on, null where
 * the row has no probability, or no threshold of its own.
 */
export function probabilityOf(
  { column, threshold }: Prediction,
  types: Readonly<Record<string, string>>,
): Record<'score' | 'above', string> {
  const name = quoteName(column);
  const told = `isfinite(${name}::double) and ${beyond(name)}`;
  const unsaid = `not isfinite(${name}::double) or ${beyond(name)}${uncut(threshold, types)}`;
  return {
    score: `case when ${told} then null else ${name}::double end`,
    above: `case when ${unsaid} then null else ${name} >= ${cutOf(threshold, types)} end`,
  };
}

/** SQL of the threshold; null where rows have no column of it. */
function cutOf(threshold: Prediction['threshold'], types: Readonly<Record<string, string>>) {
  if (typeof threshold === 'number') return String(threshold);
  return threshold in types ? `${quoteName(threshold)}::double` : 'null::double';
}

/** SQL that goes on: or the row's own threshold is none. */
function uncut(threshold: Prediction['threshold'], types: Readonly<Record<string, string>>) {
  if (typeof threshold === 'number') return '';
  const own = cutOf(threshold, types);
  return ` or ${own} is null or ${beyond(own)}`;
}
