import { goOn } from './changes.js';
import { conditionsOf, emptyRing } from './conditions.js';
import { chainFrom, reopenWithin } from './escalation.js';
import { takeBackOver, tellAllOver } from './heard.js';
import { isCovered, takeMembers } from './members.js';
import type { Firing } from './members.js';
import { record } from './record.js';
import type { Actor } from './record.js';
import type { Covers, Draft, Episode } from './state.js';

/** Moves the episode to where the windows now stand. `isRestated`: no newer window came. */
export function followWindows(draft: Draft, isRestated: boolean): void {
  const { state, rules } = draft;
  const folds = conditionsOf(state.ring, rules.policy.keepFiringFor);
  const firing = new Map(
    [...folds].filter(([, { condition }]) => condition === 'firing' || condition === 'recovering'),
  );
  const { episode } = state;
  if (episode !== null && episode.ended === null) {
    if (firing.size > 0) goOn(draft, episode, firing);
    // A window that is judged at last was not judged before: its alert was right.
    else if (state.key.category === 'check-health') end(draft, episode, { how: 'resolved' });
    else end(draft, episode, { how: howItEnded(episode, folds, isRestated) });
    return;
  }
  const muted = stillMuted(episode, firing);
  if (episode !== null) episode.muted = muted;
  const fresh = [...firing].filter(([key, { verdict }]) => !isCovered(muted, key, verdict));
  if (!fresh.some(([, { condition }]) => condition === 'firing')) return;
  const { at } = draft;
  const isNear = episode?.ended != null && at - episode.ended.at < reopenWithin(rules);
  if (isNear) reopen(draft, episode, firing);
  else begin(draft, firing);
}

/** Ends the episode and tells whoever heard of it. */
export function end(
  draft: Draft,
  episode: Episode,
  input: { how: 'resolved' | 'withdrawn' | 'closed'; actor?: Actor; why?: string },
): void {
  const { how, actor, why = null } = input;
  episode.ended = { at: draft.at, how };
  record(draft, how, { reason: why, ...(actor === undefined ? {} : { actor }) });
  tellAllOver(draft, { reason: how, by: actor?.by ?? null, why });
  for (const member of Object.values(episode.members)) member.isFiring = false;
}

/** A new model, a new reference: what was seen of the old one counts no more. */
export function forgetWindows(draft: Draft): void {
  const { state } = draft;
  const newest = state.ring.entries.at(-1)?.windowEnd ?? state.ring.settledUntil;
  state.ring = emptyRing(newest);
}

function begin(draft: Draft, firing: Firing): void {
  const { state, at } = draft;
  state.episodes += 1;
  const since = [...firing.values()].flatMap((fold) => fold.since ?? []);
  const episode: Episode = {
    number: state.episodes,
    firedAt: at,
    firstWindow: Math.min(...since, draft.since ?? Infinity, state.lastWindow),
    ended: null,
    reopened: 0,
    severity: 'warning',
    members: {},
    handling: { kind: 'open' },
    escalation: chainFrom(at, 'firing'),
    heard: [],
    assignedTo: null,
    muted: {},
  };
  state.episode = episode;
  takeMembers(draft, episode, firing);
  record(draft, 'fired', { reason: state.episodes > 1 ? `after #${state.episodes - 1}` : null });
}

function reopen(draft: Draft, episode: Episode, firing: Firing): void {
  episode.ended = null;
  episode.reopened += 1;
  episode.muted = {};
  episode.handling = { kind: 'open' };
  episode.escalation = chainFrom(draft.at, 'reopened');
  takeBackOver(draft);
  takeMembers(draft, episode, firing);
  record(draft, 'reopened', { reason: `×${episode.reopened}` });
}

/** Withdrawn: with what is known now it would never have fired. */
function howItEnded(
  episode: Episode,
  folds: Firing,
  isRestated: boolean,
): 'resolved' | 'withdrawn' {
  const fired = [...folds].some(
    ([key, { lastFiring }]) =>
      key in episode.members && lastFiring !== null && lastFiring >= episode.firstWindow,
  );
  return isRestated && !fired ? 'withdrawn' : 'resolved';
}

function stillMuted(episode: Episode | null, firing: Firing): Covers {
  const muted = Object.entries(episode?.muted ?? {}).filter(([key]) => firing.has(key));
  return Object.fromEntries(muted);
}
