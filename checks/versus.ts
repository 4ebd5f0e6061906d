import type { ReferenceSource } from '../domain/monitor.js';
import type { Profile } from '../domain/profile.js';
import type { Window } from '../domain/window.js';

const UNITS: readonly (readonly [number, string, string])[] = [
  [27 * 86_400_000, 'month', 'months'],
  [6 * 86_400_000, 'week', 'weeks'],
  [22 * 3_600_000, 'day', 'days'],
  [3_000_000, 'hour', 'hours'],
];

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What a window is called by its length: `day` and `days`; `window` where no word fits. */
export function unitOf({ start, end }: Pick<Window, 'start' | 'end'>): [string, string] {
  const [, one, many] = UNITS.find(([least]) => end - start >= least) ?? [0, 'window', 'windows'];
  return [one, many];
}

/** `Friday`, of a window that begins on the fifth day of the week. */
export const weekdayOf = ({ weekday }: Pick<Window, 'weekday'>): string =>
  WEEKDAYS[weekday - 1] ?? 'Sunday';

/**
 * What a reference is to a window: `the day before`, `an earlier day` where that one is no measure,
 * `the last 28 Fridays`, `version v1`, `country = FR`, `the training rows`, `the rows of a fixed
 * time`.
 */
export function versusWords(
  source: ReferenceSource,
  window: Window,
  reference: Profile | null,
): string {
  const unit = 'weekday' in source && source.weekday ? weekdayOf(window) : null;
  const [one, many] = unit === null ? unitOf(window) : [unit, `${unit}s`];
  switch (source.kind) {
    case 'previous':
      return reference === null || reference.window.end === window.start || unit !== null
        ? `the ${one} before`
        : `an earlier ${one}`;
    case 'rolling': {
      const windows = reference === null ? source.windows : (reference.windows ?? 1);
      return windows === 1 ? `the last ${one}` : `the last ${windows} ${many}`;
    }
    case 'version':
      return `version ${source.version}`;
    case 'segment':
      return `${source.segment} = ${source.value}`;
    case 'training':
      return 'the training rows';
    case 'window':
      return 'the rows of a fixed time';
  }
}
