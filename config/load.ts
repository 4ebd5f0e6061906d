import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Monitor } from '../domain/monitor.js';
import { refusalWords } from '../domain/refusal.js';
import type { Teams } from '../domain/team.js';
import { knownChecks } from './known-checks.js';
import { nearPath, resolvePaths } from './paths.js';
import { mergeDefaults, readMonitor } from './monitor-file.js';
import type { MonitorFile, MonitorRead } from './monitor-file.js';
import { monitorSchema, type KnownChecks } from './monitor.js';
import { inOrder, wholeFile, type Problem } from './problem.js';
import { routeProblems } from './routes-check.js';
import { loadTeams } from './teams.js';
import { parseYaml, type YamlFile } from './yaml-file.js';
import { readText, type Place } from './yaml-text.js';

/** A monitor with the file that it comes from. */
export interface LoadedMonitor {
  monitor: Monitor;
  file: string;
  /** What the file and `_defaults.yaml` say, as plain values: the rest are defaults. */
  given: unknown;
  /** A fault at a path, in whichever of the two files says it. */
  problemAt: MonitorFile['problemAt'];
}

/** A monitor file as far as it is right. */
export interface DraftMonitor extends LoadedMonitor {
  /** True for a section of `monitor` that the file says; others stand in for what is wrong. */
  isRight: MonitorRead['isRight'];
}

/** All that a folder of configuration says. */
export interface Config {
  /** Those that are right by themselves, by id. */
  monitors: LoadedMonitor[];
  /** Every file that can be read: those that are right, too. */
  drafts: DraftMonitor[];
  teams: Teams | null;
  problems: Problem[];
}

/**
 * Reads `*.yaml`, `_defaults.yaml` and `teams.yaml` of a folder: everything that is right, and
 * every fault at once, by file and line; that there is no monitor is one unless `empty` says
 * otherwise. Relative paths count from `cwd`, and files below it are named from there. Reads only.
 */
export async function loadConfig(
  folder: string,
  {
    known = knownChecks,
    cwd = process.cwd(),
    empty = 'fault',
  }: { known?: KnownChecks; cwd?: string; empty?: 'fault' | 'valid' } = {},
): Promise<Config> {
  const near = nearPath(path.resolve(folder), cwd);
  const listed = await listFiles(folder, near, empty);
  if ('severity' in listed) return { monitors: [], drafts: [], teams: null, problems: [listed] };
  const at = (name: string): Place => {
    return { file: path.join(folder, name), name: path.join(near, name) };
  };
  const teams = loadTeams(at('teams.yaml'));
  const { reads, problems } = await readAll(listed.names.map(at), at('_defaults.yaml'), known);
  const located = (read: MonitorFile): LoadedMonitor => {
    const { yaml, given, problemAt } = read;
    return { monitor: resolvePaths(read.monitor, cwd), file: yaml.name, given, problemAt };
  };
  const sketches = reads.map((read) => ({ ...read, monitor: read.sketch }));
  const owned = sketches.filter(({ isRight }) => isRight('owners'));
  const routes = teams.sketch === null ? [] : routeProblems(owned, teams.sketch, teams.yaml);
  const monitors = reads
    .flatMap((read) => (read.monitor === null ? [] : [{ ...read, monitor: read.monitor }]))
    .map(located)
    .sort((a, b) => (a.monitor.model.id < b.monitor.model.id ? -1 : 1));
  return {
    monitors,
    drafts: sketches.map((read) => ({ ...located(read), isRight: read.isRight })),
    teams: teams.teams,
    problems: unique([
      ...listed.problems,
      ...teams.problems,
      ...problems,
      ...twins(sketches),
      ...routes,
    ]),
  };
}

/** Files that are read in one go; between two of them others are answered. */
const TURN = 20;

/** Every monitor file that is a map of keys, and what is wrong with the others. */
async function readAll(
  places: readonly Place[],
  under: Place,
  known: KnownChecks,
): Promise<{ reads: MonitorRead[]; problems: Problem[] }> {
  const schema = monitorSchema(known);
  const defaults = readDefaults(under);
  const problems = faultsOf(defaults);
  const reads: MonitorRead[] = [];
  for (const [index, place] of places.entries()) {
    if (index % TURN === 0) await nextTurn();
    const yaml = readYaml(place);
    problems.push(...faultsOf(yaml));
    if (yaml === null || isProblem(yaml)) continue;
    if (yaml.value === null) {
      const message = 'empty: expected a monitor. `aftercare init` writes one from a data file';
      problems.push(wholeFile(place.name, message));
      continue;
    }
    const merged = mergeDefaults(yaml, isProblem(defaults) ? null : defaults);
    const read = readMonitor(merged, schema, known);
    // What defaults say that cannot be read is not missing in each of the files.
    const isTold = (one: Problem) => !isProblem(defaults) || !one.message.startsWith('missing');
    problems.push(...read.problems.filter(isTold));
    reads.push(read);
  }
  return { reads, problems };
}

/** The names of the monitor files; a Problem when there is none, or no folder. */
async function listFiles(
  folder: string,
  near: string,
  empty: 'fault' | 'valid',
): Promise<{ names: string[]; problems: Problem[] } | Problem> {
  try {
    const all = (await readdir(folder)).sort();
    const misnamed = all.filter((name) => /^(teams|_defaults)\.yml$/.test(name));
    const names = all.filter((name) => {
      return /^[^_.].*\.ya?ml$/.test(name) && name !== 'teams.yaml' && !misnamed.includes(name);
    });
    if (names.length === 0 && empty === 'fault') {
      return wholeFile(near, `expected monitor files (*.yaml), found none${FIRST}`);
    }
    const problems = misnamed.map((name) => {
      const wanted = name.replace('.yml', '.yaml');
      return wholeFile(path.join(near, name), `is not read by this name: expected ${wanted}`);
    });
    return { names, problems };
  } catch (error) {
    const wanted = `expected a folder with monitor files (*.yaml)${FIRST}`;
    return wholeFile(near, `${noFolder(error)}: ${wanted}, --config-dir names another folder`);
  }
}

const FIRST = '. `aftercare init` writes one';

function noFolder(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such folder';
  return code === 'ENOTDIR' ? 'this is no folder' : `cannot be read, ${refusalWords(error)}`;
}

/** null: the file is not there. */
function readYaml(place: Place): YamlFile | Problem | null {
  const text = readText(place);
  return typeof text === 'string' ? parseYaml(place.name, text) : text;
}

function readDefaults(place: Place): YamlFile | Problem | null {
  const read = readYaml(place);
  if (read === null || isProblem(read) || read.value === null) return read;
  const { value } = read;
  if (typeof value === 'object' && !Array.isArray(value)) return read;
  return wholeFile(place.name, 'expected a map of keys, as in a monitor file');
}

function isProblem(read: YamlFile | Problem | null): read is Problem {
  return read !== null && 'severity' in read;
}

function faultsOf(read: YamlFile | Problem | null): Problem[] {
  if (read === null) return [];
  return isProblem(read) ? [read] : [...read.faults];
}

/** Model ids that two files claim. */
function twins(files: readonly MonitorFile[]): Problem[] {
  const firsts = new Map<string, MonitorFile>();
  return files.flatMap((file) => {
    const id = file.monitor.model.id;
    const first = firsts.get(id);
    if (first === undefined) firsts.set(id, file);
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
