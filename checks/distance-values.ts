import { z } from 'zod';
import { boundsInWords, figure, pInWords } from '../domain/judging/figures.js';
import { ksOf } from '../domain/judging/ks.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { quantileInWords } from '../domain/judging/moments.js';
import { wassersteinOf } from '../domain/judging/wasserstein.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { meanShift as shiftOf } from '../stats/two-sample.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair, MERGED } from './columns.js';
import { beyondChance } from './distance.js';
import { chanceOfKs } from './ks.js';
import { withHistory } from './psi.js';
import { isRounded, sideOf } from './value-sides.js';
import type { Side } from './value-sides.js';

/** A numeric column of both sides with its finite values, or the reading that says why not. */
function numbersOf(
  evidence: Evidence,
  target: string,
): { axis: Axis; current: Counts; reference: Counts; n: number; m: number } | Reading {
  const pair = columnPair(evidence, target);
  if ('reason' in pair) return pair;
  if (pair.axis.kind !== 'numeric') return noReading('not_applicable', 'the column is not numeric');
  const n = numericCounts(pair.axis, pair.current).finite;
  const m = numericCounts(pair.axis, pair.reference).finite;
  const rows = { nCurrent: n, nReference: m };
  if (n === 0) return noReading('insufficient_data', 'there are no values', rows);
  if (m === 0) return noReading('no_reference', 'the reference has no values', rows);
  if (pair.axis.merged === true) return noReading('not_applicable', MERGED, rows);
  return { ...pair, n, m };
}

const NO_SPREAD = 'a value is so large that no spread can be told';
const TOO_LARGE = 'its values are so large that their sum is no number';

/**
 * Wasserstein's first distance of the finite values: how far a row has to move on average, in the
 * unit of the column, or with `scaled` in standard deviations of the reference.
 */
export const wasserstein: Written<{ scaled: boolean }> = {
  name: 'wasserstein',
  question: 'How far do the values of a numeric column have to move to be as in the reference?',
  unit: 'unit of the column, >= 0; with scaled: standard deviations of the reference',
  category: 'drift',
  action: 'Find out upstream what changed; look at the quantiles on both sides.',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'statistical',
  params: z.strictObject({ scaled: z.boolean().default(false) }),
  defaults: { scaled: false, warn: null, alert: null, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind === 'numeric',
  // the distance has no p-value of its own: a move that Kolmogorov-Smirnov cannot see is chance
  significant: ({ details }, level) =>
    beyondChance(reading({ pValue: Number(details['ksPValue'] ?? 1) }), level),
  measure(evidence, target, { scaled }) {
    const pair = numbersOf(evidence, target);
    if ('reason' in pair) return pair;
    const { axis, current, reference, n, m } = pair;
    const { sd } = sideOf(axis, reference).side;
    const unit = scaled ? sd : 1;
    if (!(unit > 0)) {
      return noReading('not_applicable', 'the reference has no spread to scale by');
    }
    if (unit === Infinity) return noReading('not_applicable', NO_SPREAD);
    const { value, low, high } = wassersteinOf(axis, current, reference);
    if (!Number.isFinite(value)) return noReading('not_applicable', TOO_LARGE);
    const statistic = ksOf(axis, current, reference).low;
    const ksPValue = chanceOfKs(pair, { statistic, n, m });
    const inSds = sd > 0 ? value / sd : null;
    const measured = reading({
      ...{ value: value / unit, low: low / unit, high: high / unit, interval: 'bounds' },
      ...{ nCurrent: n, nReference: m, details: { inSds, scaled, ksPValue } },
    });
    return withHistory(measured, evidence);
  },
  say({ value, low, high, details }, target) {
    if (value === null) return `${target}: the Wasserstein distance could not be measured.`;
    const range = boundsInWords(low ?? 0, high ?? 0);
    const unit = details['scaled'] === true ? ' standard deviations' : '';
    const sds = details['scaled'] === true ? null : details['inSds'];
    const more = typeof sds === 'number' ? `, ${figure(sds)} standard deviations` : '';
    return `${target}: its values moved by ${figure(value)}${unit} on average (Wasserstein, ${range}${more}).`;
  },
};

/**
 * The shift of a column's mean in standard deviations of the reference, with Welch's 95 % interval
 * and p-value. Details: means, deviations and quantiles of both sides, and the raw difference.
 */
export const meanShift: Written<object> = {
  name: 'mean_shift',
  question: 'Has the mean of a numeric column moved?',
  unit: 'standard deviations of the reference; above 0 it rose',
  category: 'drift',
  action: 'Find out upstream what changed; look at the quantiles on both sides.',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'either',
  kind: 'statistical',
  params: z.strictObject({}),
  defaults: { warn: 0.2, alert: 0.5, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind === 'numeric',
  significant: beyondChance,
  measure(evidence, target) {
    const pair = numbersOf(evidence, target);
    if ('reason' in pair) return pair;
    const { axis, current, reference, n, m } = pair;
    const [{ side: now, sample }, { side: before, sample: known }] = [
      sideOf(axis, current),
      sideOf(axis, reference),
    ];
    const rows = { nCurrent: n, nReference: m };
    if (n < 2 || m < 2) return noReading('insufficient_data', 'a side has a single value', rows);
    if (!(before.sd > 0)) {
      return noReading('not_applicable', 'the reference has no spread to measure by', rows);
    }
    if (before.sd === Infinity || now.sd === Infinity) {
      return noReading('not_applicable', NO_SPREAD, rows);
    }
    if (isRounded(pair, sample, known)) {
      return noReading('not_applicable', 'the values differ in digits that sums have lost', rows);
    }
    const { difference, scaled, low, high, pValue } = shiftOf(sample, known);
    const measured = reading({
      ...{ value: scaled, low: low / before.sd, high: high / before.sd, interval: 'confidence' },
      ...{ pValue, ...rows, details: { difference, now, before } },
    });
    return withHistory(measured, evidence);
  },
  say({ value, low, high, pValue, details }, target) {
    if (value === null) return `${target}: the shift of its mean could not be measured.`;
    const { now, before, history } = details as { now?: Side; before?: Side; history?: number };
    const range = ` [${figure(low ?? 0)}, ${figure(high ?? 0)}]`;
    const chance = pValue === null ? '' : `, ${pInWords(pValue, history ?? 0)}`;
    const sides = (
      [
        ['mean', 'mean'],
        ['sd', 'standard deviation'],
      ] as const
    ).map(
      ([key, name]) => `${name} ${figure(before?.[key] ?? NaN)} → ${figure(now?.[key] ?? NaN)}`,
    );
    const [was, is] = [before, now].map((side) => quantileInWords(side?.quantiles.p50));
    const median = was && is ? [`median ${was} → ${is}`] : [];
    const words = [...sides, ...median].join(', ');
    return `${target}: its mean moved by ${figure(value)} standard deviations${range}${chance}: ${words}.`;
  },
};
