import { chainFrom } from './escalation.js';
import { coversOf, isCovered, isFollowed, takeMembers } from './members.js';
import type { Firing } from './members.js';
import { editAll, push, replyToAll } from './plan.js';
import type { Words } from './plan.js';
import { record } from './record.js';
import type { Draft, Episode } from './state.js';

/** New members that one notice names at most. */
const mostFresh = 40;

/** What an open episode's members say now, and who needs to hear of it. */
export function goOn(draft: Draft, episode: Episode, firing: Firing): void {
  const { severity } = episode;
  const before = coversOf(episode);
  const followed = new Set(
    [...firing].filter(([, fold]) => isFollowed(draft, episode, fold)).map(([key]) => key),
  );
  takeMembers(draft, episode, firing);
  const now = coversOf(episode);
  const fresh = Object.keys(now).filter((key) => !(key in before));
  const worse = Object.keys(now).filter((key) => now[key] === 'alert' && before[key] === 'warn');
  const isFewer = Object.keys(before).some((key) => !(key in now));
  if (episode.severity !== severity) startOver(draft, episode, { reason: 'worse', fresh });
  else if (episode.handling.kind === 'open') tellOpen(draft, { fresh, worse, followed, isFewer });
  else tellHandled(draft, episode, { fresh, worse, followed, isFewer });
}

interface Changes {
  fresh: readonly string[];
  worse: readonly string[];
  /** Members whose upstream source fires already. */
  followed: ReadonlySet<string>;
  isFewer: boolean;
}

function tellOpen(draft: Draft, { fresh, worse, followed, isFewer }: Changes): void {
  const words = { reason: 'member', fresh: fresh.slice(0, mostFresh) } as const;
  if (fresh.some((key) => !followed.has(key))) push(draft, [0], words);
  else if (fresh.length > 0) replyToAll(draft, words);
  if (fresh.length > 0) record(draft, 'member', { reason: fresh.join(', ') });
  if (fresh.length > 0 || worse.length > 0) editAll(draft, { reason: 'worse' });
  else if (isFewer) editAll(draft, { reason: 'better' });
}

function tellHandled(draft: Draft, episode: Episode, changes: Changes): void {
  const { handling } = episode;
  if (handling.kind === 'open') return;
  const { fresh, worse, followed, isFewer } = changes;
  const now = coversOf(episode);
  const isUncovered = (key: string) => !isCovered(handling.covers, key, now[key] ?? 'warn');
  const uncovered = [...worse, ...fresh.filter((key) => !followed.has(key))].filter(isUncovered);
  if (uncovered.length > 0) {
    const reason = worse.some(isUncovered) ? 'worse' : 'member';
    startOver(draft, episode, { reason, why: uncovered.join(', '), fresh });
    return;
  }
  const joining = fresh.filter(isUncovered);
  if (joining.length > 0) {
    episode.handling = { ...handling, covers: { ...handling.covers, ...now } };
    record(draft, 'member', { reason: joining.join(', ') });
  }
  if (handling.kind === 'snoozed') return;
  const words = { reason: 'member', fresh: joining.slice(0, mostFresh) } as const;
  if (joining.length > 0) replyToAll(draft, words);
  if (joining.length > 0) editAll(draft, { reason: 'worse' });
  else if (isFewer) editAll(draft, { reason: 'better' });
}

/** What nobody has seen yet clears an acknowledgement or a snooze and starts at level 0. */
function startOver(draft: Draft, episode: Episode, words: Words): void {
  episode.handling = { kind: 'open' };
  const fresh = words.fresh?.slice(0, mostFresh) ?? [];
  const chain = chainFrom(draft.at, words.reason);
  episode.escalation = fresh.length === 0 ? chain : { ...chain, fresh };
  record(draft, words.reason, { reason: words.why ?? episode.severity });
  editAll(draft, { reason: 'worse' });
}
