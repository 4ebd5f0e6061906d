import { z } from 'zod';
import { figure, percent, pInWords } from '../domain/judging/figures.js';
import type { Evidence, Reading } from '../domain/score.js';
import { entropyOf } from '../stats/concentration.js';
import { Z95 } from '../stats/normal.js';
import { trendOf } from '../stats/trend.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { concentrationOf, exposuresOf, movedMost, popularityLift } from './exposures.js';
import type { Concentration, Exposures, Moved } from './exposures.js';
import { loopOf, sayLoop } from './item-loop.js';
import type { ItemLoop } from './item-loop.js';
import { immature } from './mature.js';

/** So many windows, this one with them, show a trend at least, and so many are looked at. */
const LEAST_WINDOWS = 6;
const MOST_WINDOWS = 12;
const LEVEL = 0.01;
/** Gini's index that is higher by so much warns, too. */
const GINI = 0.03;

/** A window with when it ended. */
type Past = Exposures & { end: number };

/** The window and those before it that have enough rows with an item, oldest first. */
function courseOf(evidence: Evidence, now: Exposures, minRows: number): Past[] {
  const { current, answers, earlier } = evidence;
  const before = (answers ?? earlier).flatMap((profile): Past[] => {
    const found = profile.window.end <= current.window.start ? exposuresOf(profile) : null;
    return found === null || found.rows < minRows ? [] : [{ ...found, end: profile.window.end }];
  });
  return [...before.slice(1 - MOST_WINDOWS), { ...now, end: current.window.end }];
}

function measured(reference: Exposures, now: Exposures, course: readonly Past[]): Reading {
  const rows = Math.min(reference.rows, ...course.map((one) => one.rows));
  const [before, current] = [reference, now].map((one) => concentrationOf(one, rows));
  if (before === undefined || current === undefined) throw new Error('expected two sides');
  const variance = [reference, now].map(({ spectrum }) => entropyOf(spectrum).variance);
  const reach = Math.exp(Z95 * Math.sqrt((variance[0] ?? 0) + (variance[1] ?? 0)));
  const value = current.effective / before.effective;
  const trend = trendOf(
    course.map((one) => ({ time: one.end, value: concentrationOf(one, rows).effective })),
  );
  const isTold = course.length >= LEAST_WINDOWS;
  return reading({
    ...{ value, low: value / reach, high: value * reach, interval: 'confidence' },
    pValue: isTold ? (trend?.pValue ?? null) : null,
    ...{ nCurrent: now.rows, nReference: reference.rows },
    details: {
      ...{ rows, current, before, moved: movedMost(reference, now) },
      ...{ windows: course.length, falls: isTold && (trend?.s ?? 0) < 0 },
      lift: popularityLift(reference, now),
      loop: isTold ? loopOf(course.map(({ items }) => items)) : null,
    },
  });
}

/** ` More than before: item 14 from 2.9 % to 20 %.`, of several. */
function sayMoved(moved: readonly Moved[]): string {
  const told = moved.map(
    ({ item, before, now }) => `item ${item} from ${percent(before)} to ${percent(now)}`,
  );
  return told.length === 0 ? '' : ` More than before: ${told.join(', ')}.`;
}

function sayTrend({ pValue, details }: Reading): string {
  const windows = Number(details['windows']);
  if (pValue === null) return `A trend takes ${LEAST_WINDOWS} windows, known: ${windows}.`;
  const chance = pInWords(pValue, windows);
  return details['falls'] === true && pValue < LEVEL
    ? `It falls over ${windows} windows (${chance}).`
    : `It does not fall steadily over ${windows} windows (${chance}).`;
}

/**
 * Effective number of items, exp of Shannon's entropy of what rows show, over that of the
 * reference, both of equally many rows on average (rarefaction: Hurlbert, 1971), as are the last 12
 * windows for a trend (Mann and Kendall). 95 % interval by the delta method, of independent rows.
 * `details`: Gini's index and more of both sides, the items that are shown more, popularity lift,
 * and whether exposure and labels drive each other; none of it says whose doing it is.
 */
export const exposureConcentration: Written<object> = {
  name: 'exposure_concentration',
  question: 'Does the model show ever fewer items?',
  unit: 'effective items / those of the reference, >= 0',
  category: 'feedback-loop',
  action:
    'Show some rows at random, train on positives per exposure and not on their number, or limit ' +
    'the share of the items shown most.',
  over: 'label',
  needs: ['reference', 'items'],
  onlyListed: true,
  worse: 'lower',
  kind: 'associational',
  params: z.strictObject({}),
  defaults: { warn: 0.9, alert: 0.7, minRows: 100, rule: 'calibrated' },
  significant: ({ pValue, details }) => details['falls'] === true && (pValue ?? 1) < LEVEL,
  also({ details }) {
    const [now, before] = [details['current'], details['before']] as Concentration[];
    const rise = (now?.gini ?? 0) - (before?.gini ?? 0);
    return rise >= GINI ? `Gini's index higher by ${figure(GINI)} or more` : null;
  },
  measure(evidence, _target, { minRows, rule }) {
    const { current, reference } = evidence;
    const now = exposuresOf(current);
    const nCurrent = now?.rows ?? 0;
    const early = immature(evidence, nCurrent);
    if (early !== null) return early;
    if (now === null) return noReading('insufficient_data', 'no row says what it shows');
    const known = reference === null ? null : exposuresOf(reference);
    if (known === null) {
      const note = 'the reference does not say what its rows show';
      return noReading('no_reference', note, { nCurrent });
    }
    const course = courseOf(evidence, now, minRows);
    if (course.length < LEAST_WINDOWS && rule === 'calibrated') {
      const note =
        `a trend takes ${LEAST_WINDOWS} windows with ${figure(minRows)} rows or more that say what ` +
        `they show, known: ${course.length}`;
      return noReading('insufficient_data', note, { nCurrent, nReference: known.rows });
    }
    return measured(known, now, course);
  },
  say(given) {
    const { value, low, high, details } = given;
    const [now, before] = [details['current'], details['before']] as [Concentration, Concentration];
    const rows = figure(Number(details['rows']));
    const items = [now, before].map((one) => figure(Math.round(one.items))).join(' and ');
    const loop = details['loop'] as ItemLoop | string | null;
    return (
      `Exposure is spread as if ${figure(now.effective)} items were shown alike, ` +
      `${figure(before.effective)} on the reference: ${figure(value ?? NaN)} ` +
      `[${figure(low ?? NaN)}, ${figure(high ?? NaN)}] of it (${rows} rows each, ${items} items); ` +
      `Gini's index ${figure(now.gini)}, ${figure(before.gini)} on the reference.` +
      `${sayMoved(details['moved'] as Moved[])} ${sayTrend(given)}` +
      (loop === null ? '' : ` ${sayLoop(loop)}`)
    );
  },
};
