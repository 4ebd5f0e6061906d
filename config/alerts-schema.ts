import { z } from 'zod';
import type { AlertPolicy } from '../domain/alert-policy.js';
import { count, duration, lasting } from './scalars.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const repeat = (every: number, most: number) =>
  z.strictObject({ every: lasting.default(every), most: count(0).default(most) }).prefault({});

const perSeverity = (critical: number, warning: number) =>
  z
    .strictObject({ critical: lasting.default(critical), warning: lasting.default(warning) })
    .prefault({});

const steps = (...defaults: number[]) =>
  z
    .array(duration, { error: 'expected a list of durations, as [30m, 60m]' })
    .default(defaults)
    .superRefine((given, context) => {
      const wrong = given.findIndex((after, index) => after <= (given[index - 1] ?? 0));
      if (wrong < 0) return;
      const before = wrong === 0 ? '0m, when level 0 is told' : 'the one before';
      const message = `expected a time since the alert fired, later than ${before}, as [30m, 60m]`;
      context.addIssue({ code: 'custom', path: [wrong], message });
    });

/** `alerts:`, how alerts of this monitor repeat, escalate and end. */
export const alerts = z
  .strictObject({
    keep_firing_for: count(1).default(2),
    repeat: z.strictObject({ critical: repeat(4 * HOUR, 6), warning: repeat(DAY, 5) }).prefault({}),
    escalation: z
      .strictObject({ critical: steps(30 * MINUTE, 60 * MINUTE), warning: steps(DAY) })
      .prefault({}),
    chains: count(1).default(3),
    ack_expires: perSeverity(DAY, 3 * DAY),
    snooze_max: perSeverity(7 * DAY, 30 * DAY),
    reopen_within: duration.default(DAY),
  })
  .transform((given): AlertPolicy => ({
    keepFiringFor: given.keep_firing_for,
    repeat: given.repeat,
    escalation: given.escalation,
    chains: given.chains,
    ackExpires: given.ack_expires,
    snoozeMax: given.snooze_max,
    reopenWithin: given.reopen_within,
  })) satisfies z.ZodType<AlertPolicy>;
