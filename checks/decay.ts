import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Reading } from '../domain/score.js';
import { inZone } from '../domain/zone.js';
import { crossingOf, lineOf } from '../stats/crossing.js';
import type { Crossing } from '../stats/crossing.js';
import { medianOf, trendOf } from '../stats/trend.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { courseOf, DAY, OF_METRIC, tooFew, turned } from './course.js';
import type { Course } from './course.js';

/** Fewer windows are no trend. */
const LEAST_WINDOWS = 28;
/** The time that a trend is projected over, and within which a limit is near, in days. */
const AHEAD = 28;
const NEAR = 14;
/** A date that is not known better than this many days is none. */
const WIDEST = 60;

/**
 * What the metric loses in 28 days at the pace of its windows so far, as a share of what it is
 * better than the trivial model, or of itself where nothing is known of that: Theil and Sen's
 * slope, tested by Mann and Kendall.
 */
export const decayTrend: Written<object> = {
  ...OF_METRIC,
  name: 'decay_trend',
  question: 'Does a metric get worse from window to window?',
  unit: 'loss in 28 days, as a share of the skill; below 0 where it gets better',
  action: 'Plan a retraining on newer rows; see which inputs changed meanwhile.',
  defaults: { warn: 0.05, alert: null, minRows: 0, rule: 'calibrated' },
  significant: ({ pValue, value }) => (value ?? 0) > 0 && (pValue ?? 1) < 0.01,
  measure(evidence) {
    const course = courseOf(evidence);
    return 'reason' in course ? course : trendReading(course);
  },
  say({ value, pValue, details }, target) {
    const [now, slope, windows] = ['now', 'slope', 'windows'].map((name) => Number(details[name]));
    const pace = `${figure(Math.abs(slope ?? 0) * AHEAD)} in ${AHEAD} days`;
    const way = (value ?? 0) > 0 ? 'gets worse' : 'does not get worse';
    const skill = details['base'] === 'skill' ? 'its skill' : 'its value';
    const share = (value ?? 0) > 0 ? ` by ${pace}, ${percent(value ?? 0)} of ${skill}` : '';
    const chance = pInWords(pValue ?? 1, windows ?? 0);
    return `${target} is ${figure(now ?? NaN)} and ${way}${share} (${windows ?? 0} windows, ${chance}).`;
  },
};

function trendReading({ history, all, now }: Course): Reading {
  const series = all.map(({ window, bad }) => ({ time: window.end / DAY, value: bad }));
  const trend = all.length < LEAST_WINDOWS ? null : trendOf(series);
  if (trend === null) return tooFew(all.length, LEAST_WINDOWS, now.n);
  const level = medianOf(series.map(({ value }) => value)) ?? 0;
  const trivial = history.now.details['trivial'];
  const skill = typeof trivial === 'number' ? turned(trivial, history.worse) - level : 0;
  const base = skill > 0 ? skill : Math.abs(level);
  if (base === 0) return noReading('not_applicable', 'the metric is 0', { nCurrent: now.n });
  return reading({
    value: (trend.slope * AHEAD) / base,
    pValue: trend.pValue,
    nCurrent: now.n,
    details: {
      ...{ now: now.value, slope: trend.slope, windows: all.length, inflation: trend.inflation },
      base: skill > 0 ? 'skill' : 'value',
    },
  });
}

/**
 * The share of draws in which the metric reaches its limit within 14 days, by the line of least
 * squares through its last 28 windows. An alert wants the trend of these windows, too.
 */
export const timeToThreshold: Written<object> = {
  ...OF_METRIC,
  name: 'time_to_threshold',
  question: 'When does a metric reach its limit?',
  unit: 'share of draws that reach it within 14 days, 0 to 1',
  action: 'Start the retraining that the trend asks for before the limit is reached.',
  defaults: { warn: 0.5, alert: 0.5, minRows: 0, rule: 'calibrated' },
  significant: ({ details }, level) =>
    isDated(details) && (level === 'warn' || Number(details['pTrend']) < 0.01),
  measure(evidence) {
    const course = courseOf(evidence);
    return 'reason' in course ? course : crossingReading(course);
  },
  say({ value, details }, target, timezone = 'UTC') {
    const limit = `its limit of ${figure(Number(details['threshold']))}`;
    const draws = `${percent(value ?? 0)} of draws reach it within ${NEAR} days`;
    const found = details as Partial<Crossing> & { end?: number };
    if (found.median === 0) return `${target} is at ${limit}.`;
    if (found.median === Infinity) return `${target} does not go towards ${limit}; ${draws}.`;
    if (!isDated(details)) return `${target} reaches ${limit} at no reliable date; ${draws}.`;
    const day = (days = 0): string =>
      inZone((found.end ?? 0) + days * DAY, timezone).replace(/ .*$/, '');
    const span = `${day(found.low)} to ${day(found.high)} in 80 % of draws`;
    return `${target} reaches ${limit} around ${day(found.median)} (${span}; ${draws}).`;
  },
};

/** False where 80 % of the draws are further apart than 60 days. */
function isDated({ low, high }: Reading['details']): boolean {
  return typeof low === 'number' && typeof high === 'number' && high - low <= WIDEST;
}

function crossingReading({ history, all, now }: Course): Reading {
  const { threshold, worse } = history;
  if (threshold === null) {
    const note = 'the metric has no limit, or nothing that a drop counts from is there yet';
    return noReading('no_reference', note, { nCurrent: now.n });
  }
  const last = all.slice(-LEAST_WINDOWS);
  const { end } = now.window;
  const series = last.map(({ window, bad, n }) => ({
    ...{ time: (window.end - end) / DAY, value: bad, weight: n },
  }));
  const line = last.length < LEAST_WINDOWS ? null : lineOf(series);
  if (line === null) return tooFew(all.length, LEAST_WINDOWS, now.n);
  const { low, median, high, within } = crossingOf(line, turned(threshold, worse), NEAR);
  const trend = trendOf(series);
  const pTrend = trend !== null && trend.slope > 0 ? trend.pValue : 1;
  return reading({
    value: within,
    nCurrent: now.n,
    details: { threshold, low, median, high, pTrend, end, windows: last.length },
  });
}
