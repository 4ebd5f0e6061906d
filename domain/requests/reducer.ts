import type { Write } from '../audit.js';
import { usualRetry } from '../delivering/delivery.js';
import type { RetryPolicy } from '../delivering/delivery.js';
import type { Answer, Decision } from '../entity.js';
import type { RetrainEffect, RetrainEvent, RetrainRules } from '../request.js';
import { onDecision, onTake } from './answers.js';
import { audit, clock, fine, no, person } from './draft.js';
import type { Act, Draft } from './draft.js';
import { doDue, nextDue } from './due.js';
import { sendNotices, settleNotice } from './notices.js';
import { onAdvice, onOpen } from './open.js';
import { initialRetrainState, KEPT_IDS, upgradeRetrainState } from './state.js';
import type { RetrainState } from './state.js';
import { onPromoted, onPromotionFailed, onVerified } from './promotion.js';
import { isOver, onRetired, unretire } from './retired.js';
import { onProgress, onStarted, onStartFailed, onTrained, onTrainingFailed } from './training.js';
import type { Instant } from '../window.js';

export interface RetrainInput {
  model: string;
  /** Of the model's windows, in which instants are told. */
  timezone: string;
  /** Host of the process that decides: a command starts there. */
  host: string;
  /**
   * Fingerprint → rules: those of `rulesNeeded(state ?? head, event)`. Rules of the event alone may
   * be missing: the monitor has no retraining section, and then nothing is opened.
   */
  rules: Readonly<Record<string, RetrainRules>>;
  /** null: an entity that begins goes on from `head`. */
  state: unknown;
  /** null: the deadline. */
  event: RetrainEvent | null;
  at: Instant;
  /** The newest head `retrain/<model>`; null: there is none. */
  head: unknown;
  retry?: RetryPolicy;
}

export type RetrainDecision = Decision<RetrainState, RetrainEvent, Write | RetrainEffect>;

/**
 * Decides one event, or what is due. Everything that fell due before the event comes first. Pure:
 * the same input gives the same decision; the entity lives as long as its monitor. Throws on a
 * state of an unknown version and on rules of the open request that were not loaded.
 */
export function decideRetrain(input: RetrainInput): RetrainDecision {
  const before = startOf(input);
  const { at, host, rules, event, retry = usualRetry } = input;
  const lists = { audits: [], changes: [], attempts: [] };
  const draft: Draft = { at, host, retry, rules, state: before, ...lists };
  settleDue(draft);
  const answer = event === null ? fine('due') : answerTo(draft, event);
  settleDue(draft);
  sendNotices(draft);
  const due = nextDue(draft);
  const writes = writesOf(draft, before);
  return {
    state: draft.state,
    answer,
    wakeAt: due === null ? null : Math.max(due, at + 1),
    done: isOver(draft.state),
    eventId: event?.id ?? null,
    writes,
    attempts: draft.attempts,
  };
}

function startOf(input: RetrainInput): RetrainState {
  const { model, timezone } = input;
  const known = input.state ?? input.head;
  const state = known === null ? initialRetrainState(model) : upgradeRetrainState(known);
  return { ...state, timezone };
}

/** Each step makes the next one due at most once, so that this ends. */
function settleDue(draft: Draft): void {
  for (let before = null; before !== draft.state;) {
    before = draft.state;
    const lost = doDue(draft);
    if (lost !== null) handle(draft, lost);
  }
}

function writesOf(draft: Draft, before: RetrainState): Write[] {
  if (draft.state === before) return [];
  const entity = `retrain/${draft.state.model}`;
  const sequence = before.sequence + 1;
  draft.state = { ...draft.state, sequence };
  return [
    ...draft.audits.map((record) => ({ kind: 'audit' as const, record })),
    ...draft.changes.map((change) => ({
      kind: 'delivery' as const,
      record: { ...change, entity },
    })),
    { kind: 'head', entity, sequence, value: draft.state },
  ];
}

/** Acts of people are answered once: the answer to a known id is the recorded one. */
function answerTo(draft: Draft, event: RetrainEvent): Answer {
  if (!('by' in event)) return handle(draft, event);
  const known = draft.state.known.find(({ id }) => id === event.id);
  if (known !== undefined) return known.answer;
  const answer = draft.at > event.notAfter ? tooLate(draft, event) : handle(draft, event);
  if (!answer.ok) auditRefusal(draft, event, answer.reason);
  const kept = [...draft.state.known, { id: event.id, answer }].slice(-KEPT_IDS);
  draft.state = { ...draft.state, known: kept };
  return answer;
}

function tooLate(draft: Draft, { notAfter }: Act): Answer {
  const [until, now] = [clock(draft, notAfter), clock(draft, draft.at)];
  return no('late', `too late: to be decided until ${until}, it is ${now}`);
}

function auditRefusal(draft: Draft, event: Act, reason: string): void {
  const subject = 'request' in event ? event.request : draft.state.model;
  const evidence = 'evidence' in event ? event.evidence : null;
  audit(draft, {
    actor: person(event),
    action: `${event.type} refused`,
    subject,
    reason,
    evidence,
  });
}

function handle(draft: Draft, event: RetrainEvent): Answer {
  switch (event.type) {
    case 'retired':
      return onRetired(draft);
    case 'advice':
      unretire(draft);
      return onAdvice(draft, event);
    case 'open':
      unretire(draft);
      return onOpen(draft, event);
    case 'approve':
    case 'reject':
      return onDecision(draft, event);
    case 'withdraw':
    case 'cancel':
      return onTake(draft, event);
    case 'started':
      return onStarted(draft, event);
    case 'start_failed':
      return onStartFailed(draft, event);
    case 'progress':
      return onProgress(draft, event);
    case 'trained':
      return onTrained(draft, event);
    case 'training_failed':
      return onTrainingFailed(draft, event);
    case 'promoted':
      return onPromoted(draft, event);
    case 'promotion_failed':
      return onPromotionFailed(draft, event);
    case 'verified':
      return onVerified(draft, event);
    case 'stopped':
      return onStopped(draft, event);
    case 'delivered':
      settleNotice(draft, event);
      return fine('noted');
    default:
      // Only a client of another version sends such a thing; it must not block the entity.
      return no('refused', `unknown event "${(event as { type: string }).type}"`);
  }
}

function onStopped(draft: Draft, event: Extract<RetrainEvent, { type: 'stopped' }>): Answer {
  const actor = { id: 'policy:trigger', via: 'workflow', verified: true } as const;
  const action = event.reason === null ? 'training stopped' : 'stopping failed';
  audit(draft, { actor, action, subject: event.request, reason: event.reason });
  return fine('noted');
}
