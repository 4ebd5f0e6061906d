import { didYouMean } from '../checks/spelling.js';
import { receivers } from '../config/receivers.js';
import type { Target } from '../domain/notice.js';
import { named, type Teams } from '../domain/team.js';
import { TEAMS_HEAD, type App } from './app.js';
import { UsageError } from './errors.js';

/** How a person of the applied teams is reached, in the order of preference; [] when by nothing. */
export async function reachOf(app: Pick<App, 'lake'>, name: string): Promise<readonly Target[]> {
  const teams = await appliedTeams(app);
  return teams === null ? [] : receivers(teams, name).flat();
}

/** teams.yaml as it was applied last; null: nothing is applied. */
export async function appliedTeams(app: Pick<App, 'lake'>): Promise<Teams | null> {
  const head = await app.lake.readHead<{ teams: string }>(TEAMS_HEAD);
  return head === null ? null : app.lake.getObject<Teams>('teams', head.teams);
}

/**
 * Refuses a person whom the applied teams.yaml does not know: a misspelt name decides nothing.
 * `flag` is where the name was given.
 */
export async function checkPerson(app: App, name: string, flag: '--as' | '--to'): Promise<void> {
  const teams = await appliedTeams(app);
  if (teams === null) return; // nothing is applied, so there is nothing to act on
  checkPersonOf(teams, name, flag);
}

/** Who applies, by the teams.yaml that is applied; null: nobody said. */
export function applierOf(teams: Teams | null, name: string): string | null {
  if (name === '') return null;
  if (teams !== null) checkPersonOf(teams, name, '--as');
  return name;
}

function checkPersonOf(teams: Teams, name: string, flag: '--as' | '--to'): void {
  const { people } = teams;
  if (named(people, name) !== undefined) return;
  const names = Object.keys(people).sort();
  throw new UsageError(
    `${flag} ${name}: nobody of that name is in teams.yaml.${didYouMean(name, names)} Known: ${names.join(', ')}.`,
  );
}
