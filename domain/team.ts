import type { Duration } from './window.js';

export interface Person {
  name: string;
  email: string | null;
  /** Slack user id. */
  slack: string | null;
}

/** A step of an escalation: whom to tell when this much time has passed since the alert fired. */
export interface EscalationStep {
  after: Duration;
  /** A channel string (`slack:#ml`, `email:a@b.c`, `webhook:name`), `email` or `slack` (every
   * member's own), a person or `team:x`. */
  to: readonly string[];
}

export interface Team {
  name: string;
  members: readonly string[];
  timezone: string;
  /** In the order of preference: the next one is the fallback of the one before. */
  channels: readonly string[];
  /** Empty: the monitor's escalation durations, each level to `escalateTo`. */
  steps: readonly EscalationStep[];
  escalateTo: string | null;
}

/** teams.yaml: who there is and how they are reached. `root` hears what nobody else can. */
export interface Teams {
  people: Readonly<Record<string, Person>>;
  teams: Readonly<Record<string, Team>>;
  /** Named webhooks; url and secret are references (`env:NAME`) or a plain url. */
  webhooks: Readonly<Record<string, { url: string; secret: string | null }>>;
  root: string;
}

/** An entry of a table by its name; undefined also for what every object has, as `constructor`. */
export function named<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The people behind `team:x`, a team's bare name or a person; unknown names give nobody. */
export function membersOf(teams: Teams, name: string): readonly string[] {
  const bare = name.replace(/^team:/, '');
  const own = named(teams.teams, bare)?.members;
  return own ?? (named(teams.people, bare) === undefined ? [] : [bare]);
}
