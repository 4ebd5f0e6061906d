import type { Answer } from '../entity.js';
import type { RequestSummary, RetrainEvent } from '../request.js';
import { eligible, standing, stillNeeded, whyNot } from './approvers.js';
import { audit, changeRequest, changeWork, clock, currentRulesOf, endRequest } from './draft.js';
import { fine, no, openOf, person, policy, suppress } from './draft.js';
import type { Draft, Open } from './draft.js';
import { tell } from './notices.js';
import { classOf, isOpen } from './state.js';
import { stopTraining } from './effects.js';

const day = 24 * 60 * 60 * 1000;
/** A rejection keeps the same class of advice from asking again for so long. */
const QUIET_AFTER_REJECTION = 7 * day;
export const QUIET_AFTER_END = day;
const SHORT_EVIDENCE = 12;
/** Characters that a rejection's reason needs. */
export const LEAST_REASON = 10;

type Decide = Extract<RetrainEvent, { type: 'approve' | 'reject' }>;
type Take = Extract<RetrainEvent, { type: 'withdraw' | 'cancel' }>;

/** One person's answer to a request. */
export function onDecision(draft: Draft, event: Decide): Answer {
  const request = draft.state.requests.find((one) => one.id === event.request);
  if (request === undefined) return no('gone', `no request ${event.request} is known here`);
  if (request.supersededBy !== null) return closed(draft, request);
  const same = sameAgain(draft, request, event);
  if (same !== null) return same;
  const open = openOf(draft);
  if (open === null || open.request.id !== request.id || request.status !== 'requested') {
    return closed(draft, request);
  }
  const refusal = whyNot(open.rules, event, request.openedBy);
  if (refusal !== null) return no('refused', refusal);
  if (!names(event.evidence, request)) return no('conflict', evidenceChanged(request, event));
  if (event.type === 'reject' && event.reason.trim().length < LEAST_REASON) {
    return no('refused', `a rejection needs a reason of at least ${LEAST_REASON} characters`);
  }
  return event.type === 'approve' ? approve(draft, open, event) : reject(draft, open, event);
}

/** Takes one's own approval back, or cancels the whole request. */
export function onTake(draft: Draft, event: Take): Answer {
  const request = draft.state.requests.find((one) => one.id === event.request);
  if (request === undefined) return no('gone', `no request ${event.request} is known here`);
  const open = openOf(draft);
  if (open === null || open.request.id !== request.id) return closed(draft, request);
  return event.type === 'withdraw' ? withdraw(draft, open, event) : cancel(draft, open, event);
}

/** The same person: the recorded answer to the same decision, a conflict to another one. */
function sameAgain(draft: Draft, request: RequestSummary, event: Decide): Answer | null {
  const approval = request.approvals.find(({ by }) => by === event.by);
  const hasRejected = request.rejectedBy === event.by;
  if (approval === undefined && !hasRejected) return null;
  const already = hasRejected ? 'rejected' : 'approved';
  const at = hasRejected ? request.endedAt : (approval?.at ?? null);
  const when = at === null ? '' : ` at ${clock(draft, at)}`;
  const said = `${request.id}: already ${already} by ${event.by}${when}`;
  const isSame = hasRejected === (event.type === 'reject');
  return isSame ? fine(said) : no('conflict', said);
}

/** What a decision hears that comes after another one, by whom it was made and when. */
function closed(draft: Draft, request: RequestSummary): Answer {
  const { id, status, endedAt, supersededBy } = request;
  if (supersededBy !== null) return no('gone', `${id} was superseded by ${supersededBy}`);
  if (status === 'rejected') {
    const at = endedAt === null ? '' : ` at ${clock(draft, endedAt)}`;
    return no('conflict', `${id}: already rejected by ${request.rejectedBy ?? '?'}${at}`);
  }
  if (request.approvals.length > 0 && (isOpen(request) || request.training !== null)) {
    const by = request.approvals.map((one) => `${one.by} at ${clock(draft, one.at)}`).join(', ');
    return no('conflict', `${id}: already approved by ${by}; it is ${status}`);
  }
  return no('gone', `${id} is ${status}${request.outcome === null ? '' : `: ${request.outcome}`}`);
}

/** The whole fingerprint, or its first 12 characters or more, as people copy it. */
function names(evidence: string, request: RequestSummary): boolean {
  const isWhole = evidence === request.evidence;
  return isWhole || (evidence.length >= SHORT_EVIDENCE && request.evidence.startsWith(evidence));
}

