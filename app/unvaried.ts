import type { Finding } from '../domain/finding.js';
import { aboutWords } from '../domain/naming.js';

/** True where nothing can be said of a column's drift, for its reference has one value only. */
export function isUnvaried({ reason, details }: Finding): boolean {
  return reason === 'not_applicable' && details['note'] === 'the reference has one value only';
}

/** Columns whose reference has one value only, each once. */
export function unvariedColumns(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter(isUnvaried).map(({ target }) => target))];
}

/** What is said of them, once, and by which check where `psi` has another reference; null: none. */
export function unvariedWords(findings: readonly Finding[]): string | null {
  const moved = findings.filter(({ check, reason }) => check === 'psi' && reason === null);
  const judged = new Set(moved.map(aboutWords));
  const nameOf = (finding: Finding) => {
    const about = aboutWords(finding);
    return judged.has(about) ? `${about} by ${finding.check}` : about;
  };
  const columns = [...new Set(findings.filter(isUnvaried).map(nameOf))];
  if (columns.length === 0) return null;
  return `One value only in the reference, so drift is not judged: ${columns.join(', ')}`;
}
