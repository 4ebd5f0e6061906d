import { ALL_ACTED } from '../domain/action.js';
import { NAMED_GROUPS } from '../domain/groups.js';
import type { Groups } from '../domain/groups.js';
import type { Monitor } from '../domain/monitor.js';
import { CATEGORY } from '../domain/profile.js';
import { ask, quoteText } from './ask.js';
import type { Duck } from './duck.js';

/**
 * SQL of whether a row was acted on, for whatever reason: that is what a group got. Every row is a
 * decision where no action is named.
 */
function decidedIn({ columns: { action } }: Monitor): string {
  return action === undefined ? 'true' : `decision in (${ALL_ACTED.map(quoteText).join(', ')})`;
}

/**
 * The answer `groups` of predictions joined with their labels; {} where no check asks, or the rows
 * do not have the column. `positive`: SQL of whether a row's label is a positive one.
 */
export async function groupsOf(
  db: Duck,
  { monitor, types }: { monitor: Monitor; types: Readonly<Record<string, string>> },
  { joined, positive }: { joined: string; positive: string },
): Promise<{ groups?: Groups }> {
  const { group } = monitor.columns;
  const isAsked = monitor.checks.some(({ check }) => check === 'allocation_gain');
  if (group === undefined || !(group in types) || !isAsked) return {};
  const told = `group_name, ${decidedIn(monitor)} as decided, ${positive} as positive`;
  const found = await ask(db, 'performance/groups', {
    joined: { select: `select ${told} from ${joined}` },
    named: NAMED_GROUPS,
  });
  const sum = (name: string) => Float64Array.from(found, (row) => Number(row[name]));
  const names = found.map(({ group_name: name }) =>
    name === null ? CATEGORY.other : String(name),
  );
  const sums = { n: sum('n'), decisions: sum('decisions'), positives: sum('positives') };
  return { groups: { by: { group: names }, sums } };
}
