import type { Reading } from '../domain/score.js';
import type { Question } from './questions.js';

/**
 * Answers in the order of the questions, with a pause after each; what is known of a column is let
 * go after its checks.
 */
export function* columnByColumn(
  questions: readonly Question[],
  ask: (question: Question) => Reading,
): Generator<void, { question: Question; found: Reading }[], void> {
  const targets = new Map<string, number[]>();
  questions.forEach(({ target }, place) => {
    const places = targets.get(target);
    if (places === undefined) targets.set(target, [place]);
    else places.push(place);
  });
  const answers = new Map<number, { question: Question; found: Reading }>();
  for (const place of [...targets.values()].flat()) {
    const question = questions[place];
    if (question === undefined) continue;
    answers.set(place, { question, found: ask(question) });
    yield;
  }
  return questions.flatMap((_, place) => answers.get(place) ?? []);
}
