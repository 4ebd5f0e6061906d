import { z } from 'zod';
import {
  averagedRatio,
  classRatio,
  fBeta,
  PRECISION,
  RECALL,
  shareInterval,
} from '../stats/confusion.js';
import type { Average, Confusion, Ratio, RatioEstimate } from '../stats/confusion.js';
import { CLASSES, more, threshold } from './classes.js';
import { confused, isBinary } from './confusion.js';
import type { Confused } from './confusion.js';
import { metricWith } from './metric.js';
import type { Measured, Wording } from './metric.js';

/** How classes become one number; null: the positive class, of several classes their mean. */
const average = z
  .enum(['macro', 'micro', 'weighted'], { error: 'expected macro, micro or weighted' })
  .nullable()
  .default(null);

interface Params {
  threshold: number | null;
  average: Average | null;
}

const own = {
  params: z.strictObject({ threshold, average }),
  defaults: { threshold: null, average: null },
};

/** A ratio of counts: of the positive class, or of all classes as one. */
function ratioMetric(
  wording: Pick<Wording, 'name' | 'question'>,
  { ratio, missing }: { ratio: Ratio; missing: string },
) {
  return metricWith<Params>({ ...CLASSES, ...wording }, own, (outcomes, params) =>
    measuredRatio(confused(outcomes, params.threshold), params.average, { ratio, missing }),
  );
}

function measuredRatio(
  found: Confused | string,
  average: Average | null,
  { ratio, missing }: { ratio: Ratio; missing: string },
): Measured | string {
  if (typeof found === 'string') return found;
  const of = estimateOf(found.counts, ratio, average);
  const estimate = of(found.counts);
  if (estimate === null) return missing;
  const { value, standardError, trials } = estimate;
  return {
    ...{ value, standardError, ...shareInterval(estimate, trials) },
    n: found.n,
    trivial: trivialOf(found.counts, ratio, average),
    details: {
      ...more(found, (one) => of(one)?.value ?? null),
      // what a training range is counted in
      ...(isBinary(found.counts) ? { positives: positivesIn(found.counts) } : {}),
    },
  };
}

function estimateOf(
  counts: Confusion,
  ratio: Ratio,
  average: Average | null,
): (counts: Confusion) => RatioEstimate | null {
  if (average === null && isBinary(counts)) return (one) => classRatio(one, ratio, '1');
  return (one) => averagedRatio(one, ratio, average ?? 'macro');
}

function positivesIn({ classes, rows }: Confusion): number {
  const positive = rows[classes.indexOf('1')];
  return positive === undefined ? 0 : positive.reduce((sum, one) => sum + one, 0);
}

/** Of a model that calls every row positive; of several classes nobody knows. */
function trivialOf(counts: Confusion, ratio: Ratio, average: Average | null) {
  if (average !== null || !isBinary(counts) || ratio.fp === 0) return null;
  const positives = positivesIn(counts);
  const negatives = counts.rows.flatMap((row) => [...row]).reduce((a, b) => a + b) - positives;
  return (ratio.top * positives) / (ratio.tp * positives + ratio.fp * negatives);
}

/** TP / (TP + FP). */
export const precision = ratioMetric(
  { name: 'precision', question: 'How many of the rows called positive are?' },
  { ratio: PRECISION, missing: 'no labelled row was called positive' },
);

/** TP / (TP + FN). */
export const recall = ratioMetric(
  { name: 'recall', question: 'How many of the positive rows are found?' },
  { ratio: RECALL, missing: 'no label is positive' },
);

/** 2 TP / (2 TP + FP + FN). */
export const f1 = ratioMetric(
  { name: 'f1', question: 'Does the model find positive rows, and few others?' },
  { ratio: fBeta(1), missing: 'no row is positive or was called so' },
);

/** (1 + β²) TP / ((1 + β²) TP + β² FN + FP). */
export const fBetaScore = metricWith(
  {
    ...CLASSES,
    name: 'f_beta',
    question: 'The same as f1, with a weight of its own for what is missed?',
    onlyListed: true,
  },
  {
    params: z.strictObject({
      threshold,
      average,
      beta: z.number({ error: 'expected a number above 0' }).positive().default(2),
    }),
    defaults: { ...own.defaults, beta: 2 },
  },
  (outcomes, { threshold: at, average: how, beta }: Params & { beta: number }) =>
    measuredRatio(confused(outcomes, at), how, {
      ratio: fBeta(beta),
      missing: 'no row is positive or was called so',
    }),
);
