import { named, type Teams } from '../domain/team.js';
import type { Problem } from './problem.js';
import { repeated } from './role-faults.js';
import { didYouMean } from '../checks/spelling.js';
import { isNobody } from './teams-sketch.js';

/** Something wrong between the names of a teams.yaml, and where. */
export interface NameFault {
  path: readonly PropertyKey[];
  message: string;
  severity?: Problem['severity'];
}

const TWO = 'expected a name of its own: a person has it, too';
const NOBODY = 'reaches nobody: expected members, or channels as slack:#ml';

/** Names that nobody has, teams that reach nobody, levels that do not go on. */
export function nameFaults(teams: Teams): NameFault[] {
  return [
    ...Object.entries(teams.teams).flatMap(([name, team]) => [
      ...repeated(team.members, ['teams', name, 'members']),
      ...(named(teams.people, name) === undefined ? [] : [{ path: ['teams', name], message: TWO }]),
      ...team.members.flatMap((member, index) => {
        if (named(teams.people, member) !== undefined) return [];
        const path = ['teams', name, 'members', index];
        return [{ path, message: unknown('person', member, Object.keys(teams.people)) }];
      }),
      ...team.channels.flatMap((channel, index) => {
        const fault = faultOfReceiver(teams, channel);
        return fault === null ? [] : [{ path: ['teams', name, 'channels', index], message: fault }];
      }),
      ...(isNobody(team) ? [{ path: ['teams', name], message: NOBODY }] : []),
      ...stepFaults(teams, name),
      ...escalationFaults(teams, name),
    ]),
    ...rootFaults(teams),
  ];
}

function stepFaults(teams: Teams, name: string): NameFault[] {
  const steps = named(teams.teams, name)?.steps ?? [];
  return steps.flatMap((step, index) => {
    const path = ['teams', name, 'policy', 'steps', index];
    const faults = step.to.flatMap((to) => {
      const fault = faultOfReceiver(teams, to);
      return fault === null ? [] : [{ path: [...path, 'to'], message: fault }];
    });
    const before = steps[index - 1]?.after;
    if (before === undefined && step.after > 0) {
      faults.push({ path: [...path, 'after'], message: 'expected 0m: the first step is at once' });
    }
    if (before !== undefined && step.after <= before) {
      const message = 'expected a duration longer than that of the step before';
      faults.push({ path: [...path, 'after'], message });
    }
    return faults;
  });
}

function escalationFaults(teams: Teams, name: string): NameFault[] {
  const next = named(teams.teams, name)?.escalateTo ?? null;
  if (next === null) return [];
  const path = ['teams', name, 'escalate_to'];
  if (next === name) return [{ path, message: `expected another team, got "${next}" itself` }];
  if (named(teams.teams, next) === undefined && named(teams.people, next) === undefined) {
    return [{ path, message: unknown('team', next, Object.keys(teams.teams)) }];
  }
  const circle = circleOf(teams, name);
  // Told once, at the first of its teams.
  if (circle[0] !== name || circle.length === 0) return [];
  const way = [...circle, name].join(' → ');
  const message = `escalates in a circle, ${way}: each team hears once, and then root`;
  return [{ path, message, severity: 'warning' }];
}

/** The teams that escalate to each other and back to this one, as they stand in the file; or []. */
function circleOf(teams: Teams, name: string): string[] {
  const way: string[] = [];
  let next: string | null = name;
  while (next !== null && !way.includes(next)) {
    way.push(next);
    next = named(teams.teams, next)?.escalateTo ?? null;
  }
  if (next !== name) return [];
  const order = Object.keys(teams.teams);
  const first = Math.min(...way.map((one) => order.indexOf(one)));
  const start = way.indexOf(order[first] ?? name);
  return [...way.slice(start), ...way.slice(0, start)];
}

function rootFaults(teams: Teams): NameFault[] {
  const fault = faultOfReceiver(teams, teams.root);
  return fault === null ? [] : [{ path: ['root'], message: fault }];
}

/** Why a channel, person or team of a step, of `channels` or of `root` is nobody; null: it is. */
function faultOfReceiver(teams: Teams, name: string): string | null {
  if (name.startsWith('webhook:')) {
    const webhook = name.slice(8);
    if (named(teams.webhooks, webhook) !== undefined) return null;
    return unknown('webhook', webhook, Object.keys(teams.webhooks));
  }
  if (/^(email|slack)(:|$)/.test(name)) return null;
  const bare = name.replace(/^team:/, '');
  if (named(teams.teams, bare) !== undefined || named(teams.people, bare) !== undefined)
    return null;
  return unknown('channel, team or person', bare, [
    ...Object.keys(teams.teams),
    ...Object.keys(teams.people),
    ...['email', 'slack'],
  ]);
}

/** `unknown team "growth". Did you mean "growth-ml"? Known: growth-ml, ml-leads` */
export function unknown(what: string, given: string, known: readonly string[]): string {
  const list = known.length > 0 ? ` Known: ${known.join(', ')}` : ' There are none.';
  return `unknown ${what} "${given}".${didYouMean(given, known)}${list}`;
}
