import { z } from 'zod';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import { auc, hanleyMcNeil } from '../stats/auc.js';
import { wilson } from '../stats/intervals.js';
import { Z95 } from '../stats/normal.js';
import { BY_POINTS, metricWith } from './metric.js';
import type { Measured } from './metric.js';

const NO_CHANCES = 'there are no probabilities of classes (columns.prediction.probabilities)';

/** Rows of one class and of the others, by its probability, ascending. */
interface Sides {
  positives: number[];
  negatives: number[];
}

/** Class → its sides; empty without probabilities. */
function sidesOf(outcomes: Outcomes): Map<string, Sides> {
  const cells = new Map<string, Map<number, [number, number]>>();
  for (let row = 0; row < size(outcomes); row++) {
    if (outcomes.by['table']?.[row] !== 'class' || outcomes.by['label']?.[row] === '') continue;
    const name = String(outcomes.by['predicted']?.[row] ?? '');
    const chance = Number(outcomes.by['chance']?.[row] ?? NaN);
    const own = cells.get(name) ?? new Map<number, [number, number]>();
    cells.set(name, own);
    const sides = own.get(chance) ?? [0, 0];
    own.set(chance, sides);
    sides[outcomes.by['label']?.[row] === '1' ? 0 : 1] += outcomes.sums['rows']?.[row] ?? 0;
  }
  return new Map(
    [...cells]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, own]) => {
        const sorted = [...own].sort(([a], [b]) => a - b).map(([, sides]) => sides);
        return [name, { positives: sorted.map(([p]) => p), negatives: sorted.map(([, q]) => q) }];
      }),
  );
}

/** True where probabilities are counted by value: the numbers of cells are above 1. */
export const isByValue = ({ by }: Outcomes): boolean =>
  [...(by['chance'] ?? [])].every((one) => Number(one) <= 1);

/**
 * The AUC of each class against all others as one. Their errors hang together, as they are of the
 * same rows: the error of the mean is at most the mean of their errors, which is what is taken.
 */
export function oneVersusRest(
  outcomes: Outcomes,
  average: 'macro' | 'weighted',
): Measured | string {
  const sides = sidesOf(outcomes);
  if (sides.size === 0) return NO_CHANCES;
  const isExact = isByValue(outcomes);
  const found = [...sides].map(([name, side]) => ({ name, ...auc(side) }));
  const all = found.map(({ positives }) => positives).reduce((a, b) => a + b, 0);
  const sum = { value: 0, standardError: 0, bound: 0 };
  for (const { name, value, bound, positives, negatives } of found) {
    if (value === null) return `no label is ${name}, or all are`;
    const weight = average === 'macro' ? 1 / found.length : positives / all;
    sum.value += weight * value;
    sum.standardError += weight * hanleyMcNeil(value, positives, negatives);
    sum.bound += weight * (isExact ? 0 : bound);
  }
  const reach = Z95 * sum.standardError;
  const classes = found.map(({ name, value }) => [name, value] as const);
  return {
    ...{ value: sum.value, standardError: sum.standardError },
    low: Math.max(0, sum.value - reach),
    high: Math.min(1, sum.value + reach),
    n: all,
    trivial: 0.5,
    details: { bound: sum.bound, classes: Object.fromEntries(classes) },
  };
}

/** Mean of -ln(the probability of the label), from its exact sums. */
export function surprise(outcomes: Outcomes): Measured | string {
  let [n, loss, squares] = [0, 0, 0];
  const labels = new Map<string, number>();
  for (let row = 0; row < size(outcomes); row++) {
    const rated = outcomes.sums['rated']?.[row] ?? 0;
    if (rated === 0) continue;
    n += rated;
    loss += outcomes.sums['loss']?.[row] ?? 0;
    squares += outcomes.sums['squaredLoss']?.[row] ?? 0;
    const label = String(outcomes.by['label']?.[row] ?? '');
    labels.set(label, (labels.get(label) ?? 0) + rated);
  }
  if (n === 0) return NO_CHANCES;
  const value = loss / n;
  const standardError = Math.sqrt(Math.max(0, squares / n - value * value) / n);
  const reach = Z95 * standardError;
  const trivial = [...labels.values()].reduce((sum, k) => sum - (k / n) * Math.log(k / n), 0);
  const ends = { low: Math.max(0, value - reach), high: value + reach };
  return { value, standardError, ...ends, n, trivial, details: {} };
}

/** Share of the rows whose label is among the k most probable classes; Wilson's interval. */
export const topKAccuracy = metricWith(
  {
    name: 'top_k_accuracy',
    question: 'How often is the label among the most probable classes?',
    unit: 'share of rows, 0 to 1',
    worse: 'lower',
    limits: BY_POINTS,
    tasks: ['multiclass'],
  },
  {
    params: z.strictObject({
      k: z.int({ error: 'expected a whole number of at least 1' }).min(1).default(2),
    }),
    defaults: { k: 2 },
  },
  (outcomes, { k }) => {
    let [hits, n] = [0, 0];
    for (let row = 0; row < size(outcomes); row++) {
      if (outcomes.by['table']?.[row] !== 'place') continue;
      const rows = outcomes.sums['rows']?.[row] ?? 0;
      n += rows;
      if (Number(outcomes.by['predicted']?.[row]) <= k) hits += rows;
    }
    if (n === 0) return NO_CHANCES;
    const value = hits / n;
    const standardError = Math.sqrt((value * (1 - value)) / n);
    return { value, standardError, ...wilson({ hits, n }), n, trivial: null, details: { hits } };
  },
);
