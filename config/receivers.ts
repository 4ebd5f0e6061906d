import type { Target } from '../domain/notice.js';
import { membersOf, named, type Teams } from '../domain/team.js';

/** One who is told: a chain of targets, each the fallback of the one before. */
export type Receiver = Target[];

/**
 * Who is behind a name: a team, a person, or a channel (`email` and `slack` are then those of the
 * members of `team`). A team is one receiver when its first channel is a shared one; when that is
 * `email` or `slack`, every member is one. Whoever cannot be reached at all is left out.
 */
export function receivers(teams: Teams, name: string, team = ''): Receiver[] {
  const shared = sharedTarget(name);
  if (shared !== null) return [[shared]];
  if (name === 'email' || name === 'slack') {
    return membersOf(teams, team).flatMap((member) => chain(teams, [name], [member]));
  }
  const bare = name.replace(/^team:/, '');
  const own = named(teams.teams, bare);
  if (own === undefined) return chain(teams, ['email', 'slack'], [bare]);
  const [first = 'email'] = own.channels;
  if (sharedTarget(first) !== null) return chain(teams, own.channels, own.members);
  return own.members.flatMap((member) => chain(teams, own.channels, [member]));
}

/** One receiver: the targets of the channels in order; personal ones for each of the people. */
function chain(teams: Teams, channels: readonly string[], people: readonly string[]): Receiver[] {
  const targets = channels.flatMap((channel) => {
    const shared = sharedTarget(channel);
    if (shared !== null) return [shared];
    return people.flatMap((person) => personalTarget(teams, person, channel));
  });
  return targets.length > 0 ? [targets] : [];
}

function personalTarget(teams: Teams, person: string, channel: string): Target[] {
  const own = named(teams.people, person);
  const address = channel === 'slack' ? own?.slack : own?.email;
  if (address === null || address === undefined) return [];
  return [{ channel: channel === 'slack' ? 'slack' : 'email', address }];
}

/** `slack:#ml`, `email:a@b.c`, `webhook:pager`: the same for everybody; null for other names. */
function sharedTarget(name: string): Target | null {
  const [, kind, address] = /^(email|slack|webhook):(.+)$/.exec(name) ?? [];
  if (kind === undefined || address === undefined) return null;
  return { channel: kind as Target['channel'], address };
}
