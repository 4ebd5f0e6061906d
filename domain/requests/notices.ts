import {
  deliveryBase,
  deliveryIdOf,
  planDelivery,
  sameTarget,
  targetOf,
} from '../delivering/delivery.js';
import type { Delivery, Outcome, Turn } from '../delivering/delivery.js';
import { settleDelivery, tryDeliveries } from '../delivering/plan.js';
import type { Target } from '../notice.js';
import type { RequestNoticeReason, RequestSummary, RetrainRules } from '../request.js';
import { asked } from './approvers.js';
import type { Draft } from './draft.js';
import { KEPT_THREADS } from './state.js';
import type { RequestAbout } from './state.js';

/** Waiting for an answer or for repair: tried for a day, given to the next channel soon. */
const URGENT: readonly RequestNoticeReason[] = [
  'opened',
  'reminder',
  'start_failed',
  'uncertain',
  'failed',
];
/** These push; all others are replies in the request's thread. */
const PUSHES: readonly RequestNoticeReason[] = [...URGENT, 'held'];
/** Nobody has to act: told where a thread is read, never by mail. */
const IN_BETWEEN: readonly RequestNoticeReason[] = ['started', 'trained', 'helped'];
/** Ask for a decision: whoever may not approve is not asked. */
const ASKS: readonly RequestNoticeReason[] = ['opened', 'reminder'];
const FOR_ENGINEERING: readonly RequestNoticeReason[] = ['start_failed', 'uncertain', 'failed'];
/** What was decided and how it ended: whoever asked hears it, an approver or not. */
const FOR_REQUESTER: readonly RequestNoticeReason[] = [
  ...(['approved', 'rejected', 'expired', 'superseded', 'cancelled', 'invalidated'] as const),
  ...(['promoted', 'not_helped', 'gate_failed', 'failed'] as const),
];

/**
 * Plans one notice for each receiver: approvers hear what is asked of them, what was decided and
 * how it ended, in threads also what comes between; whoever asked hears the decision and the end;
 * engineering hears of failures. Receivers whose channels meet at one address hear once there.
 */
export function tell(draft: Draft, reason: RequestNoticeReason, rules: RetrainRules): void {
  const request = draft.state.requests[0];
  if (request === undefined) return;
  const { requester } = draft.state;
  const receivers = [
    ...(FOR_ENGINEERING.includes(reason) ? rules.engineering : []),
    ...(ASKS.includes(reason) ? asked(rules, request.openedBy) : rules.to),
    ...(requester !== undefined && FOR_REQUESTER.includes(reason) ? [requester] : []),
  ];
  const notice = `${draft.state.noticed}`;
  const told: Target[] = [];
  for (const chain of receivers) {
    const first = chain[0];
    if (first === undefined || told.some((target) => sameTarget(target, first))) continue;
    if (first.channel === 'email' && IN_BETWEEN.includes(reason)) continue;
    told.push(first);
    plan(draft, { chain, notice }, { reason, request: request.id, root: rules.root });
  }
}

function plan(
  draft: Draft,
  to: { chain: readonly Target[]; notice: string },
  about: RequestAbout,
): void {
  const noticed = draft.state.noticed + 1;
  const id = deliveryBase(`retrain/${draft.state.model}`, numberOf(about.request), noticed);
  const urgent = URGENT.includes(about.reason);
  const what = { reason: about.reason };
  const delivery = planDelivery({ id, ...to, urgent, about, what, at: draft.at });
  draft.state = { ...draft.state, noticed, deliveries: [...draft.state.deliveries, delivery] };
}

/** Takes in what became of an attempt. */
export function settleNotice(draft: Draft, outcome: Outcome): void {
  const { at, retry } = draft;
  take(draft, settleDelivery({ open: draft.state.deliveries, outcome, at, retry }));
}

/** Makes the attempts that are due. */
export function sendNotices(draft: Draft): void {
  const { at, retry } = draft;
  take(draft, tryDeliveries({ open: draft.state.deliveries, at, retry }));
}

function take(draft: Draft, turn: Turn<RequestAbout>): void {
  draft.changes.push(...turn.changes);
  const isSame =
    turn.open.length === draft.state.deliveries.length &&
    turn.open.every((delivery, i) => delivery === draft.state.deliveries[i]);
  if (!isSame) draft.state = { ...draft.state, deliveries: turn.open };
  for (const news of turn.news) {
    if (news.kind === 'sent') remember(draft, news.delivery, news.ref);
    if (news.kind === 'unreached') tellRoot(draft, news.delivery);
  }
  for (const delivery of turn.attempts) attempt(draft, delivery);
}

function remember(draft: Draft, delivery: Delivery<RequestAbout>, ref: string | null): void {
  const { request } = delivery.about;
  const target = nameOf(targetOf(delivery));
  const { threads } = draft.state;
  const isKnown = threads.some((one) => one.request === request && one.target === target);
  if (ref === null || isKnown) return;
  const kept = [...threads, { request, target, ref }].slice(-KEPT_THREADS);
  draft.state = { ...draft.state, threads: kept };
}

/** Root hears it once; when root is dead too, nobody is left to tell. */
function tellRoot(draft: Draft, delivery: Delivery<RequestAbout>): void {
  const { about, chain, urgent, notice } = delivery;
  const meets = notice === undefined ? {} : { notice };
  const root = about.root.filter((target) => !chain.some((dead) => sameTarget(dead, target)));
  const hasHeard = delivery.heard?.some((one) => root.some((target) => sameTarget(target, one)));
  if (root.length === 0 || hasHeard === true) return;
  const noticed = draft.state.noticed + 1;
  const id = deliveryBase(`retrain/${draft.state.model}`, numberOf(about.request), noticed);
  const what = { reason: about.reason };
  const last = { id, chain: root, urgent, about, what, at: draft.at, told: true, ...meets };
  const planned = planDelivery(last);
  const since = delivery.insteadOf ?? { target: targetOf(delivery), since: delivery.startedAt };
  const deliveries = [...draft.state.deliveries, { ...planned, insteadOf: since }];
  draft.state = { ...draft.state, noticed, deliveries };
}

function attempt(draft: Draft, delivery: Delivery<RequestAbout>): void {
  const { about, attempt: count, doubtful, insteadOf } = delivery;
  const request = draft.state.requests.find((one) => one.id === about.request);
  if (request === undefined) return;
  const target = targetOf(delivery);
  const thread = draft.state.threads.find(
    (one) => one.request === about.request && one.target === nameOf(target),
  );
  const deliveryId = deliveryIdOf(delivery);
  draft.attempts.push({
    effect: {
      kind: 'notice',
      deliveryId,
      attempt: count,
      doubtful,
      target,
      threadRef: thread?.ref ?? null,
      form: formOf(about.reason, thread !== undefined),
      reason: about.reason,
      insteadOf: insteadOf?.target ?? null,
      request,
    },
    ifLost: {
      type: 'delivered',
      id: `${deliveryId}/${count}`,
      deliveryId,
      attempt: count,
      outcome: 'doubtful',
      ref: null,
      reason: 'the attempt was lost',
      retryAfter: null,
    },
  });
}

function formOf(reason: RequestNoticeReason, hasThread: boolean): 'new' | 'reply' {
  return PUSHES.includes(reason) || !hasThread ? 'new' : 'reply';
}

/** `churn#12` → 12. */
export function numberOf(request: RequestSummary['id']): number {
  return Number(request.slice(request.lastIndexOf('#') + 1));
}

function nameOf(target: Target): string {
  return `${target.channel}:${target.address}`;
}
