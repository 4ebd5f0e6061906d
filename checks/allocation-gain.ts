import { z } from 'zod';
import { figure, pInWords } from '../domain/judging/figures.js';
import { total } from '../domain/profile.js';
import { isWhole } from '../domain/slice.js';
import type { Reading } from '../domain/score.js';
import { herfindahlOf } from '../stats/concentration.js';
import type { Slope } from '../stats/panel.js';
import { trendOf } from '../stats/trend.js';
import { allocationOf, allocationsBefore, followedIn, panelOf } from './allocations.js';
import type { Allocation } from './allocations.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { bothLinks, logs, loopGain } from './loop-gain.js';
import type { LoopGain } from './loop-gain.js';
import { matureOutcomes } from './mature.js';

/** Fewer groups, or windows one after another, tell nothing of a loop. */
const LEAST = { groups: 4, windows: 8 } as const;
/** From this gain on a loop is suspected, where both links are beyond chance. */
const GAIN = 0.25;
const LEVEL = 0.01;
/** From here on it is not said how far a change grows: the gain is not known so well. */
const LASTING = 0.95;
/** Of the trend of the concentration. */
const TREND = 0.05;

/** Herfindahl's index of the decisions in the first window and in the last, with its trend. */
interface Concentrating {
  first: number;
  last: number;
  /** Two-sided, by Mann and Kendall. */
  pValue: number;
  rises: boolean;
}

function concentrating(course: readonly Allocation[]): Concentrating {
  const series = course.map(({ end, groups }) => {
    return { time: end, value: herfindahlOf(groups.sums['decisions'] ?? []) };
  });
  const trend = trendOf(series);
  const pValue = trend?.pValue ?? 1;
  return {
    ...{ first: series[0]?.value ?? NaN, last: series.at(-1)?.value ?? NaN },
    ...{ pValue, rises: (trend?.s ?? 0) > 0 && pValue < TREND },
  };
}

/** Why the windows tell nothing; null: they do. */
function tooThin(course: readonly Allocation[], least: number): string | null {
  const windows = followedIn(course).length + 1;
  if (windows >= LEAST.windows) return null;
  return (
    `it takes ${LEAST.windows} windows one after another, each with ${figure(least)} positive ` +
    `labels of groups or more, known: ${windows}`
  );
}

function measured(course: readonly Allocation[], nCurrent: number): Reading {
  const { decisions, positives } = panelOf(course);
  const groups = decisions.length;
  const unknown = (note: string) => noReading('insufficient_data', note, { nCurrent });
  if (groups < LEAST.groups) {
    return unknown(
      `groups with rows in all ${course.length} windows: ${groups}, ${LEAST.groups} needed`,
    );
  }
  const loop = loopGain(logs(decisions), logs(positives), followedIn(course));
  if (loop === null) {
    return unknown('no group got more or less of the decisions, or positive labels, than before');
  }
  return reading({
    ...{ value: loop.gain, pValue: bothLinks(loop), nCurrent },
    details: {
      ...{ links: loop.links, groups, windows: course.length },
      concentration: concentrating(course),
    },
  });
}

/** `1 % more decisions on a group go with 0.9 % more positive labels there (p < 1e-4)`. */
function sayLinks({ labels, decisions }: LoopGain['links'], windows: number): string {
  const change = ({ value }: Slope) =>
    `${figure(Math.abs(value))} % ${value < 0 ? 'fewer' : 'more'}`;
  const chance = ({ pValue }: Slope) => `(${pInWords(pValue, windows)})`;
  return (
    `1 % more decisions on a group go with ${change(labels)} positive labels there ` +
    `${chance(labels)}, and 1 % more positive labels with ${change(decisions)} decisions in the ` +
    `next window ${chance(decisions)}`
  );
}

function sayConcentration({ first, last, pValue, rises }: Concentrating, windows: number): string {
  const index = `Herfindahl's index ${figure(first)} at first, ${figure(last)} now`;
  const chance = pInWords(pValue, windows);
  return rises
    ? `Decisions concentrate on fewer groups: ${index} (${chance}).`
    : `Decisions do not concentrate ever more: ${index} (${chance}).`;
}

/** What becomes of a change that comes once: 1 / (1 − gain) of it, where that ends. */
const sayGrowth = (gain: number): string =>
  gain < LASTING
    ? `a change that comes once grows to ${figure(1 / (1 - gain))} times itself`
    : 'a change that comes once hardly fades, if ever';

const areSure = ({ pValue }: Reading): boolean => (pValue ?? 1) < LEVEL;

/**
 * Gain of the loop from decisions to labels to decisions: β₁ β₂, 0 where one is not above 0, of
 * ln(Y + ½) = a + b + β₁ ln(E + ½) and ln(E' + ½) = c + d + β₂ ln(Y + ½), with effects of groups
 * and windows; E decisions and Y positive labels of a group in a window, E' in the next one. Of 8
 * to 24 windows; the p-value is the larger one of both slopes (intersection-union; HC1, one-sided
 * t). It has no interval. `details`: both links, and the trend of Herfindahl's index. What moves
 * decisions and labels from outside gives a gain, too.
 */
export const allocationGain: Written<object> = {
  name: 'allocation_gain',
  question: 'Do decisions on groups bring the labels that bring more such decisions?',
  unit: 'relative change that comes back, a window later, of one; >= 0',
  category: 'feedback-loop',
  action:
    'Decide a share of the rows at random, which tells whether it is a loop; train on rates, ' +
    'positive labels per decision, or weight rows by one over their chance of a decision, and ' +
    'not on counts; limit how far the share of a group may move from window to window.',
  over: 'label',
  needs: ['labels', 'groups'],
  tasks: ['binary', 'ranking'],
  onlyListed: true,
  worse: 'higher',
  kind: 'associational',
  params: z.strictObject({}),
  defaults: { warn: GAIN, alert: 0.5, minRows: 30, rule: 'calibrated' },
  significant: (given, level) =>
    areSure(given) && (level === 'warn' || (given.details['concentration'] as Concentrating).rises),
  measure(evidence, _target, { minRows }) {
    const { current } = evidence;
    if (!isWhole(current)) {
      return noReading('not_applicable', 'it compares groups of all rows');
    }
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const now = allocationOf(current);
    if (now === null) return noReading('insufficient_data', 'no row names its group');
    const nCurrent = now.positives;
    const unknown = (note: string) => noReading('insufficient_data', note, { nCurrent });
    if (total(now.groups, 'decisions') === 0) return unknown('no row is known to be acted on');
    if (nCurrent < minRows) {
      return unknown(`positive labels of groups: ${figure(nCurrent)}, ${figure(minRows)} needed`);
    }
    const course = allocationsBefore(evidence, now, minRows);
    const note = tooThin(course, minRows);
    return note === null ? measured(course, nCurrent) : unknown(note);
  },
  say(given) {
    const gain = given.value ?? NaN;
    const { windows, groups } = given.details as Record<'windows' | 'groups', number>;
    const links = sayLinks(given.details['links'] as LoopGain['links'], windows);
    const over = `over ${windows} windows of ${groups} groups`;
    const tail = sayConcentration(given.details['concentration'] as Concentrating, windows);
    if (!areSure(given) || gain < GAIN) {
      return `No self-reinforcing allocation is seen, gain ${figure(gain)}: ${over}, ${links}. ${tail}`;
    }
    return (
      `Suspected self-reinforcing allocation, gain ${figure(gain)}: ${over}, ${links}; ` +
      `${sayGrowth(gain)}. ${tail} Demand that moves by itself can look like it; a share of rows ` +
      'decided at random would tell.'
    );
  },
};
