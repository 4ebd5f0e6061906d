import type { AdviceMark } from '../advice.js';
import type { Answer } from '../entity.js';
import type { Target } from '../notice.js';
import type { RequestSummary, RetrainEvent } from '../request.js';
import { eligible } from './approvers.js';
import { addRequest, audit, changeRequest, clock, endRequest, fine, no } from './draft.js';
import { cooldownOf, ofReplaced } from './early.js';
import { openOf, person, policy, rulesOf, whyNoRules } from './draft.js';
import type { Draft, Open } from './draft.js';
import { tell } from './notices.js';
import { holdOrLetGo, holdsPromotion } from './promotion.js';
import { classOf } from './state.js';
import type { Work } from './state.js';

/** Later evidence that a request lists beside its own. */
const KEPT_NOTES = 5;

type AdviceEvent = Extract<RetrainEvent, { type: 'advice' }>;
type OpenEvent = Extract<RetrainEvent, { type: 'open' }>;

/** The newest advice: opens, notes, supersedes, invalidates, holds or lets go. */
export function onAdvice(draft: Draft, event: AdviceEvent): Answer {
  const { advice } = event;
  const seen = draft.state.advice;
  if (seen !== null && isOlder(advice, seen)) return fine('a newer advice is known');
  if (seen !== null && advice.evidence === seen.evidence && advice.windowEnd === seen.windowEnd) {
    return fine('this advice is known');
  }
  draft.state = { ...draft.state, advice, currentRules: event.rules };
  const open = openOf(draft);
  if (open === null) return openByAdvice(draft, event);
  if (open.request.status === 'executing' || open.request.status === 'uncertain') {
    return holdOrLetGo(draft, open);
  }
  return reconsider(draft, open, event);
}

/** A person opens a request by hand, whatever the advice says. */
export function onOpen(draft: Draft, event: OpenEvent): Answer {
  const open = openOf(draft);
  if (open !== null) {
    const { id, openedBy, openedAt } = open.request;
    const reason = `${id} is open already, by ${openedBy} at ${clock(draft, openedAt)}`;
    return no('conflict', reason);
  }
  const { by, reason, advice, rules } = event;
  if (draft.rules[rules] === undefined) return no('refused', whyNoRules(draft));
  const seen = draft.state.advice;
  const newest = seen !== null && isOlder(advice, seen) ? seen : advice;
  draft.state = { ...draft.state, currentRules: rules, advice: newest };
  const warning = warningOf(draft, event);
  openRequestWith(draft, { openedBy: by, reason, advice, rules, warning, chain: event.chain });
  const id = idOf(draft);
  const { evidence } = advice;
  audit(draft, { actor: person(event), action: 'opened', subject: id, reason, evidence });
  return fine(warning === null ? `${id} is open` : `${id} is open. Mind: ${warning}`);
}

/** What the advice would have waited for: a person may ask all the same, and is told. */
function warningOf(draft: Draft, { advice, rules }: OpenEvent): string | null {
  const words = [ofReplaced(draft, advice), cooldownOf(draft, rules)].filter((one) => one !== null);
  return words.length === 0 ? null : words.join('; ');
}

function isOlder(advice: AdviceMark, than: AdviceMark): boolean {
  if (advice.windowEnd !== than.windowEnd) return advice.windowEnd < than.windowEnd;
  return advice.revision < than.revision;
}

function openByAdvice(draft: Draft, event: AdviceEvent): Answer {
  const { advice, rules } = event;
  if (advice.action !== 'retrain') return fine(`noted: ${advice.action}`);
  const held = whyNotNow(draft, event);
  if (held !== null) return fine(`no request: ${held}`);
  const reason = `advice retrain: ${advice.drivers.join(', ')}`;
  const openedBy = 'policy:advice';
  openRequestWith(draft, { openedBy, reason, advice, rules, warning: null });
  const subject = idOf(draft);
  const { evidence } = advice;
  audit(draft, { actor: policy('advice'), action: 'opened', subject, reason, evidence });
  return fine(`${subject} is open`);
}

function whyNotNow(draft: Draft, event: AdviceEvent): string | null {
  const rules = draft.rules[event.rules];
  if (rules === undefined) return whyNoRules(draft);
  if (rules.policy.trigger === null) return 'the monitor names no retraining.trigger';
  const early = cooldownOf(draft, event.rules) ?? ofReplaced(draft, event.advice);
  if (early !== null) return early;
  const wanted = classOf(event.advice);
  const mute = draft.state.suppressed.find((one) => one.class === wanted && one.until > draft.at);
  return mute === undefined ? null : `${mute.because}, quiet until ${clock(draft, mute.until)}`;
}

