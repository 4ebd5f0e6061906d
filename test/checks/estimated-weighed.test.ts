import { describe, expect, test } from 'vitest';
import { estimatedPerformance } from '../../checks/estimated.js';
import { toldApart } from '../../domain/causes/together.js';
import { weighedLabels } from '../../domain/causes/weighed-labels.js';
import { FINE_BINS } from '../../domain/profile.js';
import type { Counts, Outcomes } from '../../domain/profile.js';
import type { Evidence, Reading } from '../../domain/score.js';
import { chances } from '../stats/chance.js';
import { evidenceOf } from './evidence.js';

interface Row {
  score: number;
  label: string;
}

/** Rows counted as the engine counts them: by cells of the score, called positive from 0.5 on. */
function outcomesOf(rows: readonly Row[]): Outcomes {
  return {
    by: {
      score: Int32Array.from(rows, ({ score }) => Math.floor(score * FINE_BINS)),
      predicted: rows.map(({ score }) => (score >= 0.5 ? '1' : '0')),
      label: rows.map(({ label }) => label),
    },
    sums: {
      n: new Float64Array(rows.length).fill(1),
      scores: Float64Array.from(rows, ({ score }) => score),
    },
  };
}

const one = (name: string, value: number) => [name, Float64Array.of(value)] as const;

/** Both sides; `chances` that each row of the reference is one of the window. */
function given(
  { before, now }: Record<'before' | 'now', readonly Row[]>,
  apart: { chances: ArrayLike<number>; auc?: number; p?: number } | null,
): Evidence {
  const evidence = evidenceOf({ x: [1] }, { x: [1] });
  const { reference, current } = evidence;
  const asked: Record<string, Counts> = {};
  if (apart !== null) {
    const sums = [one('n', 1), one('auc', apart.auc ?? 0.7), one('p', apart.p ?? 0)];
    asked['apart'] = { by: {}, sums: Object.fromEntries(sums) };
    const side = {
      scores: before.map(({ score }) => score),
      labels: before.map((row) => row.label),
    };
    const labels = weighedLabels(side, apart.chances);
    if (labels !== null) asked['apart_labels'] = labels;
  }
  return {
    ...evidence,
    current: { ...current, outcomes: outcomesOf(now), asked },
    reference: reference === null ? null : { ...reference, outcomes: outcomesOf(before) },
  };
}

type Metric = typeof estimatedPerformance.defaults.metric;
const estimate = (evidence: Evidence, metric: Metric = 'accuracy'): Reading =>
  estimatedPerformance.measure(evidence, 'prediction', {
    ...{ ...estimatedPerformance.defaults, metric },
  });

/** The middle of a cell of scores. */
const middle = (share: number): number => (Math.floor(share * FINE_BINS) + 0.5) / FINE_BINS;

function drawnRows(seed: number, n: number): Row[] {
  const next = chances(seed);
  return Array.from({ length: n }, () => {
    const score = middle(next());
    return { score, label: String(Number(next() < score ** 2)) };
  });
}

const unlabelled = (rows: readonly Row[]): Row[] => rows.map((row) => ({ ...row, label: '' }));
const METRICS = ['accuracy', 'recall', 'roc_auc'] as const;

describe('labelled rows weighed to be like those of the window', () => {
  const before = drawnRows(1, 300);
  const now = unlabelled(drawnRows(2, 200));

  test.each(METRICS)('of one weight they say what they say without: %s', (metric) => {
    const plain = estimate(given({ before, now }, null), metric);
    const even = estimate(given({ before, now }, { chances: before.map(() => 0.5) }), metric);
    expect(even.value).toBeCloseTo(plain.value ?? NaN, 12);
    expect(even.details).toMatchObject({ plain: plain.value, effective: 300 });
    expect(plain.details).not.toHaveProperty('plain');
  });

  test.each(METRICS)('a row of weight 3 is three rows: %s', (metric) => {
    const weights = before.map((_, at) => 1 + (at % 3));
    const repeated = before.flatMap((row, at) => Array<Row>(weights[at] ?? 0).fill(row));
    const sides = { before, now };
    const apart = { chances: weights.map((w) => w / (1 + w)) };
    const plain = estimate(given({ before: repeated, now }, null), metric);
    expect(estimate(given(sides, apart), metric).value).toBeCloseTo(plain.value ?? NaN, 9);
  });

  test('they are the isotonic regression of scikit-learn with sample_weight', () => {
    // weights 0.5, 1, … 4 in turn; scikit-learn 1.9.1
    const weights = before.map((_, at) => 0.5 * (1 + (at % 8)));
    const apart = { chances: weights.map((w) => w / (1 + w)) };
    const { value, details } = estimate(given({ before, now }, apart));
    expect(value).toBeCloseTo(0.7516349536360133, 9);
    // Kish's number: (300 * 2.25)^2 / (sum of the squares of 0.5, 1, … over 300 rows)
    const squares = weights.reduce((sum, w) => sum + w * w, 0);
    const sum = weights.reduce((all, w) => all + w, 0);
    expect(details['effective']).toBeCloseTo(sum ** 2 / squares, 9);
  });

  test('rows that are not told apart, or by chance, are not weighed', () => {
    const weights = before.map((_, at) => 1 / (2 + (at % 3)));
    const plain = estimate(given({ before, now }, null));
    for (const less of [{ auc: 0.65 }, { p: 0.01 }]) {
      expect(estimate(given({ before, now }, { chances: weights, ...less }))).toEqual(plain);
    }
  });

  test('the sentence says so', () => {
    const weights = before.map((_, at) => 1 / (2 + (at % 3)));
    const reading = estimate(given({ before, now }, { chances: weights }));
    expect(estimatedPerformance.say(reading, 'prediction')).toMatch(
      /^accuracy is estimated at 0\.\d+ \[.*\], 0\.\d+ on the reference, on all features of 200 rows, from labelled rows weighed to be like them, as good as 2\d\d of even weight; assumes P\(Y\|X\) unchanged\.$/,
    );
  });
});

