import type { Write } from '../domain/audit.js';
import type { RetrainEffect, RetrainEvent } from '../domain/request.js';
import { refuseRetrain } from '../domain/requests/refuse.js';
import type { RetrainState } from '../domain/requests/state.js';
import { runEntity } from './entity.js';
import type { Carried } from './messages.js';

/** The requests to retrain one model; its rules are decideRetrain of domain/. */
export async function retrain(
  carried: Carried<RetrainState, RetrainEvent, Write | RetrainEffect>,
): Promise<RetrainState | null> {
  return runEntity(carried, refuseRetrain);
}
