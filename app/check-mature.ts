import { lastBoundary, windowEndingAt } from '../calendar/windows.js';
import type { Evaluated } from '../activities/evaluate.js';
import { checkNamed } from '../checks/index.js';
import { isOfLabels } from '../domain/check.js';
import type { Monitor } from '../domain/monitor.js';
import type { Instant, Window } from '../domain/window.js';

/** The newest window of the grid whose labels are complete. */
export function matureBefore(monitor: Monitor, knownAt: Instant): { window: Window; at: Instant } {
  const upTo = knownAt - (monitor.labels?.matureAfter ?? 0);
  const window = windowEndingAt(monitor.windows, lastBoundary(monitor.windows, upTo));
  return { window, at: window.end + monitor.schedule.lag };
}

/** The monitor with what a mature window is asked. */
export function onlyOfLabels(monitor: Monitor): Monitor {
  const checks = monitor.checks.filter(({ check }) => {
    const { category, over } = checkNamed(check);
    return isOfLabels({ category }) && over !== 'model';
  });
  return { ...monitor, checks };
}

/** What a mature window says; `isEmpty`: it has no rows. */
export const matureOf = ({ evaluation: { window, findings, profile } }: Evaluated) => ({
  ...{ window, findings, isEmpty: profile?.rows === 0 },
});
