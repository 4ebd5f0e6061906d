import { describe, expect, test } from 'vitest';
import { calibration } from '../../stats/calibration.js';
import {
  averagedRatio,
  classRatio,
  correlationInterval,
  fBeta,
  matthews,
  shareInterval,
} from '../../stats/confusion.js';
import type { Confusion } from '../../stats/confusion.js';
import type { Interval } from '../../stats/intervals.js';
import { averagePrecision } from '../../stats/ranked.js';
import { chances } from './chance.js';

/** Rows of a model: a score on a hundred steps, and whether the row is positive. */
type Rows = readonly { score: number; y: number }[];

/** Scores lie as their square, positives come with the chance that `rate` gives. */
function drawn(n: number, next: () => number, rate: (score: number) => number): Rows {
  return Array.from({ length: n }, () => {
    const score = Math.floor(next() ** 2 * 100) / 100;
    return { score, y: next() < rate(score) ? 1 : 0 };
  });
}

const countsOf = (rows: Rows) => {
  const sides = {
    positives: new Array<number>(100).fill(0),
    negatives: new Array<number>(100).fill(0),
  };
  for (const { score, y } of rows) {
    const side = y === 1 ? sides.positives : sides.negatives;
    const cell = Math.round(score * 100);
    side[cell] = (side[cell] ?? 0) + 1;
  }
  return sides;
};

function confusionOf(rows: Rows, threshold: number): Confusion {
  const cells = [new Float64Array(2), new Float64Array(2)];
  for (const { score, y } of rows) {
    const row = cells[y];
    const predicted = score >= threshold ? 1 : 0;
    if (row !== undefined) row[predicted] = (row[predicted] ?? 0) + 1;
  }
  return { classes: ['0', '1'], rows: cells };
}

const binsOf = (rows: Rows) => {
  const bins = Array.from({ length: 16 }, () => ({ n: 0, scores: 0, positives: 0 }));
  for (const { score, y } of rows) {
    const bin = bins[Math.min(15, Math.floor(score * 16))];
    if (bin === undefined) continue;
    bin.n += 1;
    bin.scores += score;
    bin.positives += y;
  }
  return bins;
};

interface Case {
  /** A value with its interval; null: there is none. */
  of: (rows: Rows) => ({ value: number } & Interval) | null;
  rate: (score: number) => number;
  rows: number;
}

/** Of 1,000 samples the share whose interval holds what 400,000 rows say. */
function covered({ of, rate, rows }: Case): number {
  const next = chances(rows);
  const truth = of(drawn(400_000, next, rate))?.value ?? NaN;
  let [held, all] = [0, 0];
  for (let sample = 0; sample < 1000; sample++) {
    const found = of(drawn(rows, next, rate));
    if (found === null) continue;
    all += 1;
    if (found.low <= truth && truth <= found.high) held += 1;
  }
  expect(all).toBeGreaterThan(900);
  return held / all;
}

const steep = (score: number) => score ** 2;
const rare = (score: number) => 0.3 * score ** 3;
const right = (score: number) => score;
const off = (score: number) => Math.min(1, score * 1.3);

const precisionAt = (rows: Rows) => {
  const counts = countsOf(rows);
  const found = averagePrecision(counts);
  if (found === null) return null;
  const positives = counts.positives.reduce((a, b) => a + b, 0);
  return { value: found.value, ...shareInterval(found, positives) };
};
const ratioAt = (beta: number) => (rows: Rows) => {
  const found = classRatio(confusionOf(rows, 0.5), fBeta(beta), '1');
  return found && { value: found.value, ...shareInterval(found, found.trials) };
};
const macroAt = (rows: Rows) => {
  const found = averagedRatio(confusionOf(rows, 0.5), fBeta(1), 'macro');
  return { value: found.value, ...shareInterval(found, found.trials) };
};
const correlationAt = (rows: Rows) => {
  const found = matthews(confusionOf(rows, 0.5));
  return found && { value: found.value, ...correlationInterval(found, rows.length) };
};
const errorAt = (rows: Rows) => calibration(binsOf(rows));

describe('95 % intervals hold the truth in about 95 of 100 samples', () => {
  const cases: [string, Case][] = [
    ['average precision, 500 rows', { of: precisionAt, rate: steep, rows: 500 }],
    ['average precision, few positives', { of: precisionAt, rate: rare, rows: 1000 }],
    ['F1, 300 rows', { of: ratioAt(1), rate: steep, rows: 300 }],
    ['F1, few positives', { of: ratioAt(1), rate: rare, rows: 500 }],
    ['F2, 300 rows', { of: ratioAt(2), rate: steep, rows: 300 }],
    ['macro F1, 300 rows', { of: macroAt, rate: steep, rows: 300 }],
    ['MCC, 300 rows', { of: correlationAt, rate: steep, rows: 300 }],
    ['MCC, few positives', { of: correlationAt, rate: rare, rows: 1000 }],
  ];
  test.each(cases)('%s', (_, given) => {
    const share = covered(given);
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.99);
  });
  const wide: [string, Case][] = [
    ['calibration error of a model that is right', { of: errorAt, rate: right, rows: 1000 }],
    ['calibration error of one that is not', { of: errorAt, rate: off, rows: 1000 }],
    ['calibration error, few rows', { of: errorAt, rate: off, rows: 200 }],
  ];
  test.each(wide)('%s: at least as often', (_, given) => {
    expect(covered(given)).toBeGreaterThan(0.94);
  });
});

test('a right model shows about as much calibration error as the details call chance', () => {
  const next = chances(3);
  let [shown, told] = [0, 0];
  for (let sample = 0; sample < 200; sample++) {
    const found = calibration(binsOf(drawn(1000, next, right)));
    shown += found.value / 200;
    told += found.chance / 200;
  }
  expect(told / shown).toBeGreaterThan(0.9);
  expect(told / shown).toBeLessThan(1.15);
});
