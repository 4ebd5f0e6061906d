import type { Groups } from '../../domain/groups.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, END, evidenceOf, windowEnding } from './evidence.js';

/** Groups with their decisions and their positive labels. */
export type Allotted = Readonly<Record<string, readonly [decisions: number, positives: number]>>;

/** As the engine counts them, each group with a row that was not acted on beside the others. */
export function groupsOf(allotted: Allotted): Groups {
  const all = Object.entries(allotted);
  return {
    by: { group: all.map(([group]) => group) },
    sums: {
      n: Float64Array.from(all, ([, [decisions, positives]]) => Math.max(decisions, positives) + 1),
      decisions: Float64Array.from(all, ([, [decisions]]) => decisions),
      positives: Float64Array.from(all, ([, [, positives]]) => positives),
    },
  };
}

/** A window with them and with labels of both kinds, some days after the first. */
export function windowAllotting(groups: Groups | null, day = 0): Profile {
  const n = groups?.sums['n']?.reduce((sum, one) => sum + one, 0) ?? 100;
  const asked: Profile['asked'] = groups === null ? {} : { groups };
  const outcomes = {
    by: { predicted: ['1', '1'], label: ['1', '0'] },
    sums: { n: Float64Array.of(n / 2, n / 2) },
  };
  const window = windowEnding(END + day * DAY);
  return { ...evidenceOf({}, {}).current, rows: n, window, asked, outcomes };
}
