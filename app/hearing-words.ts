import { formatDuration } from '../calendar/durations.js';
import type { Route } from '../domain/alert.js';
import { categories } from '../domain/finding.js';
import type { Target } from '../domain/notice.js';
import type { Published } from '../domain/published.js';

type Chains = readonly (readonly Target[])[];
/** `firsts`: whom somebody is reached by at first; `fallbacks`: the others, too. */
type Depth = 'firsts' | 'fallbacks';

/**
 * Who hears what, where that changes: `who hears of drift, performance: ana@a.b → bo@a.b`. Alerts
 * by their categories, what nobody else can hear, and who decides on a retraining; else [].
 */
export function hearingWords(before: Published, after: Published): string[] {
  const byChange = new Map<string, string[]>();
  for (const category of categories) {
    const change = changeOf(before, after, (of, depth) =>
      routeWords(of.alerts[category].route, depth),
    );
    if (change !== null) byChange.set(change, [...(byChange.get(change) ?? []), category]);
  }
  const root = changeOf(before, after, (of, depth) => {
    return chainsWords([of.alerts.drift.route.root], depth);
  });
  return [
    ...[...byChange].map(([change, of]) => `who hears of ${of.join(', ')}: ${change}`),
    ...(root === null ? [] : [`who hears what nobody else can: ${root}`]),
    ...decidingWords(before, after),
  ];
}

/** Who approves; where that stays, where they hear of requests. */
function decidingWords(before: Published, after: Published): string[] {
  const rolesOf = ({ retraining }: Published) => Object.keys(retraining?.approvers ?? {});
  const approving = [...new Set([...rolesOf(before), ...rolesOf(after)])].flatMap((role) => {
    const change = changeOf(before, after, ({ retraining }) =>
      namesWords(retraining?.approvers[role] ?? []),
    );
    return change === null ? [] : [`who approves (${role}): ${change}`];
  });
  if (approving.length > 0) return approving;
  const asked = changeOf(before, after, ({ retraining }, depth) =>
    chainsWords(retraining?.to ?? [], depth),
  );
  return asked === null ? [] : [`who hears of requests: ${asked}`];
}

/** `before → after`, with the fallbacks where only they differ; null where nothing does. */
function changeOf(
  before: Published,
  after: Published,
  say: (of: Published, depth: Depth) => string,
): string | null {
  for (const depth of ['firsts', 'fallbacks'] as const) {
    const [was, is] = [say(before, depth), say(after, depth)];
    if (was !== is) return `${was} → ${is}`;
  }
  return null;
}

/** `ana@a.b, bo@a.b; after 2h (warnings 1d): chris@a.b` */
function routeWords({ levels }: Route, depth: Depth): string {
  const words = levels.map(({ after: { critical, warning }, to }, level) => {
    const people = chainsWords(to, depth);
    if (level === 0 && critical === 0 && warning === 0) return people;
    const also = warning === critical ? '' : ` (warnings ${formatDuration(warning)})`;
    return `after ${formatDuration(critical)}${also}: ${people}`;
  });
  return words.length === 0 ? 'nobody' : words.join('; ');
}

function chainsWords(chains: Chains, depth: Depth): string {
  return namesWords(
    chains.flatMap((chain) => {
      const names = chain.map(targetWords);
      const [first] = names;
      if (first === undefined) return [];
      return [depth === 'firsts' ? first : names.join(' or else ')];
    }),
  );
}

const namesWords = (names: readonly string[]): string =>
  names.length === 0 ? 'nobody' : names.join(', ');

const targetWords = ({ channel, address }: Target): string =>
  channel === 'email' ? address : `${channel}:${address}`;
