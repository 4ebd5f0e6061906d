import { formatDuration } from '../calendar/durations.js';
import type { Monitor } from '../domain/monitor.js';
import type { RetrainingCost, TriggerSpec } from '../domain/retraining.js';
import { list, type Line } from './explain-checks.js';

/** How a retraining is asked for, started and judged. */
export function retrainingLines({ retraining }: Monitor): Line[] {
  if (retraining === null) return [['retraining', 'none']];
  const { approvals, gate, trigger, loop, cost } = retraining;
  const quorum = approvals.quorum.map(({ role, count }) => `${count} of ${role}`);
  const at = (key: string): string => `retraining.${key}`;
  return [
    [at('metric'), retraining.metric],
    [at('cooldown'), formatDuration(retraining.cooldown)],
    [at('approvals.quorum'), list(quorum)],
    [at('approvals.four_eyes'), approvals.fourEyes],
    [at('approvals.expires'), formatDuration(approvals.expires)],
    [at('approvals.reminders'), list(approvals.reminders.map(formatDuration))],
    [at('approvals.cooling'), formatDuration(approvals.cooling)],
    [at('trigger'), triggerInWords(trigger)],
    [at('gate.metric'), gate.metric],
    [at('gate.margin'), String(gate.margin)],
    [at('loop.handling'), loop?.handling ?? 'none'],
    ...Object.entries(loop?.reviewed ?? {}).map(([check, [from, to]]): Line => {
      return [at(`loop.reviewed.${check}`), `${from} to ${to}`];
    }),
    ...(cost === undefined ? [] : costLines(cost)),
  ];
}

function costLines(cost: RetrainingCost): Line[] {
  const given: [string, number | string][] = [
    ['per_retraining', cost.perRetraining],
    ['per_false_positive', cost.perFalsePositive],
    ['per_false_negative', cost.perFalseNegative],
    ['recovers', cost.recovers ?? 'as past retrainings did; 0.7 before'],
    ['rule', cost.rule],
  ];
  return given.map(([key, value]) => [`retraining.cost.${key}`, String(value)]);
}

function triggerInWords(trigger: TriggerSpec | null): string {
  if (trigger === null) return 'none: nothing starts when a request is approved';
  const what = trigger.kind === 'command' ? trigger.command.join(' ') : trigger.url;
  return `${trigger.kind} ${what}, at most ${formatDuration(trigger.timeout)}`;
}
