import type { AlertRules, Route } from '../domain/alert.js';
import { categories, type Category } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';
import { ownerOf } from '../domain/owners.js';
import type { Target } from '../domain/notice.js';
import type { RetrainRules } from '../domain/request.js';
import { membersOf, named, type Teams } from '../domain/team.js';
import { usualLength } from '../calendar/windows.js';
import { receivers, type Receiver } from './receivers.js';

/** Whom an alert of one category is told, and how: what the alert entity begins with. */
export function alertRules(monitor: Monitor, teams: Teams, category: Category): AlertRules {
  return {
    policy: monitor.alerts,
    route: routeOf(monitor, teams, category),
    windowSize: usualLength(monitor.windows),
  };
}

/** The rules of all categories: what `apply` publishes. */
export function allAlertRules(
  monitor: Monitor,
  teams: Teams,
): Readonly<Record<Category, AlertRules>> {
  // Nine categories have four owners at most, and a thousand monitors are resolved at once.
  const byOwner = new Map<string, AlertRules>();
  const rulesOf = (category: Category): AlertRules => {
    const owner = ownerOf(monitor.model.owners, category);
    const rules = byOwner.get(owner) ?? alertRules(monitor, teams, category);
    byOwner.set(owner, rules);
    return rules;
  };
  return Object.fromEntries(categories.map((category) => [category, rulesOf(category)])) as Record<
    Category,
    AlertRules
  >;
}

/**
 * Who decides on a retraining and where they hear of it; null without a retraining section. A role
 * of the quorum is `approvers`, another owner (`data`, `model`, `system`), or a team or person.
 */
export function retrainRules(monitor: Monitor, teams: Teams): RetrainRules | null {
  const policy = monitor.retraining;
  if (policy === null) return null;
  const roles = policy.approvals.quorum.map(({ role }) => role);
  const names = [...new Set(roles)].map((role) => [role, nameOfRole(monitor, role)] as const);
  const to = names.flatMap(([, name]) => receivers(teams, name));
  const approvers = Object.fromEntries(
    names.map(([role, name]) => [role, [...new Set(membersOf(teams, name))]]),
  );
  const people = Object.values(approvers).flat();
  return {
    policy,
    approvers,
    editor: null, // `apply` knows who
    to: distinct(to),
    addresses: Object.fromEntries(people.map((one) => [one, receivers(teams, one).flat()])),
    engineering: receivers(teams, monitor.model.owners.system),
    root: rootOf(teams),
  };
}

/** The team or person behind a role of the quorum. */
export function nameOfRole(monitor: Monitor, role: string): string {
  const owners: Readonly<Record<string, string>> = { ...monitor.model.owners };
  return named(owners, role) ?? role;
}

/** Whoever hears what nobody else can: one chain, in the order of preference. */
export function rootOf(teams: Teams): Target[] {
  return receivers(teams, teams.root).flat();
}

/**
 * The levels of an alert: those of the owning team's policy; else the team, then whom it escalates
 * to, and so on, root last, one level for each escalation duration of the monitor. Where warnings
 * have fewer durations than there are levels, their last one is repeated.
 */
function routeOf(monitor: Monitor, teams: Teams, category: Category): Route {
  const owner = ownerOf(monitor.model.owners, category);
  const steps = named(teams.teams, owner.replace(/^team:/, ''))?.steps ?? [];
  if (steps.length > 0) {
    const levels = steps.map(({ after, to }) => ({
      after: { critical: after, warning: after },
      to: distinct(to.flatMap((name) => receivers(teams, name, owner))),
    }));
    return { levels, root: rootOf(teams) };
  }
  const { critical, warning } = monitor.alerts.escalation;
  const levels = chainOf(teams, owner)
    .slice(0, 1 + Math.max(critical.length, warning.length))
    .map((to, level) => ({
      after: { critical: afterOf(critical, level), warning: afterOf(warning, level) },
      to,
    }));
  return { levels, root: rootOf(teams) };
}

/** Receivers by level: the owner, whom it escalates to, …, root when it is somebody new. */
function chainOf(teams: Teams, owner: string): Receiver[][] {
  const levels: Receiver[][] = [];
  const seen = new Set<string>();
  let name: string | null = owner.replace(/^team:/, '');
  while (name !== null && !seen.has(name)) {
    seen.add(name);
    levels.push(receivers(teams, name));
    name = named(teams.teams, name)?.escalateTo ?? null;
  }
  const root = receivers(teams, teams.root);
  const reached = levels.some((level) => repeats(level, root));
  return reached ? levels : [...levels, root];
}

/** True when a level begins with nobody whom the one before did not begin with. */
export function repeats(before: readonly Receiver[], level: readonly Receiver[]): boolean {
  const known = new Set(before.map(firstOf));
  return level.every((receiver) => known.has(firstOf(receiver)));
}

function afterOf(durations: readonly number[], level: number): number {
  if (level === 0) return 0;
  const own = durations[level - 1];
  if (own !== undefined) return own;
  const last = durations.at(-1) ?? 86_400_000;
  return last + (level - Math.max(1, durations.length)) * (last - (durations.at(-2) ?? 0));
}

function distinct(list: readonly Receiver[]): Receiver[] {
  const byFirst = new Map(list.map((receiver) => [firstOf(receiver), receiver]));
  return [...byFirst.values()];
}

function firstOf([target]: Receiver): string {
  return target === undefined ? '' : `${target.channel}:${target.address}`;
}
