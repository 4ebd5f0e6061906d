import type { AlertEvent, AlertMember, AlertNotice, AlertSummary } from '../alert.js';
import { keepListed, noteListed } from './listed.js';
import { addressOf, tellOver, tellRoot } from './plan.js';
import type { Words } from './plan.js';
import { alertEntity } from './state.js';
import type { About, Draft, Heard } from './state.js';
import { summaryOf } from './summary.js';
import { deliveryIdOf, sameTarget, targetOf } from '../delivering/delivery.js';
import type { Delivery, DeliveryNews, Outcome, Turn } from '../delivering/delivery.js';
import { settleDelivery, suppressDeliveries, tryDeliveries } from '../delivering/plan.js';
import type { Target } from '../notice.js';

/** Members that one notice carries at most; the rest is counted. */
const mostMembers = 40;

/** Takes in the outcome of an attempt. */
export function settleOutcome(draft: Draft, outcome: Outcome): void {
  const { at, retry, state } = draft;
  take(draft, settleDelivery({ open: state.deliveries, outcome, at, retry }));
}

/** Drops what nobody needs to hear any more, then makes every attempt that is due. */
export function tryAll(draft: Draft): void {
  const { at, retry, state } = draft;
  let before: number;
  do {
    before = state.planned; // what is heard meanwhile can plan deliveries that are due at once
    dropStale(draft);
    take(draft, tryDeliveries({ open: state.deliveries, at, retry }));
  } while (state.planned > before);
}

/** Tells everybody who heard that it fires that this is over; the episode has ended. */
export function tellAllOver(draft: Draft, words: Words): void {
  dropStale(draft);
  for (const heard of draft.state.episode?.heard ?? []) {
    if (!heard.over) tellOver(draft, heard, words);
  }
}

/** It fires again: whoever waits to hear that it is over still believes that it fires. */
export function takeBackOver(draft: Draft): void {
  const { state, at } = draft;
  const unsent = state.deliveries.filter((one) => !one.about.isPush && one.state !== 'sending');
  for (const heard of state.episode?.heard ?? []) {
    const isUnsent = unsent.some((one) => sameTarget(targetOf(one), heard.target));
    if (isUnsent) heard.over = false;
  }
  const which = (delivery: Delivery<About>) => !delivery.about.isPush;
  take(draft, suppressDeliveries(state.deliveries, { which, reason: 'it fires again', at }));
}

/** The effect of one attempt, with the alert as it stands now; a push keeps what it names. */
export function attemptOf(
  draft: Draft,
  delivery: Delivery<About>,
): { effect: AlertNotice; ifLost: AlertEvent } {
  const { state, rules } = draft;
  const { about, attempt, insteadOf } = delivery;
  const target = targetOf(delivery);
  const deliveryId = deliveryIdOf(delivery);
  const heard = state.episode?.heard.find((one) => sameTarget(one.target, target));
  const alert = summaryOf(state, rules.policy.keepFiringFor, about);
  const members = markedFirst(alert).slice(0, mostMembers);
  if (about.isPush) {
    state.deliveries = state.deliveries.map((one) =>
      one.id === delivery.id ? keepListed(one, members) : one,
    );
  }
  const effect: AlertNotice = {
    kind: 'notice',
    deliveryId,
    attempt,
    doubtful: delivery.doubtful,
    target,
    threadRef: heard?.ref ?? null,
    form: about.form,
    reason: about.reason,
    insteadOf: insteadOf?.target ?? null,
    insteadSince: insteadOf?.since ?? null,
    alert: { ...alert, members },
  };
  const lost = { outcome: 'doubtful', ref: null, reason: 'the attempt was lost' } as const;
  const id = `${deliveryId}/${attempt}`;
  const ifLost = { type: 'delivered', id, deliveryId, attempt, ...lost, retryAfter: null } as const;
  return { effect, ifLost };
}

/** The worst of all and what has a word of its own are never among those that are only counted. */
function markedFirst({ members, fresh = [], worse = [], again = [] }: AlertSummary): AlertMember[] {
  const marked = new Set([...fresh, ...worse, ...again]);
  const isMarked = ({ key }: AlertMember) => Number(marked.has(key));
  const others = members.slice(1).sort((a, b) => isMarked(b) - isMarked(a));
  return [...members.slice(0, 1), ...others];
}

function dropStale(draft: Draft): void {
  const { state, at } = draft;
  const { episode } = state;
  if (episode === null) return;
  const isOver = episode.ended !== null;
  if (!isOver && episode.handling.kind === 'open') return;
  const which = ({ about }: Delivery<About>) =>
    about.isPush && (isOver || !['reminder', 'assigned'].includes(about.reason));
  const reason = isOver ? 'over before it was told' : `${episode.handling.kind} before it was told`;
  take(draft, suppressDeliveries(state.deliveries, { which, reason, at }));
}

function take(draft: Draft, turn: Turn<About>): void {
  const { state } = draft;
  const entity = alertEntity(state.key);
  state.deliveries = turn.open;
  draft.attempts.push(...turn.attempts);
  for (const change of turn.changes) {
    draft.writes.push({ kind: 'delivery', record: { ...change, entity } });
  }
  for (const news of turn.news) hear(draft, news);
}

function hear(draft: Draft, news: DeliveryNews<About>): void {
  const { delivery } = news;
  switch (news.kind) {
    case 'sent':
      noteChannel(draft, news.target, null);
      noteHeard(draft, delivery, news.ref);
      return;
    case 'dead':
      noteChannel(draft, news.target, news);
      if (delivery.doubtful) noteHeard(draft, delivery, null);
      return;
    case 'dropped':
      noteHeard(draft, delivery, null);
      return;
    case 'unreached':
      noteChannel(draft, targetOf(delivery), { ...news, since: delivery.startedAt });
      tellRoot(draft, delivery);
  }
}

/** Keeps who was told, or may have been, so that the same hear how it ends. */
function noteHeard(draft: Draft, delivery: Delivery<About>, ref: string | null): void {
  const { episode } = draft.state;
  if (episode === null) return;
  const target = targetOf(delivery);
  const known = episode.heard.find((one) => sameTarget(one.target, target));
  const { form, isPush } = delivery.about;
  if (!isPush) {
    // A channel that could not change the first message has begun a new thread.
    if (known !== undefined && form === 'edit' && ref !== null) known.ref = ref;
    return;
  }
  noteListed(episode, delivery.about);
  const heard: Heard = known ?? { target, ref: null, over: false };
  if (known === undefined) episode.heard.push(heard);
  heard.ref ??= ref;
  heard.over = false;
  if (episode.ended !== null) tellOver(draft, heard, { reason: episode.ended.how });
}

/** Notes a channel's failure and its return, for a notify-health alert, which notes neither. */
function noteChannel(
  draft: Draft,
  target: Target,
  failure: { reason: string; since: number } | null,
): void {
  const { state, at, writes } = draft;
  const { channel, address } = target;
  const name = addressOf(target);
  const isDown = name in state.down;
  const isNews = failure === null ? isDown : !isDown;
  if (!isNews || state.key.category === 'notify-health') return;
  const entity = alertEntity(state.key);
  const reason = failure?.reason ?? null;
  const since = failure?.since ?? at;
  const word = failure === null ? 'up' : 'down';
  const others = Object.entries(state.down).filter(([key]) => key !== name);
  state.down = Object.fromEntries(failure === null ? others : [...others, [name, since]]);
  const health = { entity, channel, address, state: word, since, at, reason } as const;
  writes.push({ kind: 'channel', health });
}
