import type { RequestSummary, RetrainEffect, RetrainEvent } from '../request.js';
import { changeWork } from './draft.js';
import type { Draft, Open } from './draft.js';
import { numberOf } from './notices.js';
import type { Step } from './state.js';

/** The same approval never trains twice: one key for each request and its evidence. */
export function keyOf(open: Open): string {
  const { id, model, evidence } = open.request;
  const name = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32);
  return `ac-${name}-${numberOf(id)}-${evidence.replace(/[^A-Za-z0-9]/g, '').slice(0, 12)}`;
}

/** Makes one try of a step; its answer is the event with the same id. */
export function perform(draft: Draft, open: Open, step: Step): void {
  const { work, request } = open;
  const tries = { ...work.tries, [step]: work.tries[step] + 1 };
  const id = `${step}/${request.training?.key ?? request.id}/${tries[step]}`;
  const effect = effectOf(open, step, id);
  if (effect === null) return;
  changeWork(draft, { tries, next: null, pending: { id, step, since: draft.at } });
  draft.attempts.push({ effect, ifLost: lost(open, step, id) });
}

function effectOf(open: Open, step: Step, id: string): RetrainEffect | null {
  const { training, result, advice } = open.request;
  const request = open.request.id;
  if (step === 'promote') return result && { kind: 'promote', id, request, result };
  if (training === null) return null;
  const { key, rules, host, ref } = training;
  if (step === 'start') {
    const { openedBy, reason } = open.request;
    const asked = openedBy === 'policy:advice' ? {} : { reason };
    return { kind: 'start', id, request, key, rules, train: advice, host, ...asked };
  }
  const round = open.work.tries.poll + 1;
  return ref === null ? null : { kind: 'poll', id, request, key, rules, ref, round, host };
}

/** What an attempt without an outcome has come to. */
export function lost(open: Open, step: Step, id: string): RetrainEvent {
  const request = open.request.id;
  const reason = 'the attempt was lost';
  switch (step) {
    case 'start':
      return { type: 'start_failed', id, request, reason, uncertain: true };
    case 'poll':
      return { type: 'progress', id, request, progress: null, unseen: true };
    case 'promote':
      return { type: 'promotion_failed', id, request, reason };
  }
}

/** Tells the trainer to stop what nobody waits for any more; without a reference, nothing. */
export function stopTraining(draft: Draft, open: Open): void {
  if (open.request.result === null) pushStop(draft, open.request);
}

/** The same for a training whose request ended before its reference was known. */
export function pushStop(draft: Draft, request: RequestSummary): void {
  const { training } = request;
  if (training?.ref == null) return;
  const { key, ref, rules, host } = training;
  const id = `stop/${key}`;
  draft.attempts.push({
    effect: { kind: 'stop', id, request: request.id, key, ref, rules, host },
    ifLost: { type: 'stopped', id, request: request.id, reason: 'the attempt was lost' },
  });
}
