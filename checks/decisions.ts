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

/** Where the model would act. */
export const BAND: readonly Decision[] = ['censored', 'altered', 'explored', 'breached', 'missed'];
export const ACTED: readonly Decision[] = ['censored', 'altered'];
/**
 * Held out at random; those that were acted on all the same are among them, for what chance put
 * there stays there.
 */
export const HELD: readonly Decision[] = ['explored', 'breached'];

/** Where the model would not act. */
export const OUTSIDE: readonly Decision[] = ['beyond', 'free'];

/** True where the decisions of the rows were counted. */
export const isDecided = (outcomes: Outcomes | null): outcomes is Outcomes =>
  outcomes?.by['decision'] !== undefined;

/** The same rows, as if nobody had said what was decided. */
export function withoutDecisions(profile: Profile): Profile {
  const { outcomes } = profile;
  if (!isDecided(outcomes)) return profile;
  const by = Object.entries(outcomes.by).filter(([name]) => name !== 'decision');
  return { ...profile, outcomes: { ...outcomes, by: Object.fromEntries(by) } };
}

/** Which columns of the action the rows lack, in words; null: none. */
export function undecided({ asked }: Profile): string | null {
  const gone = [...(asked['undecided']?.by['column'] ?? [])].map(String);
  return gone.length === 0
    ? null
    : `columns.action names ${gone.join(' and ')}, which the rows lack`;
}

/** Rows of these decisions in some outcomes; without any named, all rows. */
export function groupOf(all: readonly Outcomes[], of?: readonly Decision[]): Group {
  const group = { rows: 0, labelled: 0, positives: 0, scores: 0 };
  for (const { by, sums } of all) {
    for (let cell = 0; cell < size({ by, sums }); cell++) {
      const decision = (by['decision']?.[cell] ?? '') as Decision;
      if (of?.includes(decision) === false) continue;
      const n = sums['n']?.[cell] ?? 0;
      const label = by['label']?.[cell] ?? '';
      group.rows += n;
      group.scores += sums['scores']?.[cell] ?? NaN;
      if (label !== '') group.labelled += n;
      if (label === '1') group.positives += n;
    }
  }
  return group;
}

/** So few rows are held out in one window that this many are looked at as one. */
const WINDOWS = 4;

/** What is known of the rows of a window and of the three before it whose decisions are known. */
export function lastOutcomes({ current, labelled }: Evidence): Outcomes[] {
  const before = (labelled?.recent ?? []).filter(({ outcomes }) => isDecided(outcomes));
  const known = [...before.slice(1 - WINDOWS), current];
  return known.flatMap(({ outcomes }) => (outcomes === null ? [] : [outcomes]));
}

/** Its positives among its labelled rows. */
export const rateOf = ({ positives, labelled }: Group): Share => ({ hits: positives, n: labelled });
