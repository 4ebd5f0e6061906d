import { formatDuration } from '../calendar/durations.js';
import type { Monitor } from '../domain/monitor.js';
import { list, type Line } from './explain-checks.js';

/** The lines of `alerts`. */
export function alertLines({ alerts }: Monitor): Line[] {
  const both = ['critical', 'warning'] as const;
  return [
    ['alerts.keep_firing_for', String(alerts.keepFiringFor)],
    ...both.flatMap((severity): Line[] => [
      [`alerts.repeat.${severity}.every`, formatDuration(alerts.repeat[severity].every)],
      [`alerts.repeat.${severity}.most`, String(alerts.repeat[severity].most)],
      [`alerts.escalation.${severity}`, list(alerts.escalation[severity].map(formatDuration))],
      [`alerts.ack_expires.${severity}`, formatDuration(alerts.ackExpires[severity])],
      [`alerts.snooze_max.${severity}`, formatDuration(alerts.snoozeMax[severity])],
    ]),
    ['alerts.chains', String(alerts.chains)],
    ['alerts.reopen_within', formatDuration(alerts.reopenWithin)],
  ];
}
