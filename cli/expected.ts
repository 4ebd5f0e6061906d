import type { Finding } from '../domain/finding.js';
import { partWords } from '../domain/naming.js';
import { amountWords, expectedBy, valueWords } from './words.js';

/** Findings of a known event that are named; the others are counted. */
const NAMED = 4;

/** For each known event what would be told without it: `Expected: sale: psi of age 0.57; …`. */
export function expectedLines(findings: readonly Finding[]): string[] {
  const events = [...new Set(findings.flatMap((finding) => expectedBy(finding) ?? []))];
  return events.map((event) => {
    const own = findings.filter((finding) => expectedBy(finding) === event);
    const whole = own.filter((finding) => partWords(finding) === '');
    const told = (whole.length > 0 ? whole : own).slice(0, NAMED).map((finding) => {
      const part = partWords(finding);
      const of = part === '' ? finding.target : `${finding.target} (${part})`;
      return `${finding.check} of ${of} ${valueWords(finding)}`;
    });
    const more = own.length - told.length;
    const rest = more > 0 ? [`and ${amountWords(more, 'more finding')}`] : [];
    return `Expected: ${event}: ${[...told, ...rest].join('; ')}. Nobody is told of it.`;
  });
}
