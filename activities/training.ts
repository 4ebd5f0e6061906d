import type { RetrainEffect, RetrainEvent } from '../domain/request.js';
import type { Trainer } from '../domain/retraining.js';
import { RefusedError, LostError } from '../trainers/errors.js';
import { publishedOf, type Deps } from './deps.js';

type Of<K extends RetrainEffect['kind']> = Extract<RetrainEffect, { kind: K }>;

async function trainerOf(deps: Deps, rules: string): Promise<{ trainer: Trainer; timeout: number }> {
  const { monitor } = await publishedOf(deps, rules);
  const trigger = monitor.retraining?.trigger;
  if (trigger == null) throw new Error('the monitor names no trigger to retrain with');
  return { trainer: deps.trainer(trigger, monitor.model.owners.model), timeout: trigger.timeout };
}
