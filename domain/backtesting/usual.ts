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
  const { grid, reference, references, facts, periods } = standing;
  const own = windows.map(({ profile }) => profile);
  const firstOwn = own[0]?.window.end ?? Infinity;
  const older = before.first.filter(({ window }) => window.end < firstOwn);
  const live = [...older, ...own];
  const frozen = live.slice(0, FIRST_LIVE);
  return windows.map(({ profile, at, knownAt }, place) => {
    const isReference = periods.length >= FEWEST_PERIODS;
    const isLive = !isReference && older.length + place >= FIRST_LIVE;
    return {
      ...{ at, knownAt, grid, reference, references, facts, current: profile },
      periods: isReference ? periods : isLive ? frozen : [],
      usual: isReference ? 'reference' : isLive ? 'live' : null,
      earlier: [...before.earlier, ...own.slice(0, place)].slice(-MOST_EARLIER),
    };
  });
}
