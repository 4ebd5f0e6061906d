import { alertEntity } from './state.js';
import type { Draft } from './state.js';
import { alertId } from './summary.js';

/** Who acted: a person as the event names them, or the rules themselves when absent. */
export interface Actor {
  by: string;
  /** `serve` authenticated the person. */
  verified: boolean;
}

/** Adds one line to the entity's audit. */
export function record(
  draft: Draft,
  action: string,
  about: { reason: string | null; actor?: Actor },
): void {
  const { state, at, evidence, writes } = draft;
  const { actor, reason } = about;
  state.records += 1;
  writes.push({
    kind: 'audit',
    record: {
      entity: alertEntity(state.key),
      sequence: state.records,
      at,
      actor:
        actor === undefined
          ? { id: 'aftercare', via: 'workflow', verified: true }
          : { id: actor.by, via: actor.verified ? 'api' : 'cli', verified: actor.verified },
      action,
      subject: alertId(state.key, state.episode?.number ?? state.episodes),
      reason,
      evidence,
    },
  });
}
