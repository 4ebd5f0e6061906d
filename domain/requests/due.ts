import { nextTry } from '../delivering/plan.js';
import type { RetrainEvent } from '../request.js';
import { hasQuorum, standing, stillNeeded } from './approvers.js';
import { dropLost, QUIET_AFTER_END } from './answers.js';
import { audit, changeRequest, changeWork, currentRulesOf, endRequest } from './draft.js';
import { openOf, policy, suppress } from './draft.js';
import type { Draft, Open } from './draft.js';
import { keyOf, lost, perform } from './effects.js';
import { tell } from './notices.js';
import { invalidate } from './open.js';
import { hold, holdsPromotion } from './promotion.js';
import { classOf } from './state.js';
import { APPROVAL_LASTS, giveUpTraining } from './training.js';
import type { Duration, Instant } from '../window.js';

const minute = 60 * 1_000;
/** The trainer ends its job by itself at the timeout; only then it is given up here. */
const GRACE = 2 * minute;
/** An effect without an answer for this long has lost its loop, not only its attempt. */
const ANSWER_LASTS: Duration = 2 * 60 * minute;

/** Does all that is due; returns what an effect without an answer has come to. */
export function doDue(draft: Draft): RetrainEvent | null {
  const open = openOf(draft);
  if (open === null) return null;
  const { status } = open.request;
  if (status === 'requested') whileRequested(draft, open);
  else if (status === 'cooling') whileCooling(draft, open);
  else return whileExecuting(draft, open);
  return null;
}

/** The earliest instant at which something falls due; null: nothing does. */
export function nextDue(draft: Draft): Instant | null {
  const open = openOf(draft);
  const times = open === null ? [] : deadlines(open);
  const tries = nextTry(draft.state.deliveries, draft.retry);
  if (tries !== null) times.push(tries);
  return times.length === 0 ? null : Math.min(...times);
}

function deadlines(open: Open): Instant[] {
  const { request, work, rules } = open;
  if (request.status === 'requested') {
    return [request.expiresAt, ...reminders(open).slice(work.reminded, work.reminded + 1)];
  }
  if (request.status === 'cooling') return request.startsAt === null ? [] : [request.startsAt];
  if (request.status !== 'executing') return [];

  const times = work.next === null ? [] : [work.next.at];
  if (work.pending !== null) times.push(work.pending.since + ANSWER_LASTS);
  const { trigger } = rules.policy;
  if (request.result === null && request.training !== null && trigger !== null) {
    times.push(request.training.startedAt + trigger.timeout + GRACE);
  }
  return times;
}

/** Instants of the reminders, in order; those after the expiry are none. */
function reminders(open: Open): Instant[] {
  const { request, rules } = open;
  return rules.policy.approvals.reminders
    .map((after) => request.openedAt + after)
    .filter((at) => at < request.expiresAt)
    .sort((a, b) => a - b);
}

function whileRequested(draft: Draft, open: Open): void {
  const { request, rules, work } = open;
  if (draft.at >= request.expiresAt) {
    endRequest(draft, 'expired', undecided(open));
    const because = `${request.id} expired`;
    suppress(draft, { class: classOf(request.advice), for: QUIET_AFTER_END, because });
    audit(draft, { actor: policy('approvals'), action: 'expired', subject: request.id });
    tell(draft, 'expired', rules);
    return;
  }
  // After a long sleep several are past: they are one reminder.
  const reminded = reminders(open).filter((at) => at <= draft.at).length;
  if (reminded <= work.reminded) return;
  changeWork(draft, { reminded });
  audit(draft, { actor: policy('approvals'), action: 'reminded', subject: request.id });
  tell(draft, 'reminder', rules);
}

/** Why it expired: nobody decided, or too few did. */
function undecided({ request, rules }: Open): string {
  const given = request.approvals.map(({ by }) => by);
  if (given.length === 0) return 'nobody decided in time';
  const needed = stillNeeded(rules, request) ?? '';
  const were = needed.replace(' is needed', ' was needed').replace(' are needed', ' were needed');
  return `approved in time by ${given.join(' and ')} only; ${were}`;
}

/** The last look before a training starts: everything that was true at approval must still be. */
function whileCooling(draft: Draft, open: Open): void {
  const { request, rules, work } = open;
  if (request.startsAt === null || draft.at < request.startsAt) return;
  const { trigger } = rules.policy;
  if (trigger === null) {
    invalidate(draft, open, 'the monitor names no retraining.trigger: nothing was started');
    return;
  }
  if (holdsPromotion(draft.state.advice)) {
    const { action, drivers } = draft.state.advice ?? { action: 'unknown', drivers: [] };
    invalidate(draft, open, `the advice is now ${action}: ${drivers.join(', ')}`);
    return;
  }
  if (work.approvedAt !== null && draft.at >= work.approvedAt + APPROVAL_LASTS) {
    const because = `${request.id} could not be started`;
    suppress(draft, { class: classOf(request.advice), for: QUIET_AFTER_END, because });
    invalidate(draft, open, 'it was approved, but could not be started within 24 h');
    return;
  }
  const counting = standing(request.approvals, rules, currentRulesOf(draft));
  if (
    !hasQuorum(
      rules,
      counting.map(({ by }) => by),
    )
  ) {
    changeRequest(draft, { status: 'requested', startsAt: null });
    changeWork(draft, { approvedAt: null });
    dropLost(draft, request, counting);
    tell(draft, 'reminder', rules);
    return;
  }
  intend(draft, open);
}

/** Written before the start is tried: whoever comes after a crash knows that there may be one. */
function intend(draft: Draft, open: Open): void {
  const { request, work, rules } = open;
  const host = rules.policy.trigger?.kind === 'command' ? draft.host : '';
  const key = keyOf(open);
  const timeout = rules.policy.trigger?.timeout ?? 0;
  const lasting = { startedAt: draft.at, endsBy: draft.at + timeout };
  const training = { key, ref: null, url: null, ...lasting, rules: work.rules, host };
  changeRequest(draft, { status: 'executing', startsAt: null, training });
  changeWork(draft, { next: { step: 'start', at: draft.at + 1 } });
  const { evidence } = request;
  const line = { actor: policy('trigger'), action: 'start intended', subject: request.id };
  audit(draft, { ...line, reason: key, evidence });
}

function whileExecuting(draft: Draft, open: Open): RetrainEvent | null {
  const { request, work, rules } = open;
  const { training, result } = request;
  const { trigger } = rules.policy;
  const isRunning = request.status === 'executing' && result === null;
  if (isRunning && training !== null && trigger !== null) {
    if (draft.at >= training.startedAt + trigger.timeout + GRACE) {
      giveUpTraining(draft, open);
      return null;
    }
  }
  if (work.pending !== null && draft.at >= work.pending.since + ANSWER_LASTS) {
    return lost(open, work.pending.step, work.pending.id);
  }
  if (work.next === null || work.pending !== null || draft.at < work.next.at) return null;
  if (work.next.step === 'promote' && holdsPromotion(draft.state.advice)) {
    hold(draft, open);
    return null;
  }
  perform(draft, open, work.next.step);
  return null;
}
