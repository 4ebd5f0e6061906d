import type { AlertEvent, AlertNotice } from '../domain/alert.js';
import type { RetrainEffect, RetrainEvent } from '../domain/request.js';
import type { Deps } from './deps.js';
import { entityOf } from './entities.js';
import { saidSafely } from './guard.js';
import { isStale, notifyOfAlert, notifyOfRequest } from './notify.js';
import { NoRowsError, promote } from './promote.js';
import { pollTraining, startTraining, stopTraining } from './training.js';

/**
 * One try of one effect, never a repeat of its own; gives the event of its outcome. What throws
 * here comes back to the entity as the effect's `ifLost`.
 */
export async function attempt(
  deps: Deps,
  workflowId: string,
  effect: AlertNotice | RetrainEffect,
): Promise<AlertEvent | RetrainEvent> {
  switch (effect.kind) {
    case 'notice':
      if ('request' in effect) return notifyOfRequest(deps, effect);
      return (await isStale(deps, effect)) ? suppressed(effect) : notifyOfAlert(deps, effect);
    case 'start':
      return startTraining(deps, effect);
    case 'poll':
      return pollTraining(deps, effect);
    case 'stop':
      return stopTraining(deps, effect);
    case 'promote':
      return promoted(deps, entityOf(workflowId).model, effect);
  }
}

/** Answered or over since it was planned: nothing goes out, and nobody heard of it. */
function suppressed({ deliveryId, attempt }: AlertNotice): AlertEvent {
  return {
    type: 'delivered',
    id: `${deliveryId}/${attempt}`,
    deliveryId,
    attempt,
    outcome: 'suppressed',
    ref: null,
    reason: 'answered or over meanwhile',
    retryAfter: null,
  };
}

async function promoted(
  deps: Deps,
  model: string,
  effect: Extract<RetrainEffect, { kind: 'promote' }>,
): Promise<RetrainEvent> {
  const { id, request, result } = effect;
  try {
    const { reference } = await promote(deps, model, result);
    return { type: 'promoted', id, request, reference };
  } catch (error) {
    const type = 'promotion_failed';
    if (error instanceof NoRowsError) {
      return { type, id, request, reason: error.message, final: true };
    }
    return { type, id, request, reason: saidSafely(deps, 'the promotion', error) };
  }
}
