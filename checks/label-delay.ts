import { z } from 'zod';
import { delayAt } from '../domain/delay.js';
import { figure, lengthInWords, percent } from '../domain/judging/figures.js';
import type { Profile } from '../domain/profile.js';
import type { Reading } from '../domain/score.js';
import { newcombe } from '../stats/intervals.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { comesAtAll, delayCurve, delayOf, lastCell, shareAfter, upTo } from './delay-curve.js';
import type { DelayCurve } from './delay-curve.js';
import { immature } from './mature.js';

/** So many windows are pooled, this one with them, and so many say at least what is usual. */
const POOLED = 7;
/** So many are usual at most: the first ones. */
const USUAL = 28;
const L95 = 0.95;
/** So many labels are older than their predictions by a mistake of somebody. */
const MANY_NEGATIVE = 0.01;

/**
 * L95 by the curve of Kaplan and Meier: the delay, in ms from a prediction to its label, by which
 * 95 % of the labels have come that come at all within the longest time that rows were waited for;
 * rows without a label count for as long as they have waited. Pools the newest windows with mature
 * labels, and holds them against the first ones, both within the time that is known of both.
 */
export const labelDelay: Written<object> = {
  name: 'label_delay',
  question: 'How long do labels take, and longer than before?',
  unit: 'ms, >= 0',
  category: 'performance',
  action: 'Find out what holds labels up; raise mature_after where they will go on coming so late.',
  over: 'label',
  needs: ['labels', 'history'],
  worse: 'higher',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: {
    warn: { dropShare: 0.5 },
    alert: { dropShare: 2 },
    minRows: 100,
    rule: 'calibrated',
  },
  significant: ({ details }) => Number(details['above']) > 0,
  measure(evidence, _target, { minRows }) {
    const early = immature(evidence);
    if (early !== null) return early;
    const { current, facts, delays = [] } = evidence;
    const lack = lackOf(current);
    if (lack !== null) return lack;
    const known = delays.filter(({ asked }) => 'delays' in asked);
    const before = known.slice(1 - POOLED);
    const first = known.slice(0, 1 - POOLED).slice(0, USUAL);
    const usual = first.length < POOLED ? null : delayCurve(first);
    const isUsual = usual !== null && usual.labels >= minRows;
    return against(delayCurve([...before, current]), isUsual ? usual : null, facts.matureAfter);
  },
  say({ value, details }) {
    const { half, reference, windows, usual } = details as Record<string, number>;
    const ratio = Number(((value ?? 0) / (reference ?? NaN)).toPrecision(2));
    return (
      `95 % of the labels of ${windows} windows are there after ${lengthInWords(value ?? 0)} ` +
      `(half after ${lengthInWords(half ?? 0)}), ${figure(ratio)} times the ` +
      `${lengthInWords(reference ?? 0)} of the first ${usual} windows; ${beside(details)}.`
    );
  },
};

/** Why a window tells nothing of delays; null: it does. */
function lackOf({ asked }: Profile): Reading | null {
  if (!('labels' in asked)) return noReading('insufficient_data', 'no labels were joined');
  if ('delays' in asked) return null;
  const note =
    'it needs the time of predictions and that of labels; name the column of the second as ' +
    'labels[].timestamp';
  return noReading('not_applicable', note);
}

function against(all: DelayCurve, usual: DelayCurve | null, matureAfter: number): Reading {
  const nCurrent = all.labels;
  const end = lastCell(all);
  const cell = Math.min(end, usual === null ? end : lastCell(usual));
  const now = upTo(all, cell);
  const value = delayOf(now, L95);
  if (value === null) {
    const note = nCurrent === 0 ? 'no label has a time' : 'too few rows have waited for a label';
    return noReading('insufficient_data', note, { nCurrent });
  }
  const before = usual === null ? null : upTo(usual, cell);
  const reference = before === null ? null : delayOf(before, L95);
  const details = {
    ...{
      l95: value,
      half: delayOf(now, 0.5),
      comes: comesAtAll(now),
      within: Math.max(value, delayAt(cell)),
    },
    ...{ windows: now.windows, reference, usual: before?.windows ?? 0, matureAfter },
    later: value > matureAfter ? shareAfter(now, matureAfter) : null,
    negative: now.negative / now.labels,
  };
  const isKnown = before !== null && reference !== null;
  const compared = isKnown
    ? { above: aboveUsual(now, before, reference) }
    : { note: `what is usual is not known yet (${seen(now.windows)}); ${beside(details)}` };
  const nReference = before?.labels ?? 0;
  return reading({ value, nCurrent, nReference, details: { ...details, ...compared } });
}

const seen = (windows: number): string =>
  `${windows} ${windows === 1 ? 'window' : 'windows'} with delays, ${2 * POOLED} needed`;

/** By how much more of the labels come after the usual L95 than did, at least; 99 %. */
function aboveUsual(now: DelayCurve, usual: DelayCurve, reference: number): number {
  const share = ({ labels: n }: DelayCurve, late: number) => ({ hits: late * n, n });
  const late = shareAfter(now, reference);
  return newcombe(share(now, late), share(usual, 1 - L95), Z99).low;
}

/** How many get a label, and what is wrong with when. */
function beside(details: Record<string, unknown>): string {
  const { comes, within, matureAfter, negative } = details as Record<string, number>;
  const { later } = details as { later: number | null };
  const some = `${percent(comes ?? 0)} of the rows get one within ${lengthInWords(within ?? 0)}`;
  const early =
    matureAfter === 0
      ? 'without mature_after they are read at once'
      : `mature_after is ${lengthInWords(matureAfter ?? 0)}`;
  return [
    some,
    ...(later === null ? [] : [`${early}: ${percent(later)} of them come later`]),
    ...((negative ?? 0) < MANY_NEGATIVE
      ? []
      : [`${percent(negative ?? 0)} of them are older than their predictions`]),
  ].join('; ');
}
