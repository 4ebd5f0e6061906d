import { distance } from 'fastest-levenshtein';

/** ` Did you mean "psi"?`, or nothing when no known word is near enough to be meant. */
export function didYouMean(given: string, known: readonly string[]): string {
  const word = nearest(given, known);
  return word === null ? '' : ` Did you mean "${word}"?`;
}

/** The known word that is near enough to be meant; null: none is. */
export function nearest(given: string, known: readonly string[]): string | null {
  const [first] = known
    .map((word) => ({ word, away: slips(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, away }) => away <= Math.max(1, Math.max(given.length, word.length) / 3))
    .sort((a, b) => a.away - b.away);
  return first?.word ?? null;
}

/** Edits between two words; the same letters in another order are one slip of the fingers. */
function slips(given: string, word: string): number {
  const away = distance(given, word);
  return away === 2 && letters(given) === letters(word) ? 1 : away;
}

function letters(word: string): string {
  return Array.from(word).sort().join('');
}