function evidenceChanged(request: RequestSummary, event: Decide): string {
  const [is, given] = [request.evidence, event.evidence].map((hash) =>
    hash.slice(0, SHORT_EVIDENCE),
  );
  return `evidence changed: ${request.id} rests on ${is}, the decision names ${given}; look again`;
}

function approve(draft: Draft, open: Open, event: Decide): Answer {
  const { request, rules } = open;
  const { by, verified, reason, evidence } = event;
  const approval = { by, at: draft.at, verified, reason };
  const current = currentRulesOf(draft);
  if (standing([approval], rules, current).length === 0) {
    return no('refused', `${by} is no longer an approver of ${request.model}`);
  }
  audit(draft, { actor: person(event), action: 'approved', subject: request.id, reason, evidence });
  const approvals = [...request.approvals, approval];
  const counting = standing(approvals, rules, current);
  dropLost(draft, { ...request, approvals }, counting);
  const needed = stillNeeded(rules, { ...request, approvals: counting });
  if (needed !== null) return fine(`${request.id}: approved by ${by}; ${needed}`);
  const startsAt = draft.at + rules.policy.approvals.cooling;
  changeRequest(draft, { status: 'cooling', startsAt });
  changeWork(draft, { approvedAt: draft.at });
  tell(draft, 'approved', rules);
  return fine(`${request.id}: approved; the training starts at ${clock(draft, startsAt)}`);
}

/** Records which approvals no longer count. */
export function dropLost(
  draft: Draft,
  request: RequestSummary,
  counting: RequestSummary['approvals'],
): void {
  changeRequest(draft, { approvals: counting });
  for (const lost of request.approvals.filter((one) => !counting.includes(one))) {
    const actor = policy('approvals');
    const reason = `${lost.by} is no longer an approver`;
    audit(draft, { actor, action: 'approval dropped', subject: request.id, reason });
  }
}

function reject(draft: Draft, open: Open, event: Decide): Answer {
  const { request, rules } = open;
  const { by, reason, evidence } = event;
  changeRequest(draft, { rejectedBy: by });
  endRequest(draft, 'rejected', `by ${by}: ${reason}`);
  const because = `${request.id} was rejected`;
  suppress(draft, { class: classOf(request.advice), for: QUIET_AFTER_REJECTION, because });
  audit(draft, { actor: person(event), action: 'rejected', subject: request.id, reason, evidence });
  tell(draft, 'rejected', rules);
  return fine(`${request.id}: rejected by ${by}`);
}

function withdraw(draft: Draft, open: Open, event: Take): Answer {
  const { request } = open;
  const approvals = request.approvals.filter(({ by }) => by !== event.by);
  if (approvals.length === request.approvals.length) {
    return no('refused', `${event.by} has no approval of ${request.id} to take back`);
  }
  if (request.status !== 'requested') {
    const at =
      request.startsAt === null
        ? ''
        : `; it can be cancelled until ${clock(draft, request.startsAt)}`;
    return no('conflict', `${request.id} has its quorum and is ${request.status}${at}`);
  }
  changeRequest(draft, { approvals });
  const { reason } = event;
  audit(draft, { actor: person(event), action: 'withdrawn', subject: request.id, reason });
  return fine(`${request.id}: the approval of ${event.by} is taken back`);
}

function cancel(draft: Draft, open: Open, event: Take): Answer {
  const { request, rules, work } = open;
  const may = [...eligible(rules), request.openedBy];
  if (!may.includes(event.by)) {
    return no('refused', `${event.by} may not cancel ${request.id}; who may: ${may.join(', ')}`);
  }
  if (work.pending?.step === 'promote') return no('conflict', `${request.id} is being promoted`);
  stopTraining(draft, open);
  const why = event.reason === '' ? '' : `: ${event.reason}`;
  endRequest(draft, 'cancelled', `cancelled by ${event.by}${why}`);
  const because = `${request.id} was cancelled`;
  suppress(draft, { class: classOf(request.advice), for: QUIET_AFTER_END, because });
  const { reason } = event;
  audit(draft, { actor: person(event), action: 'cancelled', subject: request.id, reason });
  tell(draft, 'cancelled', rules);
  return fine(`${request.id}: cancelled by ${event.by}`);
}
