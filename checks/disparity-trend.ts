import { isWhole } from '../domain/slice.js';
import { z } from 'zod';
import { figure, pInWords } from '../domain/judging/figures.js';
import { partWords } from '../domain/naming.js';
import type { Evidence, Reading } from '../domain/score.js';
import { adjusted } from '../stats/multiple.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { undecided } from './decisions.js';
import { immature } from './mature.js';
import { actedIn, courseOf, LEAST_WINDOWS, partedIn } from './segment-odds.js';
import type { Course, Parted } from './segment-odds.js';

/** Of p-values corrected for the number of segments. */
const LEVEL = 0.005;

const isSure = ({ pValue }: { pValue: number | null }): boolean => (pValue ?? 1) < LEVEL;

/** With p-values for all of them; surest first, of those that are sure the one that grew most. */
function compared(courses: readonly Course[]): Course[] {
  const pValues = adjusted(courses.map(({ pValue }) => pValue));
  const corrected = courses.map((one, place) => ({ ...one, pValue: pValues[place] ?? 1 }));
  return corrected.sort((a, b) =>
    isSure(a) && isSure(b) ? b.growth - a.growth : a.pValue - b.pValue,
  );
}

/** Why nothing can be compared, in words. */
function tooFew(known: readonly Known[], least: number): string {
  const most = known.reduce<Known | null>((best, one) => {
    return one.windows.length > (best?.windows.length ?? 0) ? one : best;
  }, null);
  const there =
    most === null
      ? 'no segment has as many in this one'
      : `${most.segment} has ${most.windows.length} of them, ` +
        `${LEAST_WINDOWS - most.windows.length} too few`;
  return (
    `it takes ${LEAST_WINDOWS} windows, this one among them, in which it is known of ` +
    `${figure(least)} rows of a segment and of as many others what was decided: ${there}`
  );
}

/** A segment and the windows that tell of it, up to this one; [] where this one does not. */
interface Known {
  segment: string;
  windows: readonly Parted[];
}

function measured(evidence: Evidence, segments: readonly Evidence[], least: number): Reading {
  const { window, outcomes } = evidence.current;
  const { acted, not } = actedIn(outcomes) ?? { acted: 0, not: 0 };
  const nCurrent = acted + not;
  const known = segments.map((one): Known => {
    const windows = partedIn(evidence, one, least);
    const isNow = windows.at(-1)?.window.end === window.end;
    return { segment: partWords(one.current), windows: isNow ? windows : [] };
  });
  const courses = compared(
    known.flatMap(({ segment, windows }) => courseOf(segment, windows) ?? []),
  );
  const [first] = courses;
  if (first === undefined) {
    return noReading('insufficient_data', tooFew(known, least), { nCurrent });
  }
  const { growth: value, pValue } = first;
  return reading({ value, pValue, nCurrent, details: { segments: courses } });
}

/** `the odds of being acted on there over those elsewhere went 1.2 → 1.9 in 12 windows (…)`. */
function sayCourse({ then, now, windows, pValue }: Course, segments: number): string {
  return (
    `the odds of being acted on there over those elsewhere went ${figure(then)} → ${figure(now)} ` +
    `in ${windows} windows (${pInWords(pValue, windows)}, segments compared: ${segments})`
  );
}

/**
 * How much wider the disparity of a segment became: the odds of being acted on there over those of
 * all other rows, of the newest 8 to 24 windows, by the weighted line through its logarithms; the
 * ratio at the last window over that at the first one, each turned to be 1 or more. Of all segments
 * the one that grew most beyond chance, else the nearest to it; p-value by Student's t, one-sided,
 * corrected for the number of segments (Benjamini and Hochberg). It has no interval. Whatever
 * changes segments gives a trend, so it informs: it warns at most, and no advice rests on it.
 * `details`: all segments that were compared.
 */
export const disparityTrend: Written<object> = {
  name: 'disparity_trend',
  question: 'Do decisions treat a segment ever more unlike all other rows?',
  unit: 'odds ratio of the last window / that of the first, each turned to be >= 1; > 0',
  category: 'feedback-loop',
  action:
    'Review the threshold by segment; allocation_gain, with the segment as columns.group, looks ' +
    'at whether decisions and labels drive each other.',
  over: 'label',
  needs: ['outcomes', 'action', 'segments'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'higher',
  kind: 'associational',
  params: z.strictObject({}),
  defaults: { warn: 1.25, alert: null, minRows: 500, rule: 'calibrated' },
  significant: isSure,
  measure(evidence, _target, { minRows }) {
    const { current, segments = [] } = evidence;
    if (!isWhole(current)) {
      return noReading('not_applicable', 'it compares segments of all rows');
    }
    const early = immature(evidence);
    if (early !== null) return early;
    const gone = undecided(current);
    if (gone !== null) return noReading('insufficient_data', gone);
    return measured(evidence, segments, minRows);
  },
  say({ details }) {
    const segments = details['segments'] as readonly Course[];
    const [first, ...others] = segments;
    if (first === undefined) return '';
    const course = sayCourse(first, segments.length);
    if (!isSure(first)) {
      return (
        'No segment is seen to be treated ever more unlike all other rows, nearest to it is ' +
        `${first.segment}: ${course}.`
      );
    }
    const more = others.filter(isSure).map(({ segment }) => segment);
    return (
      `${first.segment} is treated ever more unlike all other rows, by a factor of ` +
      `${figure(first.growth)}: ${course}.` +
      `${more.length === 0 ? '' : ` So are ${more.join(', ')}.`} Why cannot be told from this.`
    );
  },
};
