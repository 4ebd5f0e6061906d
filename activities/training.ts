import type { AdviceMark, TrainOn } from '../domain/advice.js';
import type { RetrainEffect, RetrainEvent } from '../domain/request.js';
import type { Trainer, TrainingState } from '../domain/retraining.js';
import { startFailure, TrainerError } from '../trainers/error.js';
import type { AdviceEvidence } from './advise.js';
import { publishedOf, type Deps } from './deps.js';
import { saidSafely } from './guard.js';

type Of<K extends RetrainEffect['kind']> = Extract<RetrainEffect, { kind: K }>;

async function trainerOf(
  deps: Deps,
  rules: string,
): Promise<{ trainer: Trainer; timeout: number; model: string }> {
  const { monitor } = await publishedOf(deps, rules);
  const trigger = monitor.retraining?.trigger ?? null;
  if (trigger === null) {
    throw new TrainerError('refused', 'the monitor names no retraining.trigger');
  }
  const trainer = deps.trainer(trigger, monitor.model.owners.model);
  return { trainer, timeout: trigger.timeout, model: monitor.model.id };
}

/** From the evidence that was approved; without it nothing starts, and it is tried again. */
async function trainOnOf({ lake }: Deps, train: AdviceMark): Promise<TrainOn | null> {
  try {
    const { advice } = await lake.getObject<AdviceEvidence>('evidence', train.evidence);
    return advice.trainOn ?? null;
  } catch {
    throw new TrainerError('failed', `the evidence ${train.evidence.slice(0, 12)} cannot be read`);
  }
}

/** Starts the training of a request, or finds the one that its key started. */
export async function startTraining(deps: Deps, effect: Of<'start'>): Promise<RetrainEvent> {
  const { id, request, key, train } = effect;
  try {
    const { trainer, timeout, model } = await trainerOf(deps, effect.rules);
    const evidence = train.drivers.join(', ');
    const trainOn = await trainOnOf(deps, train);
    const callback = deps.callback(key);
    const started = await trainer.start({
      key,
      model,
      trainUntil: train.windowEnd,
      trainOn,
      reason: effect.reason ?? evidence,
      evidence,
      timeout,
      callbackUrl: callback?.url ?? null,
      callbackKey: callback?.key ?? null,
    });
    return { type: 'started', id, request, ...started };
  } catch (error) {
    return { type: 'start_failed', id, request, ...startFailure(error) };
  }
}

/** Looks at a training once. What cannot be seen now is looked at again later. */
export async function pollTraining(deps: Deps, effect: Of<'poll'>): Promise<RetrainEvent> {
  const { id, request, ref } = effect;
  try {
    const { trainer } = await trainerOf(deps, effect.rules);
    return endEvent(await trainer.poll(ref), { id, request, via: 'poll' });
  } catch (error) {
    if (!(error instanceof TrainerError) || error.outcome !== 'refused') {
      return { type: 'progress', id, request, progress: null, unseen: true };
    }
    return { type: 'training_failed', id, request, reason: error.message, via: 'poll' };
  }
}

/** What a state of a training means to its request. */
export function endEvent(
  state: TrainingState,
  of: { id: string; request: string; via: string },
): RetrainEvent {
  const { id, request, via } = of;
  switch (state.state) {
    case 'running':
      return { type: 'progress', id, request, progress: state.progress };
    case 'succeeded':
      return { type: 'trained', id, request, result: state.result, via };
    case 'failed':
      return { type: 'training_failed', id, request, reason: state.reason, via };
    case 'lost':
      return { type: 'start_failed', id, request, reason: state.reason, uncertain: true };
  }
}

/** Tells the trainer that nobody waits any more. */
export async function stopTraining(deps: Deps, effect: Of<'stop'>): Promise<RetrainEvent> {
  const { id, request, ref } = effect;
  try {
    const { trainer } = await trainerOf(deps, effect.rules);
    await trainer.cancel(ref);
    return { type: 'stopped', id, request, reason: null };
  } catch (error) {
    const reason = saidSafely(deps, 'the stop', error);
    return { type: 'stopped', id, request, reason };
  }
}
