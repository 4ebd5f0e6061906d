import type { AlertEvent } from '../alert.js';
import type { AlertState } from './state.js';
import type { Instant } from '../window.js';
import { inZone } from '../zone.js';

/** Words of a person that an audit record still holds well. */
const mostWords = 1_000;

/** Why an event is not applied; `late` is told apart, for a client asks about it. */
export interface Refusal {
  code: 'refused' | 'late';
  reason: string;
}

/**
 * Why an act cannot be applied now, null when it can or when the event is no act of a person. Pure
 * and synchronous. An id that was applied already passes: it is answered from the state.
 */
export function refuseAlert(
  state: AlertState | null,
  event: AlertEvent,
  at: Instant,
): string | null {
  return refusalOf(state, event, at)?.reason ?? null;
}

/** As `refuseAlert`, with the kind of refusal. */
export function refusalOf(
  state: AlertState | null,
  event: AlertEvent,
  at: Instant,
): Refusal | null {
  if (!('notAfter' in event) || state?.known.includes(event.id) === true) return null;
  if (at > event.notAfter) {
    const [by, now] = [event.notAfter, at].map((instant) => inZone(instant, zoneOf(state)));
    return { code: 'late', reason: `too late: it was to be applied by ${by}, now is ${now}` };
  }
  const reason = wordsAmiss(event) ?? notNow(state, event, at);
  return reason === null ? null : { code: 'refused', reason };
}

type Act = Extract<AlertEvent, { notAfter: Instant }>;

function wordsAmiss(event: Act): string | null {
  if (event.by.trim() === '') return 'nobody is named as the actor; name one, as --as ana';
  if (event.reason.length > mostWords) {
    return `the reason has ${event.reason.length} characters; at most ${mostWords} fit`;
  }
  if (event.type === 'comment' && event.reason.trim() === '') return 'the comment is empty';
  return null;
}

function notNow(state: AlertState | null, event: Act, at: Instant): string | null {
  const episode = state?.episode ?? null;
  if (state === null || episode === null) return `nothing is open to ${event.type}`;
  if (event.type === 'comment') return null;
  if (episode.ended !== null) {
    return `nothing is open to ${event.type}: #${episode.number} was ${episode.ended.how}`;
  }
  switch (event.type) {
    case 'ack':
    case 'resolve':
      return null;
    case 'unack':
      if (episode.handling.kind !== 'open') return null;
      return `#${episode.number} is neither acknowledged nor snoozed`;
    case 'assign':
      return event.to.trim() === '' ? 'nobody is named to assign it to' : null;
    case 'snooze': {
      const most = state.snoozeMax[episode.severity];
      const until = inZone(event.until, zoneOf(state));
      if (event.until <= at) return `the snooze ends at ${until}, which is past`;
      if (event.until - at <= most) return null;
      const latest = inZone(at + most, zoneOf(state));
      return `a ${episode.severity} alert can be snoozed until ${latest}, not ${until}`;
    }
  }
}

/** An entity that has just begun does not know it yet. */
const zoneOf = (state: AlertState | null): string => state?.timezone ?? 'UTC';
