import type { Period, Usual } from '../domain/judging/usual.js';
import { usualOf } from '../domain/judging/usual.js';
import type { Axis, Counts, Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { unitOf, weekdayOf } from './versus.js';

/** The same periods are asked about window after window: what is usual of them is kept. */
const kept = new WeakMap<readonly Profile[], Map<string, { axis: Axis; usual: Usual | null }>>();

/**
 * What is usual of a target of the periods; null while nobody knows. `axisFor` is asked once, so it
 * may be made from the periods; `countsOf` gives null where a period does not have the target.
 */
export function usualFor(
  { periods }: Pick<Evidence, 'periods'>,
  target: string,
  how: {
    axisFor(parts: readonly Counts[]): Axis | null;
    countsOf(profile: Profile): Counts | null;
  },
): Usual | null {
  const known = kept.get(periods)?.get(target);
  if (known !== undefined) return known.usual;
  const found = periods.flatMap((profile): Period[] => {
    const counts = how.countsOf(profile);
    return counts === null ? [] : [{ counts, weekday: profile.window.weekday }];
  });
  const axis = how.axisFor(found.map(({ counts }) => counts));
  if (axis === null) return null;
  const usual = usualOf(axis, found);
  const all = kept.get(periods) ?? new Map<string, { axis: Axis; usual: Usual | null }>();
  kept.set(periods, all.set(target, { axis, usual }));
  return usual;
}

/** What is usual of a column of the grid. */
export function usualColumn(evidence: Evidence, target: string): Usual | null {
  const axis = evidence.grid.axes[target];
  if (axis === undefined || axis.kind === 'opaque') return null;
  return usualFor(evidence, target, {
    axisFor: () => axis,
    countsOf: (profile) => profile.columns[target] ?? null,
  });
}

/**
 * Why this test: `against 28 usual days`, `against 5 usual Mondays`, `against the day before` where
 * the entry names a reference, or `against the reference`, with how much is still to be learnt of
 * what is usual.
 */
export function whyInWords(
  { current: { window }, earlier, versus }: Evidence,
  placed: { mode: 'W' | 'S'; windows: number } | null,
): string {
  const [one, many] = unitOf(window);
  if (placed === null) {
    if (versus !== undefined) return `against ${versus}`;
    if (earlier.length === 0) return 'against the reference';
    const known = `${earlier.length} earlier ${earlier.length === 1 ? one : many}`;
    return `against the reference, for ${known} do not tell yet what is usual`;
  }
  const days = placed.mode === 'S' ? `${weekdayOf(window)}s` : many;
  const short = placed.windows < 30 && placed.mode === 'W' ? ' (short history)' : '';
  return `against ${placed.windows} usual ${days}${short}`;
}
