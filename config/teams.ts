import type { z } from 'zod';
import type { Teams } from '../domain/team.js';
import { exampleTeams } from './example-teams.js';
import { tell } from './issues.js';
import { jsonSchemaOf, valueAt } from './known-keys.js';
import { pathText, wholeFile, type Problem } from './problem.js';
import { asMeant } from './meant.js';
import { plainSecrets } from './secrets.js';
import { teamsSchema } from './teams-schema.js';
import { nameFaults, type NameFault } from './teams-faults.js';
import { reachable, sketchTeams } from './teams-sketch.js';
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
  const at: At = ({ path, message, severity = 'error' }) => {
    return { file, ...yaml.positionOf(path), path: pathText(path), message, severity };
  };
  const secrets = plainSecrets(yaml.value).map(at);
  const told = [...yaml.faults, ...secrets];
  const parsed = teamsSchema.safeParse(yaml.value);
  if (!parsed.success) {
    const { faults, sketch } = wrongTeams(yaml, parsed.error.issues, at);
    const hidden = new Set(secrets.map((problem) => problem.path));
    const shown = faults.filter((problem) => !hidden.has(problem.path));
    return { teams: null, sketch, yaml, problems: [...told, ...shown] };
  }
  const problems = [...told, ...nameFaults(parsed.data).map(at)];
  const isRight = problems.every(({ severity }) => severity === 'warning');
  const sketch = isRight ? parsed.data : reachable(parsed.data);
  return { teams: isRight ? parsed.data : null, sketch, yaml, problems };
}

type At = (fault: NameFault) => Problem;

/** Of a file that is wrong by itself: its faults, those of the names in it, and what is right. */
function wrongTeams(
  yaml: YamlFile,
  issues: readonly z.core.$ZodIssue[],
  at: At,
): { faults: Problem[]; sketch: Teams | null } {
  const { value } = yaml;
  const asked = { value, schema: jsonSchemaOf(teamsSchema), examples: [exampleTeams], checks: [] };
  const meant = asMeant(value, issues, asked.schema);
  const faults = tell(issues, asked)
    // A key that is misspelt is not missing, too.
    .filter(({ path }) => !meant.isMisspelt(path))
    .map((told) => ({ ...at(told), ...(told.at === 'key' ? yaml.positionOfKey(told.path) : {}) }));
  const rough = sketchTeams(meant.value);
  const names = nameFaults(rough).map(({ path, ...fault }) =>
    at({ ...fault, path: meant.spelt(path) }),
  );
  const teams = valueAt(meant.value, ['teams']);
  // Without any teams it is not the monitors that are wrong.
  const isThere = typeof teams === 'object' && teams !== null && !Array.isArray(teams);
  return { faults: [...faults, ...names], sketch: isThere ? reachable(rough) : null };
}
