import type { AlertEvent } from '../alert.js';
import { end } from './episode.js';
import { chainFrom } from './escalation.js';
import { coversOf } from './members.js';
import { editAll, pushTo, replyToAll } from './plan.js';
import { record } from './record.js';
import type { Draft, Episode } from './state.js';
import { alertId } from './summary.js';
import type { Instant } from '../window.js';
import { inZone } from '../zone.js';

/** What a person does to an alert. */
export type Act = Extract<AlertEvent, { notAfter: Instant }>;

/** Applies an act that was not refused; gives what the person is answered. */
export function applyAct(draft: Draft, act: Act): string {
  const { episode, key } = draft.state;
  if (episode === null) throw new Error(`${act.type}: no episode, expected an open one`);
  const id = alertId(key, episode.number);
  switch (act.type) {
    case 'ack':
      return acknowledge(draft, episode, act);
    case 'snooze': {
      const before = heldBefore(draft, episode, act.by);
      snooze(draft, episode, act);
      const { timezone = 'UTC' } = draft.state;
      const until = inZone(act.until, timezone);
      return `snoozed ${id} until ${until}${before === null ? '' : `; ${before}`}`;
    }
    case 'unack':
      unacknowledge(draft, episode, act);
      return `unacknowledged ${id}`;
    case 'resolve':
      episode.muted = coversOf(episode);
      end(draft, episode, { how: 'closed', actor: act, why: act.reason });
      return `closed ${id}`;
    case 'assign':
      return `assigned ${id} to ${act.to}${assign(draft, episode, act)}`;
    case 'comment':
      record(draft, 'commented', { reason: act.reason, actor: act });
      return `commented on ${id}`;
  }
}

/** Covers what fires now; again by anybody, it begins a new term, and says whose it was. */
function acknowledge(draft: Draft, episode: Episode, act: Extract<Act, { type: 'ack' }>): string {
  const { by, reason, chain = [] } = act;
  const { at } = draft;
  const covers = coversOf(episode);
  const wasAcknowledged = episode.handling.kind === 'acknowledged';
  const before = heldBefore(draft, episode, by);
  episode.handling = { kind: 'acknowledged', by, at, reason, covers, remindedAt: null, chain };
  const why = [reason, before ?? ''].filter((words) => words !== '').join('; ');
  tell(draft, 'acknowledged', { ...act, reason: why });
  const id = alertId(draft.state.key, episode.number);
  if (before !== null) return `acknowledged ${id}, now by ${by}; ${before}`;
  return `acknowledged ${wasAcknowledged ? 'again ' : ''}${id}`;
}

/** Who else has it, and since when; null: nobody. */
function heldBefore({ state }: Draft, { handling }: Episode, by: string): string | null {
  if (handling.kind === 'open' || handling.by === by) return null;
  const { timezone = 'UTC' } = state;
  if (handling.kind === 'snoozed') {
    return `it was snoozed by ${handling.by} until ${inZone(handling.until, timezone)}`;
  }
  return `it was acknowledged by ${handling.by} since ${inZone(handling.at, timezone)}`;
}

function snooze(draft: Draft, episode: Episode, act: Extract<Act, { type: 'snooze' }>): void {
  const { by, reason, until } = act;
  episode.handling = { kind: 'snoozed', by, until, reason, covers: coversOf(episode) };
  tell(draft, 'snoozed', act);
}

/** Tells the assignee too, unless they took it themselves; gives what the actor is told of that. */
function assign(draft: Draft, episode: Episode, act: Extract<Act, { type: 'assign' }>): string {
  const { to, by, chain = [] } = act;
  episode.assignedTo = to;
  episode.assignedChain = chain;
  const why = act.reason === '' ? `to ${to}` : `to ${to}: ${act.reason}`;
  tell(draft, 'assigned', { ...act, reason: why });
  if (to === by) return '';
  if (chain.length === 0) return `; no address of ${to} is known: tell them yourself`;
  pushTo(draft, chain, { reason: 'assigned', by, why });
  return '';
}

/** Open again: level 0 counts as told, the next ones run from now. */
function unacknowledge(draft: Draft, episode: Episode, act: Act): void {
  episode.handling = { kind: 'open' };
  episode.escalation = { ...chainFrom(draft.at, 'unacknowledged'), next: 1 };
  tell(draft, 'unacknowledged', act);
}

function tell(
  draft: Draft,
  reason: 'acknowledged' | 'unacknowledged' | 'snoozed' | 'assigned',
  act: Act,
): void {
  const words = { reason, by: act.by, why: act.reason };
  record(draft, reason, { reason: act.reason, actor: act });
  replyToAll(draft, words);
  editAll(draft, words);
}
