import { formatDuration } from '../calendar/durations.js';
import type { Route } from '../domain/alert.js';
import { categories } from '../domain/finding.js';
import type { Target } from '../domain/notice.js';
import type { Published } from '../domain/published.js';
import type { Teams } from '../domain/team.js';
import { namesOf } from './hearing-names.js';

/** A published monitor, and the people that were known then. */
export interface Side {
  published: Published;
  teams: Teams | null;
}

type Chains = readonly (readonly Target[])[];
type Name = (target: Target) => string;
/** `firsts`: whom somebody is reached by at first; `fallbacks`: the others, too. */
type Depth = 'firsts' | 'fallbacks';
type Say = (of: Published, depth: Depth, name: Name) => string;

/**
 * Who hears what, where that changes, by their names: `who hears of drift, system: ana by email →
 * bo by email`. Alerts by their categories, what nobody else can hear, and who decides on a
 * retraining; else []. `before` null: nobody hears anything yet.
 */
export function hearingWords(before: Side | null, after: Side): string[] {
  const byChange = new Map<string, string[]>();
  for (const category of categories) {
    const change = changeOf(before, after, (of, depth, name) =>
      routeWords(of.alerts[category].route, depth, name),
    );
    if (change !== null) byChange.set(change, [...(byChange.get(change) ?? []), category]);
  }
  const root = changeOf(before, after, (of, depth, name) => {
    return chainsWords([of.alerts.drift.route.root], depth, name);
  });
  const ofAlerts = [...byChange].map(([change, of]) => {
    const what = of.length === categories.length ? 'all alerts' : of.join(', ');
    return `who hears of ${what}: ${change}`;
  });
  return [
    ...ofAlerts,
    ...(root === null ? [] : [`who hears what nobody else can: ${root}`]),
    ...decidingWords(before, after),
  ];
}

/** Who approves; where that stays, where they hear of requests; where engineering hears. */
function decidingWords(before: Side | null, after: Side): string[] {
  const rolesOf = (side: Side | null) => Object.keys(side?.published.retraining?.approvers ?? {});
  const approving = [...new Set([...rolesOf(before), ...rolesOf(after)])].flatMap((role) => {
    const change = changeOf(before, after, ({ retraining }) =>
      listWords(retraining?.approvers[role] ?? []),
    );
    return change === null ? [] : [`who approves (${role}): ${change}`];
  });
  const asked = changeOf(before, after, ({ retraining }, depth, name) =>
    chainsWords(retraining?.to ?? [], depth, name),
  );
  const failed = changeOf(before, after, ({ retraining }, depth, name) =>
    chainsWords(retraining?.engineering ?? [], depth, name),
  );
  if (approving.length > 0) return approving;
  return [
    ...(asked === null ? [] : [`who hears of requests: ${asked}`]),
    ...(failed === null ? [] : [`who hears of trainings that fail: ${failed}`]),
  ];
}

/**
 * `before → after`, with the fallbacks where only they differ; null where nothing does. Where only
 * addresses differ the names are the same.
 */
function changeOf(before: Side | null, after: Side, say: Say): string | null {
  const told = ({ published, teams }: Side, depth: Depth) => say(published, depth, namesOf(teams));
  if (before === null) {
    const is = told(after, 'firsts');
    return is === 'nobody' ? null : is;
  }
  for (const depth of ['firsts', 'fallbacks'] as const) {
    const [was, is] = [say(before.published, depth, raw), say(after.published, depth, raw)];
    if (was === is) continue;
    const [old, now] = [told(before, depth), told(after, depth)];
    return old === now ? `${now}, at another address` : `${old} → ${now}`;
  }
  return null;
}

const raw: Name = ({ channel, address }) => `${channel}:${address}`;

/** `ana by email, bo by email; after 2h (warnings 1d): chris by email` */
function routeWords({ levels }: Route, depth: Depth, name: Name): string {
  const words = levels.map(({ after: { critical, warning }, to }, level) => {
    const people = chainsWords(to, depth, name);
    if (level === 0 && critical === 0 && warning === 0) return people;
    const also = warning === critical ? '' : ` (warnings ${formatDuration(warning)})`;
    return `after ${formatDuration(critical)}${also}: ${people}`;
  });
  return words.length === 0 ? 'nobody' : words.join('; ');
}

function chainsWords(chains: Chains, depth: Depth, name: Name): string {
  return listWords(
    chains.flatMap((chain) => {
      const names = chain.map(name);
      const [first] = names;
      if (first === undefined) return [];
      return [depth === 'firsts' ? first : names.join(' or else ')];
    }),
  );
}

const listWords = (names: readonly string[]): string =>
  names.length === 0 ? 'nobody' : names.join(', ');
