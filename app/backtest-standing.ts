import type { ActiveReference } from '../activities/reference.js';
import type { Standing } from '../domain/backtesting/usual.js';
import type { Monitor } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import type { Instant } from '../domain/window.js';

/** What past windows are judged against under a reference. */
export function standingOf(
  { pin, stored }: Omit<ActiveReference, 'is'>,
  monitor: Monitor,
): Standing {
  const { grid, profile, periods } = stored;
  const { version, trainedUntil } = pin;
  const { matureAfter = 0, minCoverage } = monitor.labels ?? {};
  const covered = minCoverage === undefined ? {} : { minCoverage };
  const facts = { version, trainedUntil, matureAfter, ...covered };
  return { ...nothing(monitor), grid, reference: profile, periods: periods.filter(isWhole), facts };
}

/** The same without a reference. */
export const nothing = (monitor: Monitor): Omit<Standing, 'grid'> => ({
  ...{ reference: null, references: {}, periods: [], accepted: [], known: monitor },
  facts: { version: null, trainedUntil: null, matureAfter: 0 },
});

/** The reference and its periods, each with its parts behind it. */
export function referenceParts({ stored }: Pick<ActiveReference, 'stored'>): Profile[][] {
  const { profile, slices, periods } = stored;
  const cut = new Map<Instant, Profile[]>();
  for (const one of periods) {
    const list = cut.get(one.window.end) ?? [];
    cut.set(one.window.end, isWhole(one) ? [one, ...list] : [...list, one]);
  }
  return [[profile, ...slices], ...cut.values()].filter(([first]) => first && isWhole(first));
}
