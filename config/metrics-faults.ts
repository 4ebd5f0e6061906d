import { formatDuration } from '../calendar/durations.js';
import { usualLength } from '../calendar/windows.js';
import { didYouMean } from '../checks/spelling.js';
import type { CheckGiven } from './checks-schema.js';
import type { Fault, Sections } from './fault.js';
import type { KnownCheck } from './limit-schema.js';
import { ownName, ownNameWords } from './segments-schema.js';
import { toWindows } from './windows-schema.js';

/** As many points as Prometheus gives of one series. */
const MOST_POINTS = 11_000;

/** What is wrong with the names of series, and with steps beside the windows. */
export function metricsFaults({ metrics = [], windows }: Sections): Fault[] {
  const known = new Set<string>();
  return metrics.flatMap(({ step, series }, index) => {
    const under = ['metrics', index];
    const names = Object.keys(series);
    const none = { path: [...under, 'series'], message: 'expected at least one series' };
    const faults: Fault[] = names.length === 0 ? [none] : [];
    for (const name of names) {
      const path = [...under, 'series', name];
      if (!ownName.test(name)) faults.push({ path, message: `${ownNameWords}, got "${name}"` });
      if (known.has(name)) {
        faults.push({ path, message: `expected a name of its own, got "${name}" twice` });
      }
      known.add(name);
    }
    if (step !== null && windows?.size !== undefined) {
      const message = faultOfStep(step, usualLength(toWindows(windows)));
      if (message !== null) faults.push({ path: [...under, 'step'], message });
    }
    return faults;
  });
}

/** The longest of the windows decides: a month of 31 days. */
function faultOfStep(step: number, usual: number): string | null {
  if (step > usual) return `expected at most ${formatDuration(usual)}, the length of a window`;
  const longest = Math.ceil(usual * 1.05);
  if (longest / step <= MOST_POINTS) return null;
  const least = formatDuration(Math.ceil(longest / MOST_POINTS / 1000) * 1000);
  return `expected ${least} or more: the server gives ${MOST_POINTS} points of a window at most`;
}

/** What an entry about series asks of a monitor that has none, or not that one. */
export function seriesFaults(
  { name, over }: KnownCheck,
  { targets, params }: CheckGiven,
  { given, path }: { given: Sections; path: Fault['path'] },
): Fault[] {
  if (over !== 'series' || given.metrics === undefined) return [];
  const known = given.metrics.flatMap(({ series }) => Object.keys(series));
  if (known.length === 0) {
    return [{ path, message: `${name} needs series: there is no section metrics` }];
  }
  const faults = (targets ?? []).flatMap((target, place): Fault[] => {
    if (known.includes(target)) return [];
    const list = `${didYouMean(target, known)} Known: ${known.join(', ')}`;
    const message = `expected a series of metrics, got "${target}".${list}`;
    return [{ path: [...path, 'targets', place], message }];
  });
  if (params['versus'] === 'week_before' && given.windows?.size === '1mo') {
    const message = 'expected usual: no month ends a week before another';
    faults.push({ path: [...path, 'versus'], message });
  }
  return faults;
}
