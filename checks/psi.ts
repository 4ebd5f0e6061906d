import { z } from 'zod';
import { coarseBins } from '../domain/judging/distribution.js';
import type { Bin } from '../domain/judging/distribution.js';
import { momentsOf, quantileOf } from '../domain/judging/moments.js';
import type { Moments, Quantile } from '../domain/judging/moments.js';
import { isCoarse } from '../domain/judging/spans.js';
import { joinThinBins } from '../domain/judging/thin.js';
import { placeAmong } from '../domain/judging/usual.js';
import type { Placed, Usual } from '../domain/judging/usual.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { estimatePsi, HALF, psiTerm, shares } from '../stats/psi.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { columnPair, MERGED } from './columns.js';
import { sayMoved } from './psi-words.js';
import type { BinShare } from './psi-words.js';
import { usualColumn, whyInWords } from './usual.js';

/** A PSI up to this counts as no change: large windows find differences that mean nothing. */
const NO_CHANGE = 0.01;
/** Smaller moves are not worth a line even for information. */
const SMALLEST = 0.02;

/** The gates and the words of every question that PSI answers. */
export const movedRules = {
  unit: 'unitless, >= 0',
  category: 'drift',
  worse: 'higher',
  kind: 'statistical',
  discoveryRate: 0.05,
  significant: (given: Reading, level: 'warn' | 'alert') => level === 'warn' || isSure(given),
  urgent: (given: Reading) => isSure(given) && (given.value ?? 0) >= 0.1,
  small: (given: Reading) => (given.value ?? 0) >= SMALLEST,
} as const;

/**
 * Population Stability Index, corrected for the sample sizes: 0 means no more change than chance
 * explains. p-value: that the window is one more of those that are usual (details.mode W; S: of its
 * weekday) and that chi-square sees nothing; while nobody knows what is usual (N), of the
 * hypothesis that the true PSI is at most 0.01.
 */
export const psi: Written<object> = {
  ...movedRules,
  name: 'psi',
  question: 'Has the distribution of a column moved?',
  action: 'Find out upstream what changed; compare the bins named here.',
  over: 'feature',
  needs: ['columns', 'reference'],
  params: z.strictObject({}),
  defaults: { warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  applies: (axis) => axis.kind !== 'opaque',
  measure(evidence, target) {
    const axis = evidence.grid.axes[target];
    const current = evidence.current.columns[target];
    const usual = usualColumn(evidence, target);
    if (axis !== undefined && current !== undefined && usual !== null) {
      const found = movedReading(evidence, { axis, current, reference: null, usual });
      const middle = evidence.usual === 'reference' ? evidence.reference?.columns[target] : null;
      return withMoments(found, { axis, current, reference: usual.pooled }, middle ?? null);
    }
    const pair = columnPair(evidence, target);
    if ('reason' in pair) return pair;
    return withMoments(movedReading(evidence, { ...pair, usual: null }), pair, pair.reference);
  },
  say: sayMoved,
};

function isSure(given: Reading): boolean {
  return given.pValue !== null && given.pValue < 1e-6;
}

/** Two sides on one axis; with `usual` the reference is what is usual. */
export interface Sides {
  axis: Axis;
  current: Counts;
  reference: Counts | null;
  usual: Usual | null;
}

/** PSI of a window against what is usual, else against the reference, with its bins and reason. */
export function movedReading(evidence: Evidence, sides: Sides): Reading {
  const { axis, current, reference, usual } = sides;
  if (usual !== null) {
    const placed = placeAmong(usual, current, evidence.current.window.weekday);
    if (placed !== null) return placedReading(evidence, placed);
  }
  const other = usual?.pooled ?? reference;
  if (other === null) return noReading('no_reference', 'there is no reference to compare with');
  return withHistory(
    explained(psiReading(axis, current, other), whyInWords(evidence, null)),
    evidence,
  );
}

function placedReading(evidence: Evidence, placed: Placed): Reading {
  const { mode, bins, test, windows } = placed;
  const measured = estimated(bins);
  const { z: score, pParts, pChi2, scale } = test;
  return explained(
    {
      ...measured,
      pValue: test.pValue,
      details: {
        ...measured.details,
        // the windows that the sentence names bound how small a p-value it says
        ...{ mode, z: score, pParts, pChi2, scale, windows, history: windows },
      },
    },
    whyInWords(evidence, placed),
  );
}

/** A reading with the words for why it was tested so. */
export function explained(given: Reading, why: string): Reading {
  return given.value === null ? given : { ...given, details: { ...given.details, why } };
}

/** PSI of two columns on one axis, with its bins; not applicable where the reference fills one. */
function psiReading(axis: Axis, current: Counts, reference: Counts): Reading {
  const all = coarseBins(axis, current, reference);
  const rows = {
    nCurrent: all.reduce((n, bin) => n + bin.current, 0),
    nReference: all.reduce((n, bin) => n + bin.reference, 0),
  };
  if (rows.nReference === 0) return noReading('no_reference', 'the reference has no rows', rows);
  if (all.filter((bin) => bin.reference > 0).length < 2) {
    const many = axis.known.length > 1;
    const one = axis.merged === true ? MERGED : 'the reference has one value only';
    const why = many ? 'no category is frequent enough for a bin' : one;
    return noReading('not_applicable', why, rows);
  }
  if (rows.nCurrent === 0) return noReading('insufficient_data', 'the window has no rows', rows);
  return estimated(joinThinBins(all));
}

/** PSI over bins as they are, against the hypothesis that it is at most 0.01. */
export function estimated(bins: readonly Bin[]): Reading {
  const current = bins.map((bin) => bin.current);
  const reference = bins.map((bin) => bin.reference);
  const estimate = estimatePsi(current, reference, NO_CHANGE);
  const total = (side: readonly number[]) => side.reduce((sum, n) => sum + n, 0);
  return reading({
    value: estimate.adjusted,
    low: estimate.low,
    high: estimate.high,
    interval: 'confidence',
    pValue: estimate.pValue,
    nCurrent: total(current),
    nReference: total(reference),
    details: {
      ...{ mode: 'N', raw: estimate.raw, df: estimate.df },
      bins: binShares(bins, current, reference),
    },
  });
}

function binShares(
  bins: readonly Bin[],
  current: readonly number[],
  reference: readonly number[],
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

/** The median of coarse counts is not known: `middle` are fine ones of the same rows. */
function withMoments(
  given: Reading,
  { axis, current, reference }: { axis: Axis; current: Counts; reference: Counts },
  middle: Counts | null,
): Reading {
  if (axis.kind !== 'numeric' || given.value === null) return given;
  const figures = momentsOf(axis, current);
  const now = figures && told(figures, medianOf(axis, current));
  const pooled = momentsOf(axis, reference);
  const before = pooled && told(pooled, middle === null ? null : medianOf(axis, middle));
  return { ...given, details: { ...given.details, now, before } };
}

function told({ n, mean, sd }: Moments, median: Quantile | null) {
  return { n, mean, sd, median };
}

function medianOf(axis: Axis, counts: Counts) {
  return isCoarse(axis, counts) ? null : quantileOf(axis, counts, 0.5);
}

/** Earlier windows bound how small a p-value is worth printing. */
export function withHistory(given: Reading, evidence: Evidence): Reading {
  return { ...given, details: { ...given.details, history: evidence.earlier.length } };
}
