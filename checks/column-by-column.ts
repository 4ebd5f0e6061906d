import type { Reading } from '../domain/score.js';
import type { Question } from './questions.js';

/** Answers in the order of the questions; what is known of a column is let go after its checks. */
export function columnByColumn(
  questions: readonly Question[],
  ask: (question: Question) => Reading,
): { question: Question; found: Reading }[] {
  const targets = new Map<string, number[]>();
  questions.forEach(({ target }, place) => {
    const places = targets.get(target);
    if (places === undefined) targets.set(target, [place]);
    else places.push(place);
  });
  const answers = new Map<number, { question: Question; found: Reading }>();
  for (const place of [...targets.values()].flat()) {
    const question = questions[place];
    if (question !== undefined) answers.set(place, { question, found: ask(question) });
  }
  return questions.flatMap((_, place) => answers.get(place) ?? []);
}
