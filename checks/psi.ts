import { z } from 'zod';
import { coarseBins, mergeThin } from '../domain/judging/distribution.js';
import type { Bin } from '../domain/judging/distribution.js';
import { percent, pInWords } from '../domain/judging/figures.js';
import { momentsOf, quantileInWords } from '../domain/judging/moments.js';
import type { Moments } from '../domain/judging/moments.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { estimatePsi, HALF, psiTerm, shares } from '../stats/psi.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair } from './columns.js';

/** A PSI up to this counts as no change: large windows find differences that mean nothing. */
const NO_CHANGE = 0.01;
/** Bins named in a sentence. */
const NAMED = 3;

/** One bin of the details: shares of all rows, and its part of the PSI. */
interface BinShare {
  label: string;
  reference: number;
  current: number;
  term: number;
}

/**
 * Population Stability Index, corrected for the sample sizes: 0 means no more change than chance
 * explains. p-value: of the hypothesis that the true PSI is at most 0.01.
 */
export const psi: Written<object> = {
  name: 'psi',
  question: 'Has the distribution of a column moved?',
  unit: 'unitless, >= 0',
  category: 'drift',
  action: 'Find out upstream what changed; compare the bins named here.',
  over: 'feature',
  needs: ['columns', 'reference'],
  worse: 'higher',
  kind: 'statistical',
  params: z.strictObject({}),
  defaults: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind !== 'opaque',
  discoveryRate: 0.05,
  significant: (given, level) => level === 'warn' || isSure(given),
  urgent: (given) => isSure(given) && (given.value ?? 0) >= 0.1,
  measure(evidence, target) {
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    const measured = psiReading(pair.axis, pair.current, pair.reference);
    return withHistory(withMoments(measured, pair), evidence);
  },
  say: sayMoved,
};

function isSure(given: Reading): boolean {
  return given.pValue !== null && given.pValue < 1e-6;
}

/** PSI of two columns on one axis, with its bins; not applicable where the reference fills one. */
export function psiReading(axis: Axis, current: Counts, reference: Counts): Reading {
  const all = coarseBins(axis, current, reference);
  const rows = {
    nCurrent: all.reduce((n, bin) => n + bin.current, 0),
    nReference: all.reduce((n, bin) => n + bin.reference, 0),
  };
  if (rows.nReference === 0) return noReading('no_reference', 'the reference has no rows', rows);
  if (all.filter((bin) => bin.reference > 0).length < 2) {
    return noReading('not_applicable', 'the reference has one value only', rows);
  }
  if (rows.nCurrent === 0) return noReading('insufficient_data', 'the window has no rows', rows);
  const bins = mergeThin(all);
  const sides = [bins.map((bin) => bin.current), bins.map((bin) => bin.reference)] as const;
  const estimate = estimatePsi(sides[0], sides[1], NO_CHANGE);
  return reading({
    value: estimate.adjusted,
    low: estimate.low,
    high: estimate.high,
    interval: 'confidence',
    pValue: estimate.pValue,
    ...rows,
    details: { raw: estimate.raw, df: estimate.df, bins: binShares(bins, sides) },
  });
}

function binShares(
  bins: readonly Bin[],
  [current, reference]: readonly [number[], number[]],
): BinShare[] {
  const [p, q] = [shares(current, HALF), shares(reference, HALF)];
  const total = (side: readonly number[]) => side.reduce((sum, n) => sum + n, 0);
  return bins.map((bin, index) => ({
    label: bin.label,
    reference: bin.reference / total(reference),
    current: bin.current / total(current),
    term: psiTerm(p[index] ?? 0, q[index] ?? 0),
  }));
}

function withMoments(
  given: Reading,
  pair: { axis: Axis; current: Counts; reference: Counts },
): Reading {
  if (pair.axis.kind !== 'numeric' || given.value === null) return given;
  const [now, before] = [momentsOf(pair.axis, pair.current), momentsOf(pair.axis, pair.reference)];
  return { ...given, details: { ...given.details, now, before } };
}

/** Earlier windows bound how small a p-value is worth printing. */
export function withHistory(given: Reading, evidence: Evidence): Reading {
  return { ...given, details: { ...given.details, history: evidence.earlier.length } };
}

/** The bins that moved most, as `US 6.6 % → 0 %, AA 9 % → 18 %`. */
function topBins(given: Reading): string {
  const bins = Array.isArray(given.details['bins']) ? (given.details['bins'] as BinShare[]) : [];
  return [...bins]
    .sort((a, b) => b.term - a.term)
    .slice(0, NAMED)
    .filter((bin) => bin.term > 0)
    .map((bin) => `${bin.label} ${percent(bin.reference)} → ${percent(bin.current)}`)
    .join(', ');
}

/** `AIRLINE moved (PSI 0.31 [0.2, 0.4], p < 1e-4): US 6.6 % → 0 %; mean 4.1 → 5.2.` */
export function sayMoved(given: Reading, target: string): string {
  const { value, low, high, pValue, details } = given;
  if (value === null) return `${target}: PSI could not be measured.`;
  const history = typeof details['history'] === 'number' ? details['history'] : 0;
  const range = low === null || high === null ? '' : ` [${short(low)}, ${short(high)}]`;
  const chance = pValue === null ? '' : `, ${pInWords(pValue, history)}`;
  const moved = (pValue ?? 1) < 0.05 && value >= 0.02 ? 'moved' : 'is as before';
  const bins = topBins(given);
  const middle = medians(details);
  return `${target} ${moved} (PSI ${short(value)}${range}${chance})${bins && ': '}${bins}${middle}.`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function medians(details: Reading['details']): string {
  const sides = [details['before'], details['now']] as (Moments | null | undefined)[];
  const parts = (['mean', 'median'] as const).flatMap((name) => {
    const [before, now] = sides.map((side) => quantileInWords(side?.[name]));
    return before && now ? [`${name} ${before} → ${now}`] : [];
  });
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}
