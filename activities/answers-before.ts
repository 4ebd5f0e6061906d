import { BEFORE } from '../checks/before.js';
import type { Monitor } from '../domain/monitor.js';
import { isSameSlice } from '../domain/profile.js';
import type { Profile } from '../domain/profile.js';
import type { Slice } from '../domain/slice.js';
import type { Commit } from '../domain/run.js';
import { isWeekBefore } from '../domain/series.js';
import type { Window } from '../domain/window.js';
import type { Duck } from '../lake/duck.js';
import type { Measuring } from './deps.js';

const USUAL_WINDOWS = 28;

/** Checks of what was asked of the windows before. */
const OVER_WINDOWS = ['exposure_concentration', 'allocation_gain'];

/**
 * What was asked of the windows before one, for those that are measures of it: the last 28, and the
 * one of a week before, by the part of their rows; {} where no check looks at it. Reads only.
 */
export async function answersBefore(
  { lake }: Pick<Measuring, 'lake'>,
  db: Duck,
  { monitor, window, before }: { monitor: Monitor; window: Window; before: readonly Commit[] },
): Promise<(slice: Slice) => { answers?: Profile[] }> {
  const isAsked = monitor.checks.some(
    ({ check, params }) =>
      OVER_WINDOWS.includes(check) || BEFORE.some((one) => one === params['versus']),
  );
  if (!isAsked) return () => ({});
  const last = before.slice(-USUAL_WINDOWS);
  const week = before.filter((one) => isWeekBefore(one.window, window) && !last.includes(one));
  const files = [...week, ...last].map(({ file }) => file).filter((file) => file !== '');
  const read = await lake.readEvaluations(files, 'answers', db);
  const parts = read.flatMap(({ profile, slices }) => (profile ? [profile, ...slices] : []));
  return (slice) => ({ answers: parts.filter((one) => isSameSlice(one.slice, slice)) });
}