interface Opening {
  openedBy: string;
  reason: string;
  advice: AdviceMark;
  rules: string;
  warning: string | null;
  chain?: readonly Target[] | undefined;
}

function openRequestWith(draft: Draft, opening: Opening): void {
  const rules = rulesOf(draft, opening.rules);
  const { openedBy, reason, advice, warning, chain = [] } = opening;
  const request: RequestSummary = {
    id: `${draft.state.model}#${draft.state.opened + 1}`,
    model: draft.state.model,
    status: 'requested',
    openedAt: draft.at,
    openedBy,
    reason,
    advice,
    evidence: advice.evidence,
    expiresAt: draft.at + rules.policy.approvals.expires,
    startsAt: null,
    approvals: [],
    rejectedBy: null,
    outcome: null,
    endedAt: null,
    supersededBy: null,
    training: null,
    result: null,
    gate: null,
    noted: [],
    held: null,
    ...(warning === null ? {} : { warning }),
  };
  addRequest(draft, request, freshWork(opening.rules));
  const isApprover = eligible(rules).includes(openedBy);
  draft.state = { ...draft.state, requester: isApprover ? [] : chain };
  tell(draft, 'opened', rules);
}

function freshWork(rules: string): Work {
  const tries = { start: 0, poll: 0, promote: 0 };
  return { rules, reminded: 0, approvedAt: null, next: null, pending: null, tries };
}

/** The same question is noted, another one supersedes, one that is answered invalidates. */
function reconsider(draft: Draft, open: Open, event: AdviceEvent): Answer {
  const { request } = open;
  const { advice } = event;
  const { action } = advice;
  if (isSameQuestion(request.advice, advice)) return note(draft, request, advice);
  if (action === 'retrain') return supersede(draft, open, event);
  const isByPerson = request.openedBy !== 'policy:advice';
  const isBlocked = holdsPromotion(advice);
  // A source that is down says nothing; a person may ask for more than the advice does.
  if (action === 'unknown' || (isByPerson && !isBlocked)) return note(draft, request, advice);
  const outcome = `the advice is now ${action}: ${advice.drivers.join(', ') || 'no finding'}`;
  invalidate(draft, open, outcome);
  return fine(`${request.id} is invalidated`);
}

function isSameQuestion(a: AdviceMark, b: AdviceMark): boolean {
  const isSameClass = classOf(a) === classOf(b);
  return isSameClass && [...a.blockers].sort().join() === [...b.blockers].sort().join();
}

function note(draft: Draft, request: RequestSummary, advice: AdviceMark): Answer {
  const { evidence, windowEnd, revision } = advice;
  const noted = [{ evidence, windowEnd, revision }, ...request.noted].slice(0, KEPT_NOTES);
  changeRequest(draft, { noted });
  const line = { actor: policy('advice'), action: 'evidence noted', subject: request.id };
  audit(draft, { ...line, evidence });
  return fine(`noted beside ${request.id}`);
}

function supersede(draft: Draft, open: Open, event: AdviceEvent): Answer {
  const next = `${draft.state.model}#${draft.state.opened + 1}`;
  const outcome = `the evidence changed; ${next} asks anew`;
  changeRequest(draft, { supersededBy: next });
  endRequest(draft, 'superseded', outcome);
  const line = { actor: policy('advice'), action: 'superseded', subject: open.request.id };
  audit(draft, { ...line, reason: outcome, evidence: event.advice.evidence });
  tell(draft, 'superseded', open.rules);
  return openByAdvice(draft, event);
}

/** Ends the open request because what it rests on no longer holds. */
export function invalidate(draft: Draft, open: Open, outcome: string): void {
  endRequest(draft, 'invalidated', outcome);
  const line = { actor: policy('approvals'), action: 'invalidated', subject: open.request.id };
  audit(draft, { ...line, reason: outcome, evidence: open.request.evidence });
  tell(draft, 'invalidated', open.rules);
}

/** Id of the newest request. */
function idOf(draft: Draft): string {
  return draft.state.requests[0]?.id ?? '';
}
