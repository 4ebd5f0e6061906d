import type { Change } from '../app/publish.js';
import type { Context } from './context.js';
import { printDocument } from './document.js';
import { near, print, table, wrap } from './output.js';
import { amountWords, countWords } from './words.js';

const MOST_TOLD = 50;
const UNTOLD: ReadonlySet<Change['action']> = new Set(['unchanged', 'of another lake']);

const WORDS = {
  planned: { create: 'to create', update: 'to update', prune: 'to prune' },
  done: { create: 'created', update: 'updated', prune: 'pruned' },
} as const;

/** What `plan` would do, or `apply` did: a line for each model that changes, and how many. */
export function printChanges(
  { format }: Context,
  changes: readonly Change[],
  state: 'planned' | 'done',
): void {
  if (format === 'json') {
    printDocument({ changes }, 0);
    return;
  }
  const all = changes.filter(({ action }) => !UNTOLD.has(action));
  const told = all.slice(0, MOST_TOLD);
  if (told.length > 0) {
    print(
      table(
        ['MODEL', 'CHANGE', 'BELL'],
        told.map((one) => [one.model, one.action, one.bell]),
      ),
    );
  }
  // Of a new monitor a plan tells whom it would wake; once it is done that is known.
  const read = told.filter(({ action }) => state === 'planned' || action !== 'create');
  for (const { model, words } of read) {
    for (const line of words) print(wrap(near(`${model}: ${line}`), 80, '   '));
  }
  const more = all.length - told.length;
  if (more > 0) print(` … and ${countWords(more)} more; --json tells all.`);
  const count = (action: Change['action']): number =>
    changes.filter((change) => change.action === action).length;
  print(
    (['create', 'update', 'prune'] as const)
      .map((action) => `${count(action)} ${WORDS[state][action]}, `)
      .join('') + `${count('unchanged')} unchanged, ${count('left alone')} left alone.`,
  );
  const others = count('of another lake');
  if (others > 0) {
    const whose = `${amountWords(others, 'Schedule')} of another lake in this namespace not touched.`;
    print(wrap(`${whose} Give each installation a namespace of its own.`, 80, ''));
  }
}
