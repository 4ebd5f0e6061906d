import type { Teams } from '../domain/team.js';
import { exampleTeams } from './example.js';
import { tell } from './issues.js';
import { jsonSchemaOf } from './known-keys.js';
import { pathText, wholeFile, type Problem } from './problem.js';
import { asMeant } from './meant.js';
import { plainSecrets } from './secrets.js';
import { didYouMean } from '../checks/spelling.js';
import { teamsSchema } from './teams-schema.js';
import { isNobody, reachable, sketchTeams } from './teams-sketch.js';
import { parseYaml, type YamlFile } from './yaml-file.js';
import { readText, type Place } from './yaml-text.js';

/** teams.yaml as it was read; `teams` is null when anything in it is wrong. */
export interface LoadedTeams {
  teams: Teams | null;
  /**
   * The same; of a wrong file what is right of it, with somebody who can be reached in the place of
   * what is not, so that monitors can be held against it. null: it is no YAML, or is not there.
   */
  sketch: Teams | null;
  yaml: YamlFile | null;
  problems: Problem[];
}

const shortest =
  'people: { ana: { email: ana@example.com } }, teams: { growth-ml: { members: [ana] } }, ' +
  'root: ana';

/** Reads a teams.yaml. Without one nobody can be told, so that its absence is an error too. */
export function loadTeams(place: Place): LoadedTeams {
  const text = readText(place);
  if (typeof text === 'string') return readTeams(place.name, text);
  return unread(text ?? absent(place.name, 'missing'));
}

const absent = (file: string, what: string): Problem =>
  wholeFile(file, `${what}: who the owners are and how they are reached. Example: ${shortest}`);

const unread = (problem: Problem): LoadedTeams => {
  return { teams: null, sketch: null, yaml: null, problems: [problem] };
};

/** Reads the text of a teams.yaml, with every name in it looked up. */
export function readTeams(file: string, source: string): LoadedTeams {
  const yaml = parseYaml(file, source);
  if ('severity' in yaml) return unread(yaml);
  if (yaml.value === null) return unread(absent(file, 'empty'));
  const at = (path: readonly PropertyKey[], message: string): Problem => {
    const place = yaml.positionOf(path);
    return { file, ...place, path: pathText(path), message, severity: 'error' };
  };
  const secrets = plainSecrets(yaml.value).map((found) => at(found.path, found.message));
  const parsed = teamsSchema.safeParse(yaml.value);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const asked = {
      value: yaml.value,
      schema: jsonSchemaOf(teamsSchema),
      examples: [exampleTeams],
      checks: [],
    };
    const hidden = new Set(secrets.map((problem) => problem.path));
    const faults = tell(issues, asked)
      .map((told) => ({
        ...at(told.path, told.message),
        ...(told.at === 'key' ? yaml.positionOfKey(told.path) : {}),
      }))
      .filter((problem) => !hidden.has(problem.path));
    const rough = sketchTeams(asMeant(yaml.value, issues, asked.schema).value);
    const names = nameFaults(rough).map(({ path, message }) => at(path, message));
    const sketch = reachable(rough);
    return {
      teams: null,
      sketch,
      yaml,
      problems: [...yaml.faults, ...secrets, ...faults, ...names],
    };
  }
  const names = nameFaults(parsed.data).map(({ path, message }) => at(path, message));
  const problems = [...yaml.faults, ...secrets, ...names];
  const isRight = problems.length === 0;
  const sketch = isRight ? parsed.data : reachable(parsed.data);
  return { teams: isRight ? parsed.data : null, sketch, yaml, problems };
}

interface NameFault {
  path: (string | number)[];
  message: string;
}

const NOBODY = 'reaches nobody: expected members, or channels as slack:#ml';

function nameFaults(teams: Teams): NameFault[] {
  return [
    ...Object.entries(teams.teams).flatMap(([name, team]) => [
      ...team.members.flatMap((member, index) => {
        if (teams.people[member] !== undefined) return [];
        const path = ['teams', name, 'members', index];
        return [{ path, message: unknown('person', member, Object.keys(teams.people)) }];
      }),
      ...team.channels.flatMap((channel, index) => {
        const fault = faultOfReceiver(teams, channel);
        return fault === null ? [] : [{ path: ['teams', name, 'channels', index], message: fault }];
      }),
      ...(isNobody(team) ? [{ path: ['teams', name], message: NOBODY }] : []),
      ...stepFaults(teams, name),
      ...escalationFaults(teams, name),
    ]),
    ...rootFaults(teams),
  ];
}

function stepFaults(teams: Teams, name: string): NameFault[] {
  const steps = teams.teams[name]?.steps ?? [];
  return steps.flatMap((step, index) => {
    const path = ['teams', name, 'policy', 'steps', index];
    const faults = step.to.flatMap((to) => {
      const fault = faultOfReceiver(teams, to);
      return fault === null ? [] : [{ path: [...path, 'to'], message: fault }];
    });
    const before = steps[index - 1]?.after;
    if (before === undefined && step.after !== 0) {
      faults.push({ path: [...path, 'after'], message: 'expected 0m: the first step is at once' });
    }
    if (before !== undefined && step.after <= before) {
      const message = 'expected a duration longer than that of the step before';
      faults.push({ path: [...path, 'after'], message });
    }
    return faults;
  });
}

function escalationFaults(teams: Teams, name: string): NameFault[] {
  const next = teams.teams[name]?.escalateTo ?? null;
  if (next === null) return [];
  const path = ['teams', name, 'escalate_to'];
  if (next === name) return [{ path, message: `expected another team, got "${next}" itself` }];
  if (teams.teams[next] !== undefined || teams.people[next] !== undefined) return [];
  return [{ path, message: unknown('team', next, Object.keys(teams.teams)) }];
}

function rootFaults(teams: Teams): NameFault[] {
  const fault = faultOfReceiver(teams, teams.root);
  return fault === null ? [] : [{ path: ['root'], message: fault }];
}

/** Why a channel, person or team of a step, of `channels` or of `root` is nobody; null: it is. */
function faultOfReceiver(teams: Teams, name: string): string | null {
  if (name.startsWith('webhook:')) {
    const webhook = name.slice(8);
    if (teams.webhooks[webhook] !== undefined) return null;
    return unknown('webhook', webhook, Object.keys(teams.webhooks));
  }
  if (/^(email|slack)(:|$)/.test(name)) return null;
  const bare = name.replace(/^team:/, '');
  if (teams.teams[bare] !== undefined || teams.people[bare] !== undefined) return null;
  return unknown('team or person', bare, [
    ...Object.keys(teams.teams),
    ...Object.keys(teams.people),
  ]);
}

/** `unknown team "growth". Did you mean "growth-ml"? Known: growth-ml, ml-leads` */
export function unknown(what: string, given: string, known: readonly string[]): string {
  const list = known.length > 0 ? ` Known: ${known.join(', ')}` : ' There are none.';
  return `unknown ${what} "${given}".${didYouMean(given, known)}${list}`;
}
