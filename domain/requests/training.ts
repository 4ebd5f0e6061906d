import type { Answer } from '../entity.js';
import { judgeGate } from './gate.js';
import type { RetrainEvent } from '../request.js';
import { audit, changeRequest, changeWork, fine, no } from './draft.js';
import { policy, trainingOf } from './draft.js';
import type { Draft, Open } from './draft.js';
import { tell } from './notices.js';
import { hold, holdsPromotion } from './promotion.js';
import type { Step } from './state.js';
import { pushStop, stopTraining } from './effects.js';
import { backoff, end, fail } from './end.js';
import type { Duration, Instant } from '../window.js';

const second = 1_000;
const minute = 60 * second;
/** An approval that could not be turned into a training is invalid after this. */
export const APPROVAL_LASTS = 24 * 60 * minute;
/** Tries to look a started command up by its run folder before a person is asked. */
const LOOK_UPS = 5;

type Of<T extends RetrainEvent['type']> = Extract<RetrainEvent, { type: T }>;

/**
 * When a training is looked at next: an http one every `every`, less often while looks break off; a
 * command's run folder soon, then less and less often. null: only its callback tells.
 */
function planPoll(open: Open, at: Instant, unseen = 0): { step: Step; at: Instant } | null {
  const { trigger } = open.rules.policy;
  if (trigger === null) return null;
  if (trigger.kind === 'command') {
    return { step: 'poll', at: at + backoff(2 * second, open.work.tries.poll + 1) };
  }
  return trigger.poll && { step: 'poll', at: at + backoff(trigger.poll.every, unseen + 1) };
}

export function onStarted(draft: Draft, event: Of<'started'>): Answer {
  const open = trainingOf(draft, event.request);
  if (open === null) return stopLate(draft, event);
  const { training } = open.request;
  if (training === null || training.ref !== null || open.request.result !== null) {
    return no('duplicate', `${event.request} has started already`);
  }
  const { ref, url } = event;
  changeRequest(draft, { status: 'executing', training: { ...training, ref, url } });
  changeWork(draft, { next: planPoll(open, draft.at), pending: null });
  audit(draft, {
    actor: policy('trigger'),
    action: 'started',
    subject: event.request,
    reason: ref,
  });
  tell(draft, 'started', open.rules);
  return fine(`${event.request} has started`);
}

/** It started although its request has ended: it is told to stop. */
function stopLate(draft: Draft, event: Of<'started'>): Answer {
  const request = draft.state.requests.find((one) => one.id === event.request);
  if (request?.training == null) return no('gone', `${event.request} waits for no training`);
  const training = { ...request.training, ref: event.ref, url: event.url };
  const requests = draft.state.requests.map((one) =>
    one === request ? { ...request, training } : one,
  );
  draft.state = { ...draft.state, requests };
  pushStop(draft, { ...request, training });
  return fine(`${event.request} is ${request.status}: the training is told to stop`);
}

export function onStartFailed(draft: Draft, event: Of<'start_failed'>): Answer {
  const open = trainingOf(draft, event.request);
  if (open?.work.pending?.id !== event.id) {
    return no('duplicate', `${event.request} waits for no answer to ${event.id}`);
  }
  const subject = event.request;
  const { reason } = event;
  const line = { actor: policy('trigger'), subject, reason };
  const tries = open.work.tries.start;
  if (event.uncertain) return onUncertain(draft, open, event);
  audit(draft, { ...line, action: 'start failed' });
  if (event.retryAfter == null) return fail(draft, open, `the training did not start: ${reason}`);
  const startsAt = draft.at + Math.max(event.retryAfter, backoff(30 * second, tries));
  changeRequest(draft, { status: 'cooling', startsAt, training: null });
  changeWork(draft, { next: null, pending: null });
  if (tries === 1) tell(draft, 'start_failed', open.rules);
  return fine(`${subject}: the start is tried again`);
}

