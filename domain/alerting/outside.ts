import type { AlertEvent } from '../alert.js';
import { okay } from '../entity.js';
import type { Answer } from '../entity.js';
import type { Category } from '../finding.js';
import { conditionsOf, emptyRing } from './conditions.js';
import { end, forgetWindows } from './episode.js';
import { addressOf } from './plan.js';
import type { Draft } from './state.js';

// What ends an alert that no window and no person has ended.

/** A promotion ends these: they were about the model that is gone. */
const endedByPromotion: readonly Category[] = ['drift', 'performance', 'staleness'];

/** A new version is in production. */
export function promoted(draft: Draft, event: AlertEvent & { type: 'promoted' }): Answer {
  const { state } = draft;
  const { version, also = [], toldElsewhere = [] } = event;
  if (!endedByPromotion.includes(state.key.category)) {
    return okay(`a promotion leaves ${state.key.category} open`);
  }
  const { episode } = state;
  const too = also.length === 0 ? '' : `, which closes ${also.join(' and ')} too`;
  const why = `${version} was promoted${too}`;
  rememberLastBad(draft);
  forgetWindows(draft);
  if (episode?.ended !== null) return okay('nothing was open');
  for (const heard of episode.heard) {
    if (toldElsewhere.includes(addressOf(heard.target))) heard.over = true;
  }
  end(draft, episode, { how: 'closed', why });
  return okay('closed');
}

/** The monitor was taken away. What comes once there is one again begins without a past. */
export function retired(draft: Draft): Answer {
  const { state } = draft;
  state.retired = true;
  rememberLastBad(draft);
  state.ring = emptyRing(-1);
  if (state.episode?.ended !== null) return okay('nothing was open');
  end(draft, state.episode, { how: 'closed', why: 'its monitor was taken away' });
  return okay('closed');
}

/** What the end of the episode is told with, once its windows are forgotten. */
function rememberLastBad({ state: { ring, episode } }: Draft): void {
  const ends = [...conditionsOf(ring, 1).values()].flatMap(({ lastBad }) => lastBad ?? []);
  if (episode !== null && ends.length > 0) episode.lastBad = Math.max(...ends);
}
