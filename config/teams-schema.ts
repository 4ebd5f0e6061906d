import { z } from 'zod';
import type { EscalationStep, Person, Team, Teams } from '../domain/team.js';
import { didYouMean } from '../checks/spelling.js';
import { address, secretReference } from './retraining-schema.js';
import { duration, text, timezone } from './scalars.js';

const mail = z
  .string({ error: 'expected a mail address, as ana@example.com' })
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, { error: 'expected a mail address, as ana@example.com' });

const slackUser = z
  .string({ error: 'expected a Slack user id, as U0123ABCD' })
  .regex(/^[UW][A-Z0-9]{4,}$/, { error: 'expected a Slack user id, as U0123ABCD' });

/** One of `people:`. */
export const person = z.strictObject({
  name: text('a name').optional(),
  email: mail.optional(),
  slack: slackUser.optional(),
});

const CHANNELS = ['email', 'slack', 'webhook'];
const laterChannels = ['pagerduty', 'msteams', 'teams', 'discord', 'telegram', 'sms', 'phone'];
const wanted = 'expected a channel as slack:#ml, email, email:ana@example.com or webhook:pager';

/** `email` or `slack` (every member's own), `slack:#ml`, `email:a@b.c`, `webhook:name`. */
export const channel = z.string({ error: wanted }).superRefine((given, context) => {
  if (/^(email|slack|slack:[#CGDUW][^\s]*|webhook:\S+)$/.test(given)) return;
  if (given.startsWith('email:') && mail.safeParse(given.slice(6)).success) return;
  const [kind = ''] = given.split(':');
  const message = laterChannels.includes(kind)
    ? `channel ${kind} is not available yet in this version; available: email, slack, webhook`
    : wanted + didYouMean(kind, CHANNELS);
  context.addIssue({ code: 'custom', message });
});

/** A channel, a person or a team: whom a step or `root` names. */
const receiver = text('a channel, a person or a team, as slack:#ml, ana or team:ml-leads');

const step = z
  .strictObject({
    after: duration,
    to: z.union([receiver.transform((one) => [one]), z.array(receiver).min(1)], {
      error: 'expected a channel, a person or a team, or a list of them',
    }),
  })
  .transform((given): EscalationStep => given);

/** One of `teams:`. */
export const team = z.strictObject({
  members: z
    .array(text('a person'), { error: 'expected a list of people' })
    .min(1, { error: 'expected people; leave the key out for a team of channels only' })
    .default([]),
  timezone: timezone.default('UTC'),
  channels: z.array(channel, { error: 'expected a list of channels' }).default(['email', 'slack']),
  policy: z.strictObject({ steps: z.array(step).default([]) }).prefault({}),
  escalate_to: text('a team, as ml-leads').optional(),
});

/** One of `webhooks:`. */
export const webhook = z
  .union(
    [
      address.transform((url) => ({ url, secret: null })),
      z
        .strictObject({ url: address, secret: secretReference.optional() })
        .transform(({ url, secret }) => ({ url, secret: secret ?? null })),
    ],
    { error: 'expected a URL, or { url, secret }' },
  )
  .meta({ description: 'A URL, or { url, secret }.' });

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
  error: 'expected letters, digits, dots, dashes or underscores',
});

/** `teams.yaml`: who there is and how they are reached. */
export const teamsSchema = z
  .strictObject({
    people: z.record(name, person, { error: 'expected people, as ana: { email: a@b.c }' }),
    teams: z.record(name, team, { error: 'expected teams, as ml: { members: [ana] }' }),
    webhooks: z.record(name, webhook).default({}),
    root: receiver,
  })
  .transform((given): Teams => {
    const people = Object.entries(given.people).map(([key, own]) => [key, toPerson(key, own)]);
    const teams = Object.entries(given.teams).map(([key, own]) => [key, toTeam(key, own)]);
    return {
      people: Object.fromEntries(people) as Teams['people'],
      teams: Object.fromEntries(teams) as Teams['teams'],
      webhooks: given.webhooks,
      root: given.root,
    };
  }) satisfies z.ZodType<Teams>;

/** A person as written, by the name that the others use. */
export function toPerson(key: string, given: z.output<typeof person>): Person {
  return { name: given.name ?? key, email: given.email ?? null, slack: given.slack ?? null };
}

/** A team as written, by its name. */
export function toTeam(key: string, given: z.output<typeof team>): Team {
  const { members, timezone: zone, channels, policy, escalate_to } = given;
  const escalateTo = escalate_to?.replace(/^team:/, '') ?? null;
  return { name: key, members, timezone: zone, channels, steps: policy.steps, escalateTo };
}