/** A row by two features, a score that knows them as straight lines, and labels that do not. */
interface Drawn extends Row {
  x: readonly [number, number];
}

function world(
  next: () => number,
  { n, mean = [0, 0], bend = 1 }: { n: number; mean?: readonly [number, number]; bend?: number },
): Drawn[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const logistic = (z: number) => 1 / (1 + Math.exp(-z));
  return Array.from({ length: n }, () => {
    const [a, b] = [normal() + mean[0], normal() + mean[1]];
    const truth = logistic(1.2 * bend * a - 0.8 * b + 0.9 * (b * b - 1));
    return { x: [a, b], score: logistic(a - 0.6 * b), label: String(Number(next() < truth)) };
  });
}

/** As the engine draws both sides and bins their features. */
function told(before: readonly Drawn[], now: readonly Drawn[]) {
  const all = [...before, ...now];
  const binOf = (value: number) => Math.max(0, Math.min(19, Math.floor((value + 4) * 2.5)));
  return toldApart({
    features: ([0, 1] as const).map((place) => ({
      name: `x${place}`,
      bins: Array.from({ length: 20 }, (_, bin) => String(bin)),
      codes: Int32Array.from(all, ({ x }) => binOf(x[place])),
    })),
    sides: all.map((_, at) => Number(at >= before.length)),
    scores: all.map(({ score }) => score),
    losses: all.map(() => NaN),
    hashes: all.map((_, at) => (at * 7919) % 65_536),
  });
}

const right = (rows: readonly Row[]): number =>
  rows.filter(({ score, label }) => score >= 0.5 === (label === '1')).length / rows.length;

/** Root of the mean squared distances of both estimates from what is true, over some draws. */
function errorsOf(seed: number, moved: Omit<Parameters<typeof world>[1], 'n'>) {
  const next = chances(seed);
  const times = 6;
  const squares = { plain: 0, weighed: 0 };
  for (let time = 0; time < times; time++) {
    const [before, now] = [world(next, { n: 5000 }), world(next, { n: 5000, ...moved })];
    const { auc, pValue: p, chances: of } = told(before, now);
    const sides = { before, now: unlabelled(now) };
    const { value, details } = estimate(given(sides, { chances: of, auc: auc ?? 0.5, p }));
    const truth = right(now);
    squares.weighed += ((value ?? NaN) - truth) ** 2 / times;
    squares.plain += (Number(details['plain'] ?? value) - truth) ** 2 / times;
  }
  return { plain: Math.sqrt(squares.plain), weighed: Math.sqrt(squares.weighed) };
}

describe('what weights are worth where a model is wrong about the rows', () => {
  test.each([
    ['mildly', [0, 0.7]],
    ['far', [0.3, 1.3]],
  ] as const)('rows that moved %s are estimated nearer to what comes', (_, mean) => {
    const { plain, weighed } = errorsOf(3, { mean });
    expect(plain).toBeGreaterThan(0.02);
    expect(weighed).toBeLessThan(plain / 2);
  });

  test('rows beyond the reference are refused, with how little is like them', () => {
    const next = chances(4);
    const [before, now] = [world(next, { n: 5000 }), world(next, { n: 5000, mean: [0, 3.5] })];
    const { auc, pValue: p, chances: of } = told(before, now);
    const sides = { before, now: unlabelled(now) };
    const found = estimate(given(sides, { chances: of, auc: auc ?? 0.5, p }));
    expect(found).toMatchObject({ value: null, reason: 'not_applicable' });
    expect(found.details['note']).toMatch(
      /^the 5,?000 labelled rows of the reference, weighed to be like these in all features, say no more than \d+(\.\d+)? of even weight$/,
    );
  });

  test('what a feature means they do not see', () => {
    const { plain, weighed } = errorsOf(5, { bend: 0 });
    expect(Math.abs(plain - weighed)).toBeLessThan(0.01);
    expect(weighed).toBeGreaterThan(0.05);
  });
});
