import type { Limit } from '../domain/limits.js';
import { figure } from '../domain/judging/figures.js';
import type { Reading } from '../domain/score.js';
import { inZone } from '../domain/zone.js';
import { cusum } from '../stats/cusum.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { courseOf, DAY, OF_METRIC, tooFew, turned } from './course.js';
import type { Course } from './course.js';

/** So many windows say what is usual. */
const USUAL_WINDOWS = 28;
/** A move of less than this many standard deviations is let be. */
const SLACK = 0.5;
const LIMIT = 8;
/** A move that goes on so many days is critical. */
const LASTING = 7;

/**
 * Page's cumulative sum of a metric against its first 28 windows, in standard deviations between
 * them: days differ from each other by more than their rows explain.
 */
export const levelChange: Written<object> = {
  ...OF_METRIC,
  name: 'level_change',
  question: 'Has a metric left the level of its first windows?',
  unit: 'standard deviations between windows, added up, >= 0',
  action: 'See what changed at the window where it began; retrain when it is the world.',
  defaults: { warn: LIMIT, alert: LIMIT, minRows: 0, rule: 'calibrated' },
  significant: ({ details }, level) => level === 'warn' || Number(details['lasts']) >= LASTING,
  measure(evidence, _target, { warn }) {
    const course = courseOf(evidence);
    return 'reason' in course ? course : sumReading(course, warn);
  },
  say({ value, details }, target, timezone = 'UTC') {
    const [now, mean, sd] = ['now', 'mean', 'sd'].map((name) => figure(Number(details[name])));
    const usual = `${mean ?? ''} ± ${sd ?? ''} in its first ${USUAL_WINDOWS} windows`;
    const onset = details['onset'];
    const since =
      typeof onset === 'number' && (value ?? 0) > 0
        ? `; the present move began ${inZone(onset, timezone)}`
        : '';
    return `${target} is ${now ?? ''}, ${usual}; the sum of what is beyond is ${figure(value ?? 0)}${since}.`;
  },
};

function sumReading({ history, first, all, now }: Course, warn: Limit | null): Reading {
  const last = first.at(-1);
  const live = all.filter(({ window }) => window.start >= (last?.window.end ?? Infinity));
  if (first.length < USUAL_WINDOWS || live.length === 0) {
    return tooFew(all.length, USUAL_WINDOWS + 1, now.n);
  }
  const mean = first.reduce((sum, { bad }) => sum + bad, 0) / first.length;
  const squares = first.reduce((sum, { bad }) => sum + (bad - mean) ** 2, 0);
  const sd = Math.sqrt(squares / (first.length - 1));
  if (first.every(({ bad }) => bad === last?.bad)) {
    const note = 'the first windows are all alike, so that nothing tells a move from chance';
    return noReading('not_applicable', note, { nCurrent: now.n });
  }
  const limit = typeof warn === 'number' ? warn : warn && 'above' in warn ? warn.above : LIMIT;
  const found = cusum(
    live.map(({ bad }) => bad),
    { mean, sd },
    { slack: SLACK, limit },
  );
  const since = live[live.length - found.above]?.window.start;
  return reading({
    value: found.sum,
    nCurrent: now.n,
    nReference: first.reduce((sum, { n }) => sum + n, 0),
    details: {
      ...{ now: now.value, mean: turned(mean, history.worse), sd, windows: live.length },
      onset: found.onset === null ? null : (live[found.onset]?.window.start ?? null),
      lasts: since === undefined ? 0 : (now.window.end - since) / DAY,
    },
  });
}
