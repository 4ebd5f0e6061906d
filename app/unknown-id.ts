import { didYouMean } from '../checks/spelling.js';
import type { App } from './app.js';
import { UsageError } from './errors.js';

const MOST_NAMED = 5;

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
  // An id may be given without its number.
  const names = id.includes('#') ? known : known.map((one) => one.replace(/#\d+$/, ''));
  const more = known.length - MOST_NAMED;
  const rest = more > 0 ? ` and ${more} more ("aftercare ${what}s list --all" shows all)` : '';
  const named = known.slice(0, MOST_NAMED).join(', ');
  return new UsageError(`${start}${didYouMean(id, names)} Known: ${named}${rest}.`);
}
