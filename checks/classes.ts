import { z } from 'zod';
import {
  classRatio,
  correlationInterval,
  matthews,
  RECALL,
  shareInterval,
} from '../stats/confusion.js';
import type { Confusion } from '../stats/confusion.js';
import { wilson } from '../stats/intervals.js';
import { boundOf, confused, confusionDetails } from './confusion.js';
import type { Confused } from './confusion.js';
import { BY_POINTS, metricWith } from './metric.js';

/** Scores from here on are positive; null: as the monitor has it. */
export const threshold = z
  .number({ error: 'expected a number from 0 to 1' })
  .min(0, { error: 'expected a number from 0 to 1' })
  .max(1, { error: 'expected a number from 0 to 1' })
  .nullable()
  .default(null);

/** What all metrics of predicted classes have in common. */
export const CLASSES = {
  unit: 'share, 0 to 1',
  worse: 'lower',
  limits: BY_POINTS,
  tasks: ['binary', 'multiclass'],
} as const;

/** Share of the labelled rows whose class was predicted; Wilson's interval. */
export const accuracy = metricWith(
  {
    ...CLASSES,
    name: 'accuracy',
    question: 'How often is the predicted class right?',
    unit: 'share of rows, 0 to 1',
  },
  { params: z.strictObject({ threshold }), defaults: { threshold: null } },
  (outcomes, params) => {
    const found = confused(outcomes, params.threshold);
    if (typeof found === 'string') return found;
    const { counts, n } = found;
    const hits = rightOf(counts);
    return {
      ...proportion(hits, n),
      n,
      trivial: Math.max(...counts.rows.map((row) => row.reduce((sum, one) => sum + one, 0))) / n,
      details: { hits, ...more(found, (one) => rightOf(one) / n) },
    };
  },
);

const rightOf = ({ rows }: Confusion): number =>
  rows.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);

/** A plain share with Wilson's interval. */
function proportion(hits: number, n: number) {
  const value = hits / n;
  return { value, standardError: Math.sqrt((value * (1 - value)) / n), ...wilson({ hits, n }) };
}

/** How far cut cells leave it, and the confusion counts. */
export function more(
  found: Confused,
  of: (counts: Confusion) => number | null,
): Record<string, unknown> {
  return { bound: boundOf(found, of), ...confusionDetails(found.counts) };
}

/** TN / (TN + FP). */
export const specificity = metricWith(
  {
    ...CLASSES,
    name: 'specificity',
    question: 'How many of the negative rows are left alone?',
    tasks: ['binary'],
  },
  { params: z.strictObject({ threshold }), defaults: { threshold: null } },
  (outcomes, params) => {
    const found = confused(outcomes, params.threshold);
    if (typeof found === 'string') return found;
    const of = (counts: Confusion) => classRatio(counts, RECALL, '0');
    const estimate = of(found.counts);
    if (estimate === null) return 'no label is negative';
    const { value, standardError, trials } = estimate;
    return {
      ...{ value, standardError, ...shareInterval(estimate, trials) },
      n: found.n,
      trivial: null,
      details: more(found, (one) => of(one)?.value ?? null),
    };
  },
);

/** Correlation of labels and predicted classes; Fisher's interval. */
export const mcc = metricWith(
  {
    ...CLASSES,
    name: 'mcc',
    question: 'How far do predicted classes and labels go together?',
    unit: 'correlation, -1 to 1',
  },
  { params: z.strictObject({ threshold }), defaults: { threshold: null } },
  (outcomes, params) => {
    const found = confused(outcomes, params.threshold);
    if (typeof found === 'string') return found;
    const estimate = matthews(found.counts);
    if (estimate === null) return 'the labels or the predicted classes are all of one class';
    return {
      ...estimate,
      ...correlationInterval(estimate, found.n),
      n: found.n,
      trivial: 0,
      details: more(found, (one) => matthews(one)?.value ?? null),
    };
  },
);
