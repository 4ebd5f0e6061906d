import { measures } from '../events.js';
import type { Known } from '../events.js';
import type { Profile } from '../profile.js';
import type { Evidence } from '../score.js';

/** Live windows that are what is usual where the reference has too few windows of its own. */
const FIRST_LIVE = 28;
const FEWEST_PERIODS = 14;
const MOST_EARLIER = 90;

/** What past windows are judged against. */
export type Standing = Pick<Evidence, 'grid' | 'reference' | 'references' | 'facts'> & {
  /** The reference cut like a window; [] without times. */
  periods: readonly Profile[];
  accepted: NonNullable<Evidence['accepted']>;
  /** All rows of the files that numbered windows are cut from; absent, null: cut by time. */
  around?: Profile | null;
  /** Windows that an event excludes, or that lie before a fix, measure none. */
  known: Known;
};

/** One past window as it is known. */
export interface Past {
  profile: Profile;
  at: number;
  knownAt: number;
}

/**
 * The evidence of past windows, oldest first, each with what was there before it: as a live
 * evaluation would have had it. `first`: the first live windows since the reference was pinned,
 * where they lie before these.
 */
export function pastEvidence(
  standing: Standing,
  windows: readonly Past[],
  before: { first: readonly Profile[]; earlier: readonly Profile[] },
): Evidence[] {
  const { grid, reference, references, facts, accepted, around } = standing;
  const own = windows.map(({ profile }) => profile);
  const firstOwn = own[0]?.window.end ?? Infinity;
  const older = before.first.filter(({ window }) => window.end < firstOwn);
  // the same list for windows that have the same: what was computed of it is kept by it
  let last: readonly Profile[] = [];
  const kept = (list: readonly Profile[]): readonly Profile[] => {
    const isSame = list.length === last.length && list.every((one, k) => one === last[k]);
    return (last = isSame ? last : list);
  };
  return windows.map(({ profile, at, knownAt }, place) => {
    const past = own.slice(0, place);
    const isMeasure = (one: Profile) => measures(standing.known, one.window, profile.window);
    const live = [...older, ...past].filter(isMeasure);
    const cut = standing.periods.filter(isMeasure);
    const isReference = cut.length >= FEWEST_PERIODS;
    const isLive = !isReference && live.length >= FIRST_LIVE;
    return {
      ...{ at, knownAt, grid, reference, references, facts, accepted, current: profile },
      ...(around == null ? {} : { around }),
      periods: kept(isReference ? cut : isLive ? live.slice(0, FIRST_LIVE) : []),
      usual: isReference ? 'reference' : isLive ? 'live' : null,
      earlier: [...before.earlier, ...past].filter(isMeasure).slice(-MOST_EARLIER),
    };
  });
}
