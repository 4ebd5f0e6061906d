import type { Person, Team, Teams } from '../domain/team.js';
import { valueAt } from './known-keys.js';
import { duration } from './scalars.js';
import { channel, person, team, toPerson, toTeam, webhook } from './teams-schema.js';

/** Stands for an address that is wrong: its fault is told where it is written. */
const somebody = (name: string): Person => ({
  name,
  email: `${encodeURIComponent(name)}@example.invalid`,
  slack: null,
});

/** What is right of a wrong teams.yaml; a person or team that is wrong is there by its name. */
export function sketchTeams(raw: unknown): Teams {
  const people = entries(raw, 'people').map(([name, given]): [string, Person] => {
    const read = person.safeParse(given);
    return [name, read.success ? toPerson(name, read.data) : somebody(name)];
  });
  const teams = entries(raw, 'teams').map(([name, given]): [string, Team] => {
    const read = team.safeParse(given);
    return [name, read.success ? toTeam(name, read.data) : roughly(name, given)];
  });
  const webhooks = entries(raw, 'webhooks').map(([name, given]) => {
    const read = webhook.safeParse(given);
    return [name, read.success ? read.data : { url: 'https://example.invalid', secret: null }];
  });
  const root = valueAt(raw, ['root']);
  return {
    people: Object.fromEntries(people),
    teams: Object.fromEntries(teams),
    webhooks: Object.fromEntries(webhooks) as Teams['webhooks'],
    root: typeof root === 'string' && root !== '' ? root : 'email:root@example.invalid',
  };
}

/** A team that is wrong somewhere: its members, and a channel that reaches somebody. */
function roughly(name: string, given: unknown): Team {
  const spare = `email:${encodeURIComponent(name)}@example.invalid`;
  const next = valueAt(given, ['escalate_to']);
  return {
    name,
    members: texts(valueAt(given, ['members'])),
    timezone: 'UTC',
    channels: [...listOf(given, 'channels'), spare].map((one) =>
      channel.safeParse(one).success ? String(one) : spare,
    ),
    steps: listOf(valueAt(given, ['policy']), 'steps').map((one) => {
      // What is no duration is neither before nor after another.
      const after = duration.safeParse(valueAt(one, ['after'])).data ?? Number.NaN;
      const to = valueAt(one, ['to']);
      return { after, to: typeof to === 'string' ? [to] : texts(to) };
    }),
    escalateTo: typeof next === 'string' ? next.replace(/^team:/, '') : null,
  };
}

/** The same teams with somebody behind every name that nobody has: each was told already. */
export function reachable(teams: Teams): Teams {
  const { people, webhooks } = teams;
  const all = Object.values(teams.teams);
  const unknown = all.flatMap(({ members }) =>
    members.filter((name) => !Object.hasOwn(people, name)),
  );
  const strangers = unknown.map((name) => [name, { ...somebody(name), name: '' }] as const);
  const known = (name: string): boolean =>
    /^(email|slack)(:|$)/.test(name) ||
    (name.startsWith('webhook:')
      ? Object.hasOwn(webhooks, name.slice(8))
      : [people, teams.teams].some((those) => Object.hasOwn(those, name.replace(/^team:/, ''))));
  const mended = all.map((own) => {
    const { name, channels, steps, escalateTo } = own;
    const spare = `email:${encodeURIComponent(name)}@example.invalid`;
    const goesOn = escalateTo !== null && escalateTo !== name && known(escalateTo);
    const areSteps = steps.every(({ after, to }) => after >= 0 && to.every(known));
    const isRight = channels.every(known) && !isNobody(own);
    return {
      ...own,
      channels: isRight ? channels : [spare],
      steps: areSteps ? steps : [],
      escalateTo: goesOn ? escalateTo : null,
    };
  });
  return {
    people: { ...people, ...Object.fromEntries(strangers) },
    teams: Object.fromEntries(mended.map((own) => [own.name, own])),
    webhooks,
    root: known(teams.root) ? teams.root : 'email:root@example.invalid',
  };
}

/** True for a team that reaches nobody: it has no member, and no channel or step of its own. */
export function isNobody({ members, channels, steps }: Team): boolean {
  return members.length === 0 && steps.length === 0 && !channels.some((name) => name.includes(':'));
}

/** The names of people that a file knows: not those that stand for a fault of its own. */
export function namesOfPeople({ people }: Teams): string[] {
  return Object.keys(people).filter((key) => people[key]?.name !== '');
}

function listOf(raw: unknown, key: string): unknown[] {
  const list = valueAt(raw, [key]);
  return Array.isArray(list) ? list : [];
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

function entries(raw: unknown, key: string): [string, unknown][] {
  const section = valueAt(raw, [key]);
  return typeof section === 'object' && section !== null ? Object.entries(section) : [];
}
