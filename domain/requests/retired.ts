import type { Answer } from '../entity.js';
import { audit, endRequest, fine, openOf, policy } from './draft.js';
import type { Draft } from './draft.js';
import { stopTraining } from './effects.js';
import { tell } from './notices.js';
import { openRequest } from './state.js';
import type { RetrainState } from './state.js';

/** The monitor was taken away: what is open is cancelled, but a promotion under way ends. */
export function onRetired(draft: Draft): Answer {
  draft.state = { ...draft.state, retired: true };
  const open = openOf(draft);
  if (open === null) return fine('nothing was open');
  const { id } = open.request;
  if (open.work.pending?.step === 'promote') return fine(`${id} is being promoted`);
  stopTraining(draft, open);
  const reason = 'its monitor was taken away';
  endRequest(draft, 'cancelled', reason);
  audit(draft, { actor: policy('apply'), action: 'cancelled', subject: id, reason });
  tell(draft, 'cancelled', open.rules);
  return fine(`${id}: cancelled`);
}

/** A monitor is there again. */
export function unretire(draft: Draft): void {
  const { retired, ...state } = draft.state;
  if (retired === true) draft.state = state;
}

/** Without a monitor it lives until nothing is open and nothing on its way. */
export function isOver(state: RetrainState): boolean {
  return state.retired === true && openRequest(state) === null && state.deliveries.length === 0;
}
