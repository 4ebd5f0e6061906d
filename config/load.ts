import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Monitor } from '../domain/monitor.js';
import type { Teams } from '../domain/team.js';
import { knownChecks } from './known-checks.js';
import { resolvePaths } from './paths.js';
import { mergeDefaults, readMonitor, type MonitorFile } from './monitor-file.js';
import { monitorSchema, type KnownChecks } from './monitor.js';
import { inOrder, type Problem } from './problem.js';
import { routeProblems } from './routes-check.js';
import { loadTeams } from './teams.js';
import { wording } from './scalars.js';
import { parseYaml, type YamlFile } from './yaml-file.js';

/** A monitor with the file that it comes from. */
export interface LoadedMonitor {
  monitor: Monitor;
  file: string;
  /** What the file and `_defaults.yaml` say, as plain values: the rest are defaults. */
  given: unknown;
  /** A fault at a path, in whichever of the two files says it. */
  problemAt: MonitorFile['problemAt'];
}

/** All that a folder of configuration says. */
export interface Config {
  /** Those that are right by themselves, by id. */
  monitors: LoadedMonitor[];
  teams: Teams | null;
  problems: Problem[];
}

/**
 * Reads `*.yaml`, `_defaults.yaml` and `teams.yaml` of a folder: everything that is right, and
 * every fault at once, by file and line; that there is no monitor is one unless `empty` says
 * otherwise. Relative paths count from `cwd`. Reads only.
 */
export async function loadConfig(
  folder: string,
  {
    known = knownChecks,
    cwd = process.cwd(),
    empty = 'fault',
  }: { known?: KnownChecks; cwd?: string; empty?: 'fault' | 'valid' } = {},
): Promise<Config> {
  const listed = await listFiles(folder, empty);
  if ('severity' in listed) return { monitors: [], teams: null, problems: [listed] };
  const defaults = readYaml(path.join(folder, '_defaults.yaml'));
  const teams = await loadTeams(path.join(folder, 'teams.yaml'));
  const problems: Problem[] = [...teams.problems];
  if (isProblem(defaults)) problems.push(defaults);
  const under = defaults === null || isProblem(defaults) ? null : defaults;
  const schema = monitorSchema(known);
  const files: MonitorFile[] = [];
  const sketches: MonitorFile[] = [];
  for (const name of listed) {
    const yaml = readYaml(path.join(folder, name));
    if (yaml === null) continue;
    if (isProblem(yaml)) {
      problems.push(yaml);
      continue;
    }
    const read = readMonitor(mergeDefaults(yaml, under), schema, known);
    problems.push(...read.problems);
    if (read.sketch !== null) sketches.push({ ...read, monitor: read.sketch });
    if (read.monitor !== null) files.push({ ...read, monitor: resolvePaths(read.monitor, cwd) });
  }
  problems.push(...twins(sketches));
  if (teams.sketch !== null) problems.push(...routeProblems(sketches, teams.sketch, teams.yaml));
  const monitors = files
    .map(({ monitor, yaml, given, problemAt }) => ({ monitor, file: yaml.name, given, problemAt }))
    .sort((a, b) => (a.monitor.model.id < b.monitor.model.id ? -1 : 1));
  return { monitors, teams: teams.teams, problems: unique(problems) };
}

async function listFiles(folder: string, empty: 'fault' | 'valid'): Promise<string[] | Problem> {
  const fault = (message: string): Problem => {
    return { file: folder, line: 1, column: 1, path: '', message, severity: 'error' };
  };
  try {
    const names = await readdir(folder);
    const own = names.filter((name) => /^[^_.].*\.ya?ml$/.test(name) && name !== 'teams.yaml');
    return own.length > 0 || empty === 'valid'
      ? own.sort()
      : fault('expected monitor files (*.yaml), found none. `aftercare init` writes one');
  } catch (error) {
    return fault(`expected a folder of monitor files: ${wording(error)}`);
  }
}

/** null: the file is not there. Of a thousand small files waiting for each is most of the time. */
function readYaml(file: string): YamlFile | Problem | null {
  try {
    return parseYaml(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const message = `cannot be read: ${wording(error)}`;
    return { file, line: 1, column: 1, path: '', message, severity: 'error' };
  }
}

function isProblem(read: YamlFile | Problem | null): read is Problem {
  return read !== null && 'severity' in read;
}

/** Model ids that two files claim. */
function twins(files: readonly MonitorFile[]): Problem[] {
  return files.flatMap((file, index) => {
    const id = file.monitor.model.id;
    const first = files.slice(0, index).find((other) => other.monitor.model.id === id);
    if (first === undefined || id === '') return [];
    const message = `expected an id of its own, got "${id}", which ${first.yaml.name} has`;
    return [file.problemAt(['model', 'id'], message)];
  });
}

/** A fault of `_defaults.yaml` shows in every monitor, and is told once. */
function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return inOrder([...seen.values()]);
}
