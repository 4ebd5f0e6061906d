import { categories } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';
import { ownerOf } from '../domain/owners.js';
import type { Category } from '../domain/finding.js';
import { membersOf, named, type Teams } from '../domain/team.js';
import type { MonitorFile } from './monitor-file.js';
import type { Problem } from './problem.js';
import { alertRules, nameOfRole, repeats, retrainRules, rootOf } from './routes.js';
import { unknown } from './teams-faults.js';
import { namesOfPeople } from './teams-sketch.js';
import type { YamlFile } from './yaml-file.js';

/**
 * What is wrong between monitors and teams: owners that nobody knows, alerts that reach nobody,
 * levels that repeat the one before, retrainings that nobody can approve.
 */
export function routeProblems(
  files: readonly MonitorFile[],
  teams: Teams,
  yaml: YamlFile | null,
): Problem[] {
  const roots = rootProblems(teams, yaml);
  const perFile = files.flatMap((file) => {
    const unknownOwners = ownerProblems(file, teams);
    if (unknownOwners.length > 0) return unknownOwners;
    // Every route ends at root: its fault would be told again for each of them.
    const levels = roots.length > 0 ? [] : levelProblems(file, teams);
    return [...levels, ...approvalProblems(file, teams)];
  });
  return [...roots, ...perFile];
}

function rootProblems(teams: Teams, yaml: YamlFile | null): Problem[] {
  if (rootOf(teams).length > 0) return [];
  const place = yaml?.positionOf(['root']) ?? { line: 1, column: 1 };
  const message = `expected somebody who can be reached, got "${teams.root}", who has no address`;
  return [{ file: yaml?.name ?? 'teams.yaml', ...place, path: 'root', message, severity: 'error' }];
}

const roles = ['model', 'data', 'system', 'approvers'] as const;

function ownerProblems(file: MonitorFile, teams: Teams): Problem[] {
  const { owners } = file.monitor.model;
  const told = new Set<string>();
  return roles.flatMap((role) => {
    // Roles that the file leaves open are the model's owner: one fault.
    if (told.has(owners[role])) return [];
    told.add(owners[role]);
    const bare = owners[role].replace(/^team:/, '');
    if (named(teams.teams, bare) !== undefined || named(teams.people, bare) !== undefined)
      return [];
    const isTeam = owners[role].startsWith('team:');
    const known = [...Object.keys(teams.teams), ...(isTeam ? [] : namesOfPeople(teams))];
    const message = unknown(isTeam ? 'team' : 'team or person', bare, known);
    return [file.problemAt(ownerPath(file, role), message)];
  });
}

/** Where the file names an owner: `model.owners.data`, or the short form for all four. */
function ownerPath(file: MonitorFile, role: string): string[] {
  const path = ['model', 'owners', role];
  const said = file.yaml.has(path) || (file.defaults?.has(path) ?? false);
  return said ? path : ['model', 'owners'];
}

function roleOf(category: Category): string {
  const marks = { data: 'data', model: 'model', system: 'system', approvers: 'approvers' };
  return ownerOf(marks, category);
}

function levelProblems(file: MonitorFile, teams: Teams): Problem[] {
  const told = new Set<string>();
  return categories.flatMap((category) => {
    const owner = ownerOf(file.monitor.model.owners, category);
    if (told.has(owner)) return [];
    told.add(owner);
    const fault = faultOfLevels(file.monitor, teams, category);
    return fault === null ? [] : [file.problemAt(ownerPath(file, roleOf(category)), fault)];
  });
}

function faultOfLevels(monitor: Monitor, teams: Teams, category: Category): string | null {
  const owner = ownerOf(monitor.model.owners, category);
  const { levels } = alertRules(monitor, teams, category).route;
  const silent = levels.findIndex((level) => level.to.length === 0);
  if (silent >= 0) {
    return (
      `alerts of ${category} (warning and critical) reach nobody at level ${silent} of ` +
      `"${owner}": give its members an email, or the team a channel`
    );
  }
  const again = levels.findIndex((level, index) => {
    const before = levels[index - 1];
    return before !== undefined && repeats(before.to, level.to);
  });
  if (again < 0) return null;
  return `level ${again} of "${owner}" only repeats level ${again - 1}: escalate to somebody else`;
}

function approvalProblems(file: MonitorFile, teams: Teams): Problem[] {
  const rules = retrainRules(file.monitor, teams);
  if (rules === null) return [];
  return rules.policy.approvals.quorum.flatMap(({ role, count }, index) => {
    const at = (message: string): Problem => {
      const path = ['retraining', 'approvals', 'quorum', index];
      const said = file.yaml.has(path) || (file.defaults?.has(path) ?? false);
      return file.problemAt(said ? path : ['retraining'], message);
    };
    const name = nameOfRole(file.monitor, role).replace(/^team:/, '');
    const known = ['approvers', 'data', 'model', 'system', ...Object.keys(teams.teams)];
    if (named(teams.teams, name) === undefined && named(teams.people, name) === undefined) {
      return [at(unknown('role', role, known))];
    }
    const able = new Set(membersOf(teams, name)).size;
    if (able < count) {
      return [at(`nobody can approve: ${role} needs ${count}, "${name}" has ${people(able)}`)];
    }
    const alone = file.monitor.retraining?.approvals.fourEyes === 'auto' && able >= 2;
    if (!alone || able > count) return [];
    const message =
      `a request that one of "${name}" opened cannot be approved: with four eyes ${count} others ` +
      `are needed, there are ${able - 1}`;
    return [{ ...at(message), severity: 'warning' }];
  });
}

function people(count: number): string {
  return count === 1 ? 'one person' : `${count} people`;
}
