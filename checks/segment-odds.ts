import { ALL_ACTED } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import type { Outcomes, Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { leadsAway, lineThrough, valueAt } from '../stats/weighted-line.js';
import type { Weighed } from '../stats/weighted-line.js';
import { groupOf, isDecided } from './decisions.js';

/** Fewer windows tell no trend from a wobble. */
export const LEAST_WINDOWS = 8;
/** More windows than these are not looked at. */
const MOST_WINDOWS = 24;

const NOT_ACTED: readonly Decision[] = ['explored', 'missed', 'free'];

/** Rows of which is known whether they were acted on. */
export interface Acted {
  acted: number;
  not: number;
}

/** A window with the rows of a segment and all others. */
export interface Parted {
  window: Window;
  segment: Acted;
  rest: Acted;
}

/** How the odds of being acted on in a segment went, against all other rows. */
export interface Course {
  /** `country = IT`. */
  segment: string;
  windows: number;
  /** Odds ratios by the line through their logarithms, at the first window and at the last. */
  then: number;
  now: number;
  /** `now` over `then`, each turned to be 1 or more: above 1 the disparity is wider. */
  growth: number;
  /** One-sided, of "it does not move away from 1"; of this segment alone. */
  pValue: number;
}

/** null: what was decided was not counted. */
export function actedIn(outcomes: Outcomes | null): Acted | null {
  if (!isDecided(outcomes)) return null;
  return { acted: groupOf([outcomes], ALL_ACTED).rows, not: groupOf([outcomes], NOT_ACTED).rows };
}

/** Half a row is added to each count, so that none counts, too (Gart and Zweifel, 1967). */
const HALF = 0.5;

/** Logarithm of the odds. */
const logOdds = ({ acted, not }: Acted): number => Math.log((acted + HALF) / (not + HALF));
const varianceOf = ({ acted, not }: Acted): number => 1 / (acted + HALF) + 1 / (not + HALF);

const logRatio = ({ window, segment, rest }: Parted): Weighed => ({
  time: window.end,
  value: logOdds(segment) - logOdds(rest),
  weight: 1 / (varianceOf(segment) + varianceOf(rest)),
});

/** What the newest of some windows say, which come in any order; null: they are too few. */
export function courseOf(segment: string, windows: readonly Parted[]): Course | null {
  const newest = [...windows].sort((a, b) => a.window.end - b.window.end).slice(-MOST_WINDOWS);
  const line = newest.length < LEAST_WINDOWS ? null : lineThrough(newest.map(logRatio));
  if (line === null) return null;
  const [then, now] = [newest[0], newest.at(-1)].map((one) => valueAt(line, one?.window.end ?? 0));
  return {
    ...{ segment, windows: newest.length, then: Math.exp(then ?? 0), now: Math.exp(now ?? 0) },
    growth: Math.exp(Math.abs(now ?? 0) - Math.abs(then ?? 0)),
    pValue: leadsAway(line),
  };
}

/** The windows, this one last, in which a segment and all other rows each have so many. */
export function partedIn(all: Evidence, part: Evidence, least: number): Parted[] {
  const ends = new Map(part.earlier.map((one) => [one.window.end, one] as const));
  const pairs = all.earlier.map((one): [Profile, Profile | undefined] => {
    return [one, ends.get(one.window.end)];
  });
  return [...pairs, [all.current, part.current] as const].flatMap(([whole, segment]): Parted[] => {
    const [rows, own] = [actedIn(whole.outcomes), actedIn(segment?.outcomes ?? null)];
    if (rows === null || own === null) return [];
    const rest = { acted: rows.acted - own.acted, not: rows.not - own.not };
    const isThin = Math.min(own.acted + own.not, rest.acted + rest.not) < least;
    return isThin ? [] : [{ window: whole.window, segment: own, rest }];
  });
}
