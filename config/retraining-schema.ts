import { z } from 'zod';
import type { RetrainingPolicy } from '../domain/monitor.js';
import type { RetrainingCost, TriggerSpec } from '../domain/retraining.js';
import { loop, loopOf } from './loop-schema.js';
import { count, duration, lasting, oneOf, text } from './scalars.js';
import { didYouMean } from '../checks/spelling.js';

const HOUR = 3_600_000;

// What was given may be the secret itself.
const NO_SECRET = 'expected a secret as env:NAME or file:PATH, got something else';

/** A secret is named, never written: `env:NAME` or `file:PATH`. */
export const secretReference = z
  .string({ error: NO_SECRET })
  .regex(/^(env:[A-Za-z_]\w*|file:.+)$/, { error: NO_SECRET });

/** An address over HTTP, or the secret that holds it. */
export const address = z
  .string({ error: 'expected a URL, or env:NAME' })
  .superRefine((given, context) => {
    const wrong = faultOfUrl(given);
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
  });

function faultOfUrl(given: string): string | null {
  if (secretReference.safeParse(given).success) return null;
  const whole = given.replaceAll('{ref}', 'ref');
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return 'expected a URL, or env:NAME';
  if (url.password === '' && url.username === '') return null;
  return 'expected a URL without user and password: put the whole URL into env:NAME';
}

const timeout = lasting.default(6 * HOUR);

const command = z
  .strictObject({
    kind: z.literal('command'),
    command: z
      .array(text('an argument'), { error: 'expected a list, as [python, train.py]' })
      .min(1),
    cwd: text('a folder').optional(),
    env: z.array(text("a variable's name")).default([]),
    timeout,
  })
  .transform((given): TriggerSpec => ({ ...given, cwd: given.cwd ?? null }));

const http = z
  .strictObject({
    kind: z.literal('http'),
    url: address,
    secret: secretReference.optional(),
    ref: text('where the answer holds the reference of the run, as run.id').optional(),
    poll: z.strictObject({ url: address, every: lasting.default(60_000) }).optional(),
    timeout,
  })
  .transform((given): TriggerSpec => ({
    ...given,
    secret: given.secret ?? null,
    ref: given.ref ?? null,
    poll: given.poll ?? null,
  }));

const triggers = ['command', 'http'];
const laterTriggers = ['temporal', 'github-actions', 'airflow', 'sagemaker', 'vertex', 'kubeflow'];

/** How a training job is started. */
const trigger = z.discriminatedUnion('kind', [command, http], {
  error: ({ input }) => {
    const kind = (input as { kind?: unknown } | null | undefined)?.kind;
    const later = typeof kind === 'string' && laterTriggers.includes(kind);
    return later
      ? `kind ${kind} is not available yet in this version; available: command, http`
      : `expected a trigger of kind command or http${didYouMean(String(kind), triggers)}`;
  },
}) satisfies z.ZodType<TriggerSpec>;

const approvals = z
  .strictObject({
    quorum: z
      .array(z.strictObject({ role: text('a role'), count: count(1).default(1) }), {
        error: 'expected a list, as [{ role: approvers, count: 1 }]',
      })
      .min(1, { error: 'expected a list, as [{ role: approvers, count: 1 }]' })
      .default([{ role: 'approvers', count: 1 }]),
    four_eyes: oneOf(['auto', 'off']).default('auto'),
    expires: lasting.default(7 * 24 * HOUR),
    reminders: z.array(duration).optional(),
    cooling: duration.default(5 * 60_000),
  })
  .prefault({});

/** Reminders at 24 h, at 72 h and 4 h before the end, as durations after opening. */
function usualReminders(expires: number): number[] {
  const after = [24 * HOUR, 72 * HOUR, expires - 4 * HOUR];
  return [...new Set(after.filter((at) => at > 0 && at < expires))].sort((a, b) => a - b);
}

/** A metric that this version measures on labels. */
function metricOf(known: readonly string[]): z.ZodString {
  return text('the name of a metric').superRefine((given, context) => {
    if (known.includes(given)) return;
    const list = known.join(', ');
    const message = `unknown metric "${given}".${didYouMean(given, known)} Known: ${list}`;
    context.addIssue({ code: 'custom', message });
  });
}

const money = z
  .number({ error: 'expected an amount of money' })
  .min(0, { error: 'expected an amount from 0 on' });

const SHARE = 'expected a share above 0, up to 1';

/** What mistakes and retrainings cost, in one currency. */
const cost = z
  .strictObject({
    per_retraining: money.positive({ error: 'expected an amount above 0' }),
    per_false_positive: money.default(0),
    per_false_negative: money.default(0),
    recovers: z
      .number({ error: SHARE })
      .positive({ error: SHARE })
      .max(1, { error: SHARE })
      .optional(),
    rule: oneOf(['expected', 'cumulative']).default('expected'),
  })
  .refine(({ per_false_positive: a, per_false_negative: b }) => a + b !== 0, {
    error: 'expected what mistakes cost. Example: per_false_positive: 2, per_false_negative: 80',
  })
  .transform((given): RetrainingCost => ({
    perRetraining: given.per_retraining,
    perFalsePositive: given.per_false_positive,
    perFalseNegative: given.per_false_negative,
    ...{ recovers: given.recovers ?? null, rule: given.rule },
  }));

/** `retraining:` as written, for the metrics that there are; the metric may still be open. */
export const retrainingSchema = (metrics: readonly string[]) =>
  z.strictObject({
    metric: metricOf(metrics).optional(),
    cooldown: duration.default(14 * 24 * HOUR),
    approvals,
    trigger: trigger.optional(),
    gate: z
      .strictObject({
        metric: metricOf(metrics).optional(),
        margin: z.number({ error: 'expected a number' }).min(0).default(0),
      })
      .prefault({}),
    loop: loop.optional(),
    cost: cost.optional(),
  });

/** The policy with the metric that the task asks for where the file names none. */
export function toRetraining(
  given: z.output<ReturnType<typeof retrainingSchema>> | undefined,
  metric: string,
): RetrainingPolicy | null {
  if (given === undefined) return null;
  const { quorum, four_eyes, expires, reminders, cooling } = given.approvals;
  const own = given.metric ?? metric;
  return {
    metric: own,
    cooldown: given.cooldown,
    approvals: {
      quorum,
      fourEyes: four_eyes,
      expires,
      reminders: reminders ?? usualReminders(expires),
      cooling,
    },
    trigger: given.trigger ?? null,
    gate: { metric: given.gate.metric ?? own, margin: given.gate.margin },
    ...loopOf(given.loop),
    ...(given.cost === undefined ? {} : { cost: given.cost }),
  };
}
