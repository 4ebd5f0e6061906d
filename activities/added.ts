import { addCounts } from '../domain/adding.js';
import { byColumn } from '../domain/profile.js';
import type { Counts, Profile } from '../domain/profile.js';

/** Profiles of one slice, oldest first, as one. */
export function added(profiles: readonly Profile[]): Profile {
  const [first, last] = [profiles[0], profiles.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('No profile to add up.');
  if (profiles.length === 1) return first;
  const columns = new Set(profiles.flatMap((one) => Object.keys(one.columns)));
  const sum = (of: (one: Profile) => Counts | null | undefined) =>
    addCounts(profiles.flatMap((one) => of(one) ?? []));
  return {
    ...last,
    window: { ...first.window, end: last.window.end },
    windows: profiles.length,
    rows: profiles.reduce((n, { rows }) => n + rows, 0),
    columns: byColumn([...columns].map((name) => [name, sum((one) => one.columns[name])])),
    outcomes: last.outcomes === null ? null : sum((one) => one.outcomes),
    asked: {},
  };
}
