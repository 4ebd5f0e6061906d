import type { AdviceMark } from '../advice.js';
import type { Answer } from '../entity.js';
import type { RetrainEvent } from '../request.js';
import { audit, changeRequest, changeWork, endRequest, fine, no } from './draft.js';
import { currentRulesOf, policy, trainingOf } from './draft.js';
import type { Draft, Open } from './draft.js';
import { backoff, fail } from './end.js';
import { tell } from './notices.js';

const PROMOTION_TRIES = 5;
const FIRST_WAIT = 10 * 1_000;

type Of<T extends RetrainEvent['type']> = Extract<RetrainEvent, { type: T }>;

/** A challenger trained on broken data, or on what the model itself caused, is not promoted. */
export function holdsPromotion(advice: AdviceMark | null): boolean {
  return advice?.action === 'fix_data' || advice?.action === 'investigate_loop';
}

/** A new advice while a training runs, or while its promotion is held. */
export function holdOrLetGo(draft: Draft, open: Open): Answer {
  const { request } = open;
  const { advice } = draft.state;
  if (request.gate?.passed !== true || open.work.pending?.step === 'promote') {
    return fine(`${request.id} is in progress`);
  }
  if (holdsPromotion(advice)) {
    hold(draft, open);
    return fine(`the promotion of ${request.id} is held`);
  }
  if (request.held === null || advice?.action === 'unknown') {
    return fine(`${request.id} is in progress`);
  }
  changeRequest(draft, { held: null });
  changeWork(draft, { next: { step: 'promote', at: draft.at } });
  const line = { actor: policy('gate'), action: 'promotion released', subject: request.id };
  audit(draft, { ...line, evidence: advice?.evidence ?? null });
  return fine(`${request.id} is promoted`);
}

/** Keeps a challenger that passed the gate from being promoted for now; said once. */
export function hold(draft: Draft, open: Open): void {
  const { request } = open;
  if (request.held !== null) return;
  const advice = draft.state.advice;
  const held = `the advice is ${advice?.action ?? 'unknown'}: ${advice?.drivers.join(', ') ?? ''}`;
  changeRequest(draft, { held });
  changeWork(draft, { next: null });
  const line = { actor: policy('gate'), action: 'promotion held', subject: request.id };
  audit(draft, { ...line, reason: held, evidence: advice?.evidence ?? null });
  tell(draft, 'held', open.rules);
}

export function onPromoted(draft: Draft, event: Of<'promoted'>): Answer {
  const open = trainingOf(draft, event.request);
  const version = open?.request.result?.version;
  if (open === null || version === undefined) {
    return no('duplicate', `${event.request} waits for no promotion`);
  }
  const judged = draft.state.advice ?? open.request.advice;
  const promoted = { version, at: draft.at, windowEnd: judged.windowEnd };
  draft.state = { ...draft.state, lastSucceededAt: draft.at, promoted };
  const line = { actor: policy('gate'), action: 'promoted', subject: event.request };
  audit(draft, { ...line, reason: version, evidence: event.reference });
  endRequest(draft, 'succeeded', `${version} is promoted`);
  tell(draft, 'promoted', open.rules);
  return fine(`${event.request}: ${version} is promoted`);
}

/** Once for each promotion; it is told while no later request is the subject of the thread. */
export function onVerified(draft: Draft, event: Of<'verified'>): Answer {
  const { request: id, verification } = event;
  const { requests } = draft.state;
  const found = requests.find((one) => one.id === id);
  if (found?.status !== 'succeeded' || found.verified !== undefined) {
    return no('duplicate', `${id} waits for no verification`);
  }
  const kept = requests.map((one) => (one === found ? { ...one, verified: verification } : one));
  draft.state = { ...draft.state, requests: kept };
  const { sentence: reason, verdict } = verification;
  const evidence = draft.state.advice?.evidence ?? null;
  audit(draft, { actor: policy('advice'), action: 'verified', subject: id, reason, evidence });
  const rules = currentRulesOf(draft);
  if (verdict !== 'open' && requests[0] === found && rules !== null) tell(draft, verdict, rules);
  return fine(`${id}: ${reason}`);
}

/** Writing the promotion again is harmless, so it is tried a few times where that may help. */
export function onPromotionFailed(draft: Draft, event: Of<'promotion_failed'>): Answer {
  const open = trainingOf(draft, event.request);
  if (open?.work.pending?.id !== event.id) {
    return no('duplicate', `${event.request} waits for no promotion`);
  }
  const { reason, request: subject } = event;
  audit(draft, { actor: policy('gate'), action: 'promotion failed', subject, reason });
  const tries = open.work.tries.promote;
  if (event.final === true || tries >= PROMOTION_TRIES) {
    const isSaid = reason.startsWith('the promotion failed');
    return fail(draft, open, isSaid ? reason : `not promoted: ${reason}`);
  }
  const at = draft.at + backoff(FIRST_WAIT, tries);
  changeWork(draft, { pending: null, next: { step: 'promote', at } });
  return fine(`${subject}: the promotion is tried again`);
}
