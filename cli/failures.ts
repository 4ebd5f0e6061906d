import type { Failure } from '../app/failures.js';
import { iso } from '../domain/window.js';
import type { Context } from './context.js';
import { near, print, printJson, wrap } from './output.js';
import { instantWords } from './words.js';

const MOST_TOLD = 5;

/** What was evaluated, and what of it could not be. */
export interface Ended {
  /** Fields of the JSON document. */
  document: Readonly<Record<string, unknown>>;
  /** The line for people, without its full stop. */
  words: string;
  failures: readonly Failure[];
  /** Lines for people below them; absent: none. */
  more?: readonly string[];
  /** Of the model's windows. */
  zone: string;
}

/** Tells how an evaluation ended, and why windows failed; gives the exit code, 0 or 3. */
export function tellEnd({ format }: Context, ended: Ended): 0 | 3 {
  const { document, words, failures, more = [], zone } = ended;
  const exitCode = failures.length === 0 ? 0 : 3;
  if (format === 'json') {
    const failed = failures.map(({ end, reason }) => ({ end: iso(end), reason }));
    printJson({ version: 1, ...document, failures: failed, exitCode });
    return exitCode;
  }
  const rest = failures.length - MOST_TOLD;
  const told = failures.slice(0, MOST_TOLD).map(({ end, reason }) => {
    return wrap(`window to ${instantWords(end, zone)}: ${near(reason)}`, 80, '   ');
  });
  if (rest > 0) told.push(`   … and ${rest} more; --json tells all.`);
  print([wrap(`${words}.`, 80, ''), ...told, ...more].join('\n'));
  return exitCode;
}
