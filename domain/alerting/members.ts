import type { MemberFold, MemberName } from './conditions.js';
import type { Covers, Draft, Episode, EpisodeMember } from './state.js';
import type { MarkedMembers } from '../alert.js';
import type { Duration } from '../window.js';

/** A new member of a source that already fires counts as covered for so long. */
const sourceCovers: Duration = 24 * 60 * 60_000;

/** The members that fire or recover, by their keys. */
export type Firing = ReadonlyMap<string, MemberFold & { name: MemberName }>;

/** The members that fire and the verdicts that they have: what an acknowledgement covers. */
export function coversOf(episode: Episode): Covers {
  const firing = Object.entries(episode.members).filter(([, { isFiring }]) => isFiring);
  return Object.fromEntries(firing.map(([key, { verdict }]) => [key, verdict]));
}

/** Keeps the worst of each member; the episode's severity and its beginning follow. */
export function takeMembers(draft: Draft, episode: Episode, firing: Firing): void {
  const members: Record<string, EpisodeMember> = {};
  for (const [key, old] of Object.entries(episode.members)) {
    members[key] = { ...old, isFiring: firing.has(key) };
  }
  for (const [key, { name, verdict, since }] of firing) {
    const old = members[key];
    const isWorst = verdict === 'alert' || old?.verdict === 'alert';
    const firedAt = old?.firedAt ?? draft.at;
    members[key] = { name, firedAt, verdict: isWorst ? 'alert' : 'warn', isFiring: true };
    if (isWorst) episode.severity = 'critical';
    if (since !== null) episode.firstWindow = Math.min(episode.firstWindow, since);
  }
  episode.members = members;
}

/** Another member of the same upstream source fired in this episode within a day. */
export function isFollowed(draft: Draft, episode: Episode, fold: { name: MemberName }): boolean {
  const { source } = fold.name;
  if (source === null) return false;
  return Object.values(episode.members).some(
    (other) => other.name.source === source && draft.at - other.firedAt <= sourceCovers,
  );
}

/** The member's verdict is one that was seen. */
export function isCovered(covers: Covers, key: string, verdict: string): boolean {
  const known = covers[key];
  return known === 'alert' || (known === 'warn' && verdict !== 'alert');
}

/** Members of each word that one notice names at most. */
const mostMarked = 40;

/** The same, without empty lists, and none longer than a notice may name. */
export function markedOf({ fresh = [], worse = [], again = [] }: MarkedMembers): MarkedMembers {
  const few = (keys: readonly string[]) => keys.slice(0, mostMarked);
  return {
    ...(fresh.length === 0 ? {} : { fresh: few(fresh) }),
    ...(worse.length === 0 ? {} : { worse: few(worse) }),
    ...(again.length === 0 ? {} : { again: few(again) }),
  };
}
