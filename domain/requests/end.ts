import type { Answer } from '../entity.js';
import { QUIET_AFTER_END } from './answers.js';
import { endRequest, fine, suppress } from './draft.js';
import type { Draft, Open } from './draft.js';
import { tell } from './notices.js';
import { classOf } from './state.js';
import type { Duration } from '../window.js';

const LONGEST_WAIT: Duration = 5 * 60 * 1_000;

/** First wait after a failure, doubling up to five minutes. */
export function backoff(first: Duration, tries: number): Duration {
  return Math.min(first * 2 ** Math.min(Math.max(tries - 1, 0), 20), Math.max(LONGEST_WAIT, first));
}

/** Failures after an approval are for engineering too. */
export function fail(draft: Draft, open: Open, outcome: string): Answer {
  return end(draft, open, { status: 'failed', notice: 'failed', outcome });
}

/** Ends the open request with a notice; the same class of advice rests for a day. */
export function end(
  draft: Draft,
  open: Open,
  how: { status: 'failed' | 'gate_failed'; notice: 'failed' | 'gate_failed'; outcome: string },
): Answer {
  endRequest(draft, how.status, how.outcome);
  const because = `${open.request.id} ended as ${how.status}`;
  suppress(draft, { class: classOf(open.request.advice), for: QUIET_AFTER_END, because });
  tell(draft, how.notice, open.rules);
  return fine(`${open.request.id}: ${how.outcome}`);
}
