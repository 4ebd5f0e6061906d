import type { Target } from '../domain/notice.js';
import type { Teams } from '../domain/team.js';

/**
 * Targets by name, for people: `ana by email`, `#ml by slack`, `growth-ml by email` for a mailbox
 * of a team. An address of somebody is not repeated: plans are read by many, and kept in logs.
 */
export function namesOf(teams: Teams | null): (target: Target) => string {
  const { people = {}, teams: all = {}, root = '' } = teams ?? {};
  const owners = new Map<string, string>();
  const own = (channel: string, address: string | null, name: string): void => {
    const key = `${channel}:${address ?? ''}`;
    if (address !== null && !owners.has(key)) owners.set(key, name);
  };
  for (const [name, { email, slack }] of Object.entries(people)) {
    own('email', email, name);
    own('slack', slack, name);
  }
  for (const { name, channels, steps } of Object.values(all)) {
    const shared = [...channels, ...steps.flatMap(({ to }) => to)];
    for (const one of shared) if (one.startsWith('email:')) own('email', one.slice(6), name);
  }
  if (root.startsWith('email:')) own('email', root.slice(6), 'root');
  return ({ channel, address }) => {
    const name = owners.get(`${channel}:${address}`);
    return `${name ?? (channel === 'email' ? 'somebody' : address)} by ${channel}`;
  };
}
