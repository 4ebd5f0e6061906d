import { didYouMean } from '../checks/spelling.js';
import type { App } from './app.js';
import { firstFew, UsageError } from './errors.js';

/** What a flag takes instead, for one that was given a word it does not know. */
export function allowedWords(given: string, words: readonly string[]): string {
  return `Allowed choices are ${words.join(', ')}.${didYouMean(given, words)}`;
}

/**
 * An id that nothing has: the one that may be meant, and the first few there are. `known`: in the
 * order of the list, the ones that matter most first.
 */
export function unknownId(
  app: Pick<App, 'settings'>,
  { what, id, known }: { what: 'alert' | 'request'; id: string; known: readonly string[] },
): UsageError {
  const start = `No ${what} "${id}".`;
  if (known.length === 0) {
    return new UsageError(`${start} There is none at all in the lake ${app.settings.lake}.`);
  }
  const newest = laterOf(id, known);
  if (newest !== undefined) {
    return new UsageError(
      `${start} It has ended: "aftercare ${what}s show ${newest}" has the history of all.`,
    );
  }
  // An id may be given without its number.
  const names = id.includes('#') ? known : known.map((one) => one.replace(/#\d+$/, ''));
  const few = firstFew(known);
  const rest = few === known.join(', ') ? '' : ` ("aftercare ${what}s list --all" shows all)`;
  return new UsageError(`${start}${didYouMean(id, names)} Known: ${few}${rest}.`);
}

/** Of `model/category#2` the id with a higher number that there is; undefined: none. */
function laterOf(id: string, known: readonly string[]): string | undefined {
  const [name = '', number = ''] = id.split('#');
  return known.find((one) => {
    const [own = '', place = ''] = one.split('#');
    return own === name && Number(place) > Number(number || Infinity);
  });
}