/** Started and not found: a command is looked up by its key, for all else a person is asked. */
function onUncertain(draft: Draft, open: Open, event: Of<'start_failed'>): Answer {
  const { reason, request: subject } = event;
  const isCommand = open.rules.policy.trigger?.kind === 'command';
  const isStart = open.request.training?.ref == null;
  const tries = open.work.tries.start;
  if (isCommand && isStart && tries < LOOK_UPS) {
    const at = draft.at + backoff(10 * second, tries);
    changeWork(draft, { next: { step: 'start', at }, pending: null });
    audit(draft, { actor: policy('trigger'), action: 'looking for it', subject, reason });
    return fine(`${subject}: the training is looked up by its key`);
  }
  changeWork(draft, { next: null, pending: null });
  if (open.request.status === 'uncertain') return no('duplicate', `${subject} is uncertain`);
  changeRequest(draft, { status: 'uncertain' });
  audit(draft, { actor: policy('trigger'), action: 'uncertain', subject, reason });
  tell(draft, 'uncertain', open.rules);
  return fine(`${subject} is uncertain: a person is asked`);
}

/** Still running, or not seen: looks again. */
export function onProgress(draft: Draft, event: Of<'progress'>): Answer {
  const open = trainingOf(draft, event.request);
  if (open?.work.pending?.id !== event.id) return fine('noted');
  const unseen = event.unseen === true ? (open.work.unseen ?? 0) + 1 : 0;
  changeWork(draft, { pending: null, next: planPoll(open, draft.at, unseen), unseen });
  return fine('noted');
}

/** The first report of an end wins. */
export function onTrained(draft: Draft, event: Of<'trained'>): Answer {
  const open = trainingOf(draft, event.request);
  if (open === null || open.request.result !== null) {
    return no('duplicate', `${event.request}: its end is known already`);
  }
  const { result, via } = event;
  const gate = judgeGate(result, open.rules.policy.gate);
  changeRequest(draft, { status: 'executing', result, gate });
  changeWork(draft, { next: null, pending: null });
  const subject = event.request;
  audit(draft, { actor: policy('trigger'), action: 'trained', subject, reason: `by ${via}` });
  audit(draft, { actor: policy('gate'), action: 'judged', subject, reason: gate.sentence });
  if (!gate.passed) {
    return end(draft, open, {
      status: 'gate_failed',
      notice: 'gate_failed',
      outcome: gate.sentence,
    });
  }
  tell(draft, 'trained', open.rules);
  if (holdsPromotion(draft.state.advice))
    hold(draft, { ...open, request: { ...open.request, gate } });
  else changeWork(draft, { next: { step: 'promote', at: draft.at } });
  return fine(`${subject}: ${gate.sentence}`);
}

export function onTrainingFailed(draft: Draft, event: Of<'training_failed'>): Answer {
  const open = trainingOf(draft, event.request);
  if (open === null || open.request.result !== null) {
    return no('duplicate', `${event.request}: its end is known already`);
  }
  const line = { actor: policy('trigger'), action: 'training failed', subject: event.request };
  audit(draft, { ...line, reason: `${event.reason} (by ${event.via})` });
  return fail(draft, open, `the training failed: ${event.reason}`);
}

/** A training that takes longer than its trigger allows. */
export function giveUpTraining(draft: Draft, open: Open): void {
  stopTraining(draft, open);
  const reason = `it did not end within ${asGiven(open.rules.policy.trigger?.timeout ?? 0)}`;
  audit(draft, { actor: policy('trigger'), action: 'timed out', subject: open.request.id, reason });
  fail(draft, open, `the training failed: ${reason}`);
}

/** `40s`, `6h`, `1h 30m`: as a monitor gives it. */
function asGiven(duration: Duration): string {
  const units = [
    ['d', 24 * 60 * minute],
    ['h', 60 * minute],
    ['m', minute],
    ['s', second],
    ['ms', 1],
  ] as const;
  let left = duration;
  const parts = units.flatMap(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count}${name}`];
  });
  return parts.join(' ') || '0s';
}
