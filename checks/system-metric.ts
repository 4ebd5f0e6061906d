import { z } from 'zod';
import type { Check } from '../domain/check.js';
import { figure, percent } from '../domain/judging/figures.js';
import type { CheckSpec } from '../domain/monitor.js';
import type { Evidence, Reading } from '../domain/score.js';
import { isWeekBefore, seriesIn } from '../domain/series.js';
import type { SeriesValue } from '../domain/series.js';
import type { Window } from '../domain/window.js';
import { inZone } from '../domain/zone.js';
import { noReading, reading } from './check.js';
import type { RegisteredCheck, Written } from './check.js';

/** So many windows before one say what is usual, and so many they have to be. */
const USUAL_WINDOWS = 28;
const FEWEST = 3;

interface SystemMetric {
  versus: 'usual' | 'week_before';
  worse: 'higher' | 'lower';
}

/**
 * What a series of `metrics` came to in the window. `details.reference`, which `drop` counts from,
 * is the median of the last 28 windows, 3 at least, or the value of the window one week before.
 * Windows of another length, or of another query, do not count.
 */
export const systemMetric: Written<SystemMetric> = {
  name: 'system_metric',
  question: 'How does the system that serves the model do?',
  unit: 'that of the series',
  category: 'system',
  action: 'See what the service, its machine and what it calls did in the window.',
  over: 'series',
  needs: ['series'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({
    versus: z.enum(['usual', 'week_before'], { error: 'expected usual or week_before' }),
    worse: z.enum(['higher', 'lower'], { error: 'expected higher or lower' }),
  }),
  defaults: {
    ...{ versus: 'usual', worse: 'higher' },
    ...{ warn: null, alert: null, minRows: 0, rule: 'calibrated' },
  },
  measure(evidence, target, { versus }) {
    const { current } = evidence;
    const now = seriesIn(current, target);
    const counts = { nCurrent: current.rows };
    if (now === null) return noReading('not_evaluated', NOT_ASKED, counts);
    if (now.lack === 'error') return noReading('error', now.why, counts);
    if (now.lack === 'none') return noReading('insufficient_data', now.why, counts);
    const { value, points, room, of, warning } = now;
    const held = heldAgainst(pastOf(evidence, target, now), current.window, versus);
    return reading({ value, ...counts, details: { series: of, points, room, warning, ...held } });
  },
  say({ value, details }, target, timezone = 'UTC') {
    const now = value ?? NaN;
    const { series, points, room, warning } = details;
    const aggregate = String(series).split(' ')[0] ?? '';
    const seen = points === room ? figure(Number(room)) : `${String(points)} of ${String(room)}`;
    const warns = warning === '' ? '' : ` The server warns: ${String(warning)}.`;
    const against = sayHeld(now, details, timezone);
    return `${target} is ${figure(now)}${against}; ${aggregate} of ${seen} points.${warns}`;
  },
};

const NOT_ASKED =
  'nobody asked for this series when the window was evaluated; ' +
  '"aftercare backfill --again" asks, as far back as the server remembers';

interface Past {
  window: Window;
  value: number;
}

/** What the same series came to before, oldest first. */
function pastOf({ series, earlier, current }: Evidence, name: string, now: SeriesValue): Past[] {
  return (series ?? earlier).flatMap((profile) => {
    const found = seriesIn(profile, name);
    const isSame = found?.of === now.of && found.lack === '';
    const { window } = profile;
    return isSame && window.start < current.window.start ? [{ window, value: found.value }] : [];
  });
}

/** What a window is compared with, or why there is nothing. */
type Held = { reference: number; since: number; windows: number } | { note: string };

function heldAgainst(past: readonly Past[], window: Window, versus: SystemMetric['versus']): Held {
  if (versus === 'week_before') {
    const before = past.find((one) => isWeekBefore(one.window, window));
    if (before === undefined) return { note: 'the window of one week before has no value of it' };
    return { reference: before.value, since: before.window.start, windows: 1 };
  }
  const usual = past.filter((one) => isAsLong(one.window, window)).slice(-USUAL_WINDOWS);
  const [first] = usual;
  if (first === undefined || usual.length < FEWEST) {
    return { note: `${usual.length} earlier windows have a value of it, ${FEWEST} needed` };
  }
  const reference = medianOf(usual.map(({ value }) => value));
  return { reference, since: first.window.start, windows: usual.length };
}

/** Days of 23 and 25 hours are days, and months are months. */
function isAsLong(one: Window, other: Window): boolean {
  const ratio = (one.end - one.start) / (other.end - other.start);
  return ratio > 0.75 && ratio < 1.34;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? NaN, sorted[Math.floor(middle)] ?? NaN];
  return low / 2 + high / 2;
}

function sayHeld(now: number, details: Reading['details'], timezone: string): string {
  const { reference, since, windows } = details;
  if (typeof reference !== 'number' || typeof since !== 'number') return '';
  const begins = inZone(since, timezone);
  const what =
    windows === 1
      ? `one week before (${begins})`
      : `the ${String(windows)} windows since ${begins} (median)`;
  if (now === reference) return `, as in ${what}`;
  const share = reference === 0 ? '' : `${percent(Math.abs(now / reference - 1))} `;
  const side = now > reference ? 'above' : 'below';
  return `, ${share}${side} the ${figure(reference)} of ${what}`;
}

/** Which side of a check's values is worse: as it says, or of a series the entry. */
export function worseOf({ name, worse }: RegisteredCheck, { params }: CheckSpec): Check['worse'] {
  if (name !== systemMetric.name) return worse;
  return (params as Partial<SystemMetric>).worse ?? worse;
}
