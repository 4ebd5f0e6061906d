import type { RetrainEvent } from '../request.js';
import { LEAST_REASON } from './answers.js';
import { upgradeRetrainState } from './state.js';
import type { Instant } from '../window.js';
import { inZone } from '../zone.js';

/**
 * Why an act is turned away before it becomes history, in words; null: it is decided. A known id
 * passes first, whatever the time. Whatever has to be in the audit trail (an approver too late for
 * the race, somebody who may not decide) passes too: the reducer refuses it and writes that down.
 */
export function refuseRetrain(state: unknown, event: RetrainEvent, at: Instant): string | null {
  if (!('by' in event)) return null;
  const known = state === null ? null : upgradeRetrainState(state);
  if (known?.known.some(({ id }) => id === event.id) === true) return null;
  if (at > event.notAfter) {
    const timezone = known?.timezone ?? 'UTC';
    const [until, now] = [event.notAfter, at].map((instant) => inZone(instant, timezone));
    return `late: to be decided until ${until}, it is ${now}`;
  }
  if (event.by.trim() === '') return 'refused: nobody is named; give a person, as --as ana';
  if (event.type === 'reject' && event.reason.trim().length < LEAST_REASON) {
    return `refused: a rejection needs a reason of at least ${LEAST_REASON} characters`;
  }
  if (event.type === 'open') {
    return event.reason.trim() === '' ? 'refused: a request needs a reason' : null;
  }
  // An entity that has just begun does not know its head yet; the reducer reads it.
  if (known === null || known.requests.some(({ id }) => id === event.request)) return null;
  const there = known.requests.map(({ id }) => id);
  return `gone: no request ${event.request}; known: ${there.join(', ') || 'none'}`;
}
