import { CHANCE } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import { size } from '../domain/profile.js';
import type { Outcomes, Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import type { Share } from '../stats/intervals.js';

/** Rows of which one thing became. */
export interface Group {
  rows: number;
  labelled: number;
  positives: number;
  /** Σ of their scores; NaN where these are no probabilities. */
  scores: number;
}

/** True where the decisions of the rows were counted. */
export const isDecided = (outcomes: Outcomes | null): outcomes is Outcomes =>
  outcomes?.by['decision'] !== undefined;

/** True where it was counted how likely rows were held out, too. */
const isWeighed = (outcomes: Outcomes | null): boolean => outcomes?.by['propensity'] !== undefined;

/** The same rows, as if nobody had said what was decided. */
export function withoutDecisions(profile: Profile): Profile {
  const { outcomes } = profile;
  if (!isDecided(outcomes)) return profile;
  const { decision: _, propensity: __, ...by } = outcomes.by;
  return { ...profile, outcomes: { ...outcomes, by } };
}

/** Which columns of the action the rows lack, in words; null: none. */
export function undecided({ asked }: Profile): string | null {
  const gone = [...(asked['undecided']?.by['column'] ?? [])].map(String);
  return gone.length === 0
    ? null
    : `columns.action names ${gone.join(' and ')}, which the rows lack`;
}

/**
 * Rows of these decisions in some outcomes; without any named, all rows. `only` those of strata, as
 * `strataOf` names them.
 */
export function groupOf(
  all: readonly Outcomes[],
  of?: readonly Decision[],
  only: (stratum: string) => boolean = () => true,
): Group {
  const group = { rows: 0, labelled: 0, positives: 0, scores: 0 };
  for (const [stratum, one] of strataOf(all, of)) {
    if (!only(stratum)) continue;
    group.rows += one.rows;
    group.labelled += one.labelled;
    group.positives += one.positives;
    group.scores += one.scores;
  }
  return group;
}

/** As `groupOf`, by how likely rows were held out (see CHANCE); all are '' where nobody says. */
export function strataOf(
  all: readonly Outcomes[],
  of?: readonly Decision[],
): ReadonlyMap<string, Group> {
  const strata = new Map<string, Group>();
  for (const { by, sums } of all) {
    for (let cell = 0; cell < size({ by, sums }); cell++) {
      const decision = (by['decision']?.[cell] ?? '') as Decision;
      if (of?.includes(decision) === false) continue;
      const name = String(by['propensity']?.[cell] ?? '');
      let group = strata.get(name);
      if (group === undefined) {
        strata.set(name, (group = { rows: 0, labelled: 0, positives: 0, scores: 0 }));
      }
      const n = sums['n']?.[cell] ?? 0;
      const label = by['label']?.[cell] ?? '';
      group.rows += n;
      group.scores += sums['scores']?.[cell] ?? NaN;
      if (label !== '') group.labelled += n;
      if (label === '1') group.positives += n;
    }
  }
  return strata;
}

/** True of rows for which rows held out can stand: their chance of it is known, and not 0. */
export const isComparable = (stratum: string): boolean =>
  stratum !== CHANCE.certain && stratum !== CHANCE.none;

/** So few rows are held out in one window that this many are looked at as one. */
const WINDOWS = 4;

/**
 * What is known of the rows of a window and of the three before it whose decisions are known, and
 * their chances where those of the window are.
 */
export function lastOutcomes({ current, labelled }: Evidence): Outcomes[] {
  const before = (labelled?.recent ?? []).filter(({ outcomes }) => {
    return isKnownAs(outcomes, current.outcomes);
  });
  const known = [...before.slice(1 - WINDOWS), current];
  return known.flatMap(({ outcomes }) => (outcomes === null ? [] : [outcomes]));
}

/** True where decisions are known, and chances if they are of those. */
export const isKnownAs = (outcomes: Outcomes | null, those: Outcomes | null): boolean =>
  isDecided(outcomes) && (isWeighed(outcomes) || !isWeighed(those));

/** Its positives among its labelled rows. */
export const rateOf = ({ positives, labelled }: Group): Share => ({ hits: positives, n: labelled });
