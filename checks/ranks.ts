import { z } from 'zod';
import type { Outcomes } from '../domain/profile.js';
import { auc, hanleyMcNeil } from '../stats/auc.js';
import type { Auc } from '../stats/auc.js';
import { shareInterval } from '../stats/confusion.js';
import { newcombe, wilson } from '../stats/intervals.js';
import { Z95 } from '../stats/normal.js';
import { averagePrecision, separation, topOf } from '../stats/ranked.js';
import { oneVersusRest } from './class-chances.js';
import { BY_POINTS, BY_SHARE, metric, metricWith } from './metric.js';
import { byScore, isExact, scoreCells } from './scores.js';

/**
 * AUC of the labelled rows that have a score; exact scores give the exact one, cells a bound.
 */
function aucOf(outcomes: Outcomes): Auc {
  const cells = scoreCells(outcomes);
  const found = auc(byScore(cells));
  return isExact(cells) ? { ...found, bound: 0 } : found;
}

/** Why nothing ranks them. */
const whyNone = (rows: number): string =>
  rows === 0 ? 'no labelled row has a score' : 'the labels are all of one class';

/**
 * Area under the ROC curve; the interval is Hanley and McNeil's, `details.bound` the binning's. Of
 * several classes each against the others.
 */
export const rocAuc = metricWith(
  {
    name: 'roc_auc',
    question: 'Does the model still rank positives above negatives?',
    unit: 'probability, 0 to 1',
    worse: 'lower',
    limits: BY_POINTS,
    tasks: ['binary', 'multiclass'],
  },
  {
    params: z.strictObject({
      average: z
        .enum(['macro', 'weighted'], { error: 'expected macro or weighted' })
        .nullable()
        .default(null),
    }),
    defaults: { average: null },
  },
  (outcomes, { average }: { average: 'macro' | 'weighted' | null }) => {
    if (average !== null) return oneVersusRest(outcomes, average);
    const { value, bound, positives, negatives } = aucOf(outcomes);
    if (value === null) return whyNone(positives + negatives);
    const standardError = hanleyMcNeil(value, positives, negatives);
    const reach = Z95 * standardError;
    return {
      value,
      standardError,
      low: Math.max(0, value - reach),
      high: Math.min(1, value + reach),
      n: positives + negatives,
      trivial: 0.5,
      details: { bound, positives, negatives },
    };
  },
);

/** Mean precision over the steps of recall; Wilson's interval at the jackknife's error. */
export const averagePrecisionCheck = metric(
  {
    name: 'average_precision',
    question: 'Do positives still stand at the top of the scores?',
    unit: 'share, 0 to 1',
    worse: 'lower',
    limits: BY_POINTS,
    tasks: ['binary'],
  },
  (outcomes) => {
    const cells = scoreCells(outcomes);
    const found = averagePrecision(byScore(cells));
    const { positives, n } = sizesOf(cells);
    if (found === null || positives === n) return whyNone(n);
    return {
      ...found,
      ...shareInterval(found, positives),
      n,
      trivial: positives / n,
      details: { bound: isExact(cells) ? 0 : found.bound, positives, negatives: n - positives },
    };
  },
);

function sizesOf(cells: ReturnType<typeof scoreCells>): { positives: number; n: number } {
  let [positives, n] = [0, 0];
  for (const cell of cells) {
    positives += cell.positives;
    n += cell.positives + cell.negatives;
  }
  return { positives, n };
}

/** How much richer in positives the top of the scores is than all rows; Wilson's interval. */
export const lift = metricWith(
  {
    name: 'lift',
    question: 'How much richer in positives are the rows with the highest scores?',
    unit: 'ratio of rates, >= 0',
    worse: 'lower',
    limits: BY_SHARE,
    tasks: ['binary'],
  },
  {
    params: z.strictObject({
      top: z
        .number({ error: 'expected a share of the rows, as 0.1' })
        .gt(0, { error: 'expected a share above 0' })
        .max(1, { error: 'expected a share of at most 1' })
        .default(0.1),
    }),
    defaults: { top: 0.1 },
  },
  (outcomes, { top: share }) => {
    const cells = scoreCells(outcomes);
    const { positives, n } = sizesOf(cells);
    if (positives === 0) return 'no label is positive';
    const top = topOf(byScore(cells), share);
    // The share of the positives that the top holds, over the share of the rows.
    const scale = n / top.rows;
    const found = top.hits / positives;
    const interval = wilson({ hits: top.hits, n: positives });
    const off = Math.max(top.most - top.hits, top.hits - top.fewest) / positives;
    return {
      value: found * scale,
      standardError: Math.sqrt((found * (1 - found)) / positives) * scale,
      low: interval.low * scale,
      high: interval.high * scale,
      n,
      trivial: 1,
      details: {
        bound: isExact(cells) ? 0 : off * scale,
        ...{ rows: top.rows, rate: top.hits / top.rows, positives },
      },
    };
  },
);

/** The largest distance of the classes' distributions of scores; Newcombe's interval there. */
export const ksScore = metric(
  {
    name: 'ks_score',
    question: 'How far apart are the scores of positives and negatives?',
    unit: 'share of rows, 0 to 1',
    worse: 'lower',
    limits: BY_POINTS,
    tasks: ['binary'],
  },
  (outcomes) => {
    const cells = scoreCells(outcomes);
    const found = separation(byScore(cells));
    if (found === null) return whyNone(sizesOf(cells).n);
    const { value, positives, negatives, bound } = found;
    const [a, b] = [negatives, positives].map(({ hits, n }) => ({ hits, n, p: hits / n }));
    if (a === undefined || b === undefined) return whyNone(sizesOf(cells).n);
    const sides = a.p >= b.p ? ([a, b] as const) : ([b, a] as const);
    const { low, high } = newcombe(...sides);
    return {
      value,
      standardError: Math.sqrt((a.p * (1 - a.p)) / a.n + (b.p * (1 - b.p)) / b.n),
      low: Math.max(0, low),
      high: Math.min(1, high),
      n: a.n + b.n,
      trivial: 0,
      details: { bound: isExact(cells) ? 0 : bound, positives: b.n, negatives: a.n },
    };
  },
);
