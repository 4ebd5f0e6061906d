import { isWhole } from '../domain/slice.js';
import type { Finding } from '../domain/finding.js';
import { countWords, valueWords } from './words.js';

/**
 * What stands below metrics of a model that acts: each as it would be if nobody acted, or that they
 * are of labels as they came; null where acting changes none of them.
 */
export function actedNote(findings: readonly Finding[]): string | null {
  const whole = findings.filter(isWhole);
  const corrected = whole.flatMap((finding) => {
    const found = finding.details['corrected'] as { value: number; held: number } | undefined;
    return found === undefined ? [] : [{ finding, ...found }];
  });
  const [first] = corrected;
  if (first !== undefined) {
    const values = corrected.map(({ finding, value }) => {
      return `${finding.check} ${valueWords({ ...finding, value })}`;
    });
    return (
      `Corrected for rows acted on, by an estimate from ${countWords(first.held)} held out at ` +
      `random: ${values.join(', ')}.`
    );
  }
  const unacted = whole.find(({ details }) => 'unacted' in details)?.details['unacted'];
  if (unacted === undefined) return null;
  const { acted } = unacted as { acted: number };
  return acted === 0
    ? 'Metrics are measured on the un-acted slice only.'
    : `Metrics are of labels as they came: those of ${countWords(acted)} rows acted on may be ` +
        'what acting made of them.';
}
