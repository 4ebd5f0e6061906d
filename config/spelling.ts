import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean "psi"?`, or nothing when no known word is near enough to be meant. */
export function didYouMean(given: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const near = closest(
    given.toLowerCase(),
    known.map((word) => word.toLowerCase()),
  );
  const word = known.find((candidate) => candidate.toLowerCase() === near);
  if (word === undefined) return '';
  const allowed = Math.max(1, Math.floor(Math.max(given.length, word.length) / 3));
  return distance(given.toLowerCase(), near) <= allowed ? ` Did you mean "${word}"?` : '';
}
