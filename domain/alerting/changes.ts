import { chainFrom } from './escalation.js';
import { unlike } from './listed.js';
import type { Unlike } from './listed.js';
import { coversOf, isCovered, isFollowed, markedOf, takeMembers } from './members.js';
import type { Firing } from './members.js';
import { editAll, push, replyToAll } from './plan.js';
import type { Words } from './plan.js';
import { record } from './record.js';
import type { Covers, Draft, Episode } from './state.js';

/** What an open episode's members say now, and who needs to hear of it. */
export function goOn(draft: Draft, episode: Episode, firing: Firing): void {
  const { severity, members } = episode;
  const before = coversOf(episode);
  const followed = new Set(
    [...firing].filter(([, fold]) => isFollowed(draft, episode, fold)).map(([key]) => key),
  );
  takeMembers(draft, episode, firing);
  const now = coversOf(episode);
  const joined = worstKeys(draft, now).filter((key) => !(key in before));
  const apart = unlike(draft, { fresh: joined, now, before: members });
  const rose = worstKeys(draft, now).filter(
    (key) => now[key] === 'alert' && before[key] === 'warn',
  );
  const isFewer = Object.keys(before).some((key) => !(key in now));
  const changes = { joined, apart, rose, followed, isFewer };
  if (episode.severity !== severity) startOver(draft, episode, wordsOf(changes, 'worse'));
  else if (episode.handling.kind === 'open') tellOpen(draft, changes);
  else tellHandled(draft, episode, changes);
}

/** The worst first: a notice marks so many of them only. */
function worstKeys({ state }: Draft, covers: Covers): string[] {
  const rank = (key: string) => (covers[key] === 'alert' ? 0 : 1);
  const excess = (key: string) => state.ring.excess?.[key] ?? 0;
  return Object.keys(covers).sort((a, b) => rank(a) - rank(b) || excess(b) - excess(a));
}

interface Changes {
  /** Members that fire now and did not before. */
  joined: readonly string[];
  /** The same, by what people were told of them. */
  apart: Unlike;
  /** Members that fired as warnings. */
  rose: readonly string[];
  /** Members whose upstream source fires already. */
  followed: ReadonlySet<string>;
  isFewer: boolean;
}

/** New is what nobody was told of; what was told as a warning gets worse. */
function wordsOf({ apart, rose }: Changes, reason?: 'worse'): Words {
  const worse = [...rose, ...apart.worse];
  const isWorse = apart.fresh.length === 0 && apart.worse.length > 0;
  return { reason: reason ?? (isWorse ? 'worse' : 'member'), ...markedOf({ ...apart, worse }) };
}

function tellOpen(draft: Draft, changes: Changes): void {
  const { joined, apart, rose, followed, isFewer } = changes;
  const untold = joined.filter((key) => !apart.told.includes(key));
  if (untold.some((key) => !followed.has(key))) push(draft, [0], wordsOf(changes));
  else if (untold.length > 0) replyToAll(draft, wordsOf(changes));
  if (joined.length > 0) record(draft, 'member', { reason: joined.join(', ') });
  if (joined.length > 0 || rose.length > 0) editAll(draft, { reason: 'worse' });
  else if (isFewer) editAll(draft, { reason: 'better' });
}

function tellHandled(draft: Draft, episode: Episode, changes: Changes): void {
  const { handling } = episode;
  if (handling.kind === 'open') return;
  const { joined, apart, rose, followed, isFewer } = changes;
  const now = coversOf(episode);
  const isUncovered = (key: string) => !isCovered(handling.covers, key, now[key] ?? 'warn');
  // What was named before anybody answered was seen, though it did not fire yet.
  const unseen = joined.filter((key) => !apart.told.includes(key) && isUncovered(key));
  const uncovered = [...rose.filter(isUncovered), ...unseen.filter((key) => !followed.has(key))];
  if (uncovered.length > 0) {
    const isWorse = rose.some(isUncovered) ? 'worse' : undefined;
    startOver(draft, episode, { ...wordsOf(changes, isWorse), why: uncovered.join(', ') });
    return;
  }
  const joining = joined.filter(isUncovered);
  if (joining.length > 0) {
    episode.handling = { ...handling, covers: { ...handling.covers, ...now } };
    record(draft, 'member', { reason: joining.join(', ') });
  }
  if (handling.kind === 'snoozed') return;
  if (unseen.length > 0) replyToAll(draft, wordsOf(changes));
  if (joining.length > 0) editAll(draft, { reason: 'worse' });
  else if (isFewer) editAll(draft, { reason: 'better' });
}

/** What nobody has seen yet clears an acknowledgement or a snooze and starts at level 0. */
function startOver(draft: Draft, episode: Episode, words: Words): void {
  episode.handling = { kind: 'open' };
  episode.escalation = { ...chainFrom(draft.at, words.reason), ...markedOf(words) };
  record(draft, words.reason, { reason: words.why ?? episode.severity });
  editAll(draft, { reason: 'worse' });
}
