import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Duck } from '../lake/duck.js';
import { profileOutcomes, profileWindow } from '../lake/profile.js';
import type { ProfiledOutcomes, ProfiledWindow, ProfileRequest } from '../lake/profile.js';
import type { Deps } from './deps.js';
import { reusable, type Older } from './evaluate-older.js';

/** A window to profile, and what may be known of it already. */
export interface Anew {
  request: ProfileRequest & { landDir: string };
  /** Where only labels may have come since; null: count everything. */
  older: Older | null;
  /** Fingerprints of monitor and reference, and the grid: others count everything, too. */
  now: { monitor: string; reference: string; grid: string };
}

/** A profile to judge by, and the part of it that is new. */
export interface ProfiledAnew extends ProfiledWindow {
  /** As it is to be stored: without columns where `profileFile` has them. */
  stored: Profile;
  profileFile: string | null;
}

/** What labels answer, which is asked anew. */
const OF_ROWS = ['items', 'groups', 'losses'];
const OF_LABELS = [
  ...['labels', 'unread', 'untimed', 'unmet', 'delays', 'late_delays', 'stand_ins'],
  ...OF_ROWS,
];

function askedAnew({ asked }: Profile, now: Profile['asked']): Profile['asked'] {
  const kept = Object.entries(asked).filter(([name]) => !OF_LABELS.includes(name));
  return { ...Object.fromEntries(kept), ...now };
}

function outcomesOf({ slices }: ProfiledOutcomes, { slice }: Profile): Profile['outcomes'] {
  return slices.find((one) => isSameSlice(one.slice, slice))?.outcomes ?? null;
}

/**
 * Profiles a window; where nothing but labels can have changed since the older evaluation, only how
 * predictions and labels meet is counted, and the columns stay as they were counted then.
 */
export async function profiledAnew(
  deps: Pick<Deps, 'lake'>,
  db: Duck,
  { request, older, now }: Anew,
): Promise<ProfiledAnew> {
  const { predictions } = request;
  const known = older === null ? null : reusable(older, { ...now, predictions });
  if (older !== null && known !== null) {
    const met = await profileOutcomes(db, request);
    const whole = await deps.lake.profileOf(older.commit);
    // Rows may count that were later than what was known then.
    if (whole !== null && met.manifest.rows === known.manifest.rows) {
      const profile = { ...whole, outcomes: met.outcomes, asked: askedAnew(whole, met.asked) };
      return {
        profile,
        slices: older.evaluation.slices.map((slice) => ({
          ...slice,
          outcomes: outcomesOf(met, slice),
        })),
        stored: { ...profile, columns: {} },
        manifest: known.manifest,
        outside: met.outside,
        labels: met.labelManifest,
        landedFile: null,
        profileFile: older.commit.profileFile ?? older.commit.file,
      };
    }
  }
  const profiled = await profileWindow(db, request);
  return { ...profiled, stored: profiled.profile, profileFile: null };
}
