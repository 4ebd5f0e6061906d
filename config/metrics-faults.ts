import { formatDuration } from '../calendar/durations.js';
import { usualLength } from '../calendar/windows.js';
import { didYouMean } from '../checks/spelling.js';
import { MOST_POINTS } from '../domain/series.js';
import type { CheckGiven } from './checks-schema.js';
import type { Fault, Sections } from './fault.js';
import type { KnownCheck } from './limit-schema.js';
import { ownName, ownNameWords } from './segments-schema.js';
import { toWindows } from './windows-schema.js';

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

/** What an entry asks of windows and series that are not there. */
export function seriesFaults(
  { name, over }: KnownCheck,
  { targets, params }: CheckGiven,
  { given, path }: { given: Sections; path: Fault['path'] },
): Fault[] {
  const weekFaults = faultsOfWeek(params, given, path);
  if (over !== 'series' || given.metrics === undefined) return weekFaults;
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
  return [...weekFaults, ...faults];
}

function faultsOfWeek(
  { versus }: CheckGiven['params'],
  { windows }: Sections,
  path: Fault['path'],
): Fault[] {
  if (versus !== 'week_before' || windows === undefined) return [];
  const isMonth = windows.size === '1mo';
  if (!isMonth && windows.rows === undefined) return [];
  const why = isMonth ? 'no month ends a week before another' : 'windows.rows have no time';
  return [{ path: [...path, 'versus'], message: `expected usual: ${why}` }];
}
