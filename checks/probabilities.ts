import { calibration } from '../stats/calibration.js';
import type { ScoreBin } from '../stats/calibration.js';
import { Z95 } from '../stats/normal.js';
import { BY_POINTS, BY_SHARE, metric } from './metric.js';
import type { Measured } from './metric.js';
import { scoreCells } from './scores.js';
import type { ScoreCell } from './scores.js';

/** Loss of one row by its score, of a positive; of a negative by 1 - score. */
type Loss = (score: number) => number;

/** The smallest probability that has a logarithm here: what a double can tell from 1. */
const LEAST = 2 ** -52;

const squared: Loss = (score) => (1 - score) ** 2;
const logarithmic: Loss = (score) => -Math.log(Math.min(1 - LEAST, Math.max(LEAST, score)));

/**
 * Mean of a convex loss over labelled rows. By Jensen the loss at the mean of a cell is the least
 * that its rows can have, the straight line between its ends the most: what lies between is the
 * bound. Normal interval.
 */
function meanLoss(
  cells: readonly ScoreCell[],
  loss: Loss,
): Omit<Measured, 'trivial' | 'details'> & {
  bound: number;
  positives: number;
} {
  const sum = { n: 0, positives: 0, loss: 0, squares: 0, most: 0 };
  const add = (n: number, at: { low: number; mean: number; high: number }) => {
    if (n === 0) return;
    const least = loss(at.mean);
    const share = at.high > at.low ? (at.mean - at.low) / (at.high - at.low) : 0;
    const most = (1 - share) * loss(at.low) + share * loss(at.high);
    sum.n += n;
    sum.loss += n * least;
    sum.squares += n * least * least;
    sum.most += n * Math.max(0, most - least);
  };
  for (const cell of cells) {
    const { low, high } = cell;
    add(cell.positives, { low, mean: cell.positive, high });
    add(cell.negatives, { low: 1 - high, mean: 1 - cell.negative, high: 1 - low });
    sum.positives += cell.positives;
  }
  const value = sum.loss / sum.n;
  const standardError = Math.sqrt(Math.max(0, sum.squares / sum.n - value * value) / sum.n);
  const reach = Z95 * standardError;
  return {
    ...{ value, standardError, low: Math.max(0, value - reach), high: value + reach, n: sum.n },
    ...{ bound: sum.most / sum.n, positives: sum.positives },
  };
}

/** Cells of scores that are probabilities; a text where there are none, or others among them. */
function probabilities(cells: readonly ScoreCell[]): readonly ScoreCell[] | string {
  if (cells.length === 0) return 'no labelled row has a score';
  const off = cells.some(({ low, high }) => low < -1e-8 || high > 1 + 1e-8);
  return off ? 'some scores lie outside 0 to 1: they are no probabilities' : cells;
}

/** Mean squared distance of the score from 1 or 0. */
export const brier = metric(
  {
    name: 'brier',
    question: 'How far are the predicted probabilities from what came?',
    unit: 'squared probability, 0 to 1',
    worse: 'higher',
    limits: BY_SHARE,
    tasks: ['binary'],
  },
  (outcomes) => {
    const cells = probabilities(scoreCells(outcomes));
    if (typeof cells === 'string') return cells;
    const { bound, positives, ...found } = meanLoss(cells, squared);
    const rate = positives / found.n;
    return { ...found, trivial: rate * (1 - rate), details: { bound, positives } };
  },
);

/** Mean of -ln(the probability that was given to what came), natural logarithm. */
export const binaryLogLoss = (outcomes: Parameters<typeof scoreCells>[0]): Measured | string => {
  const cells = probabilities(scoreCells(outcomes));
  if (typeof cells === 'string') return cells;
  const { bound, positives, ...found } = meanLoss(cells, logarithmic);
  const rate = positives / found.n;
  const trivial = [rate, 1 - rate].reduce((sum, p) => sum + (p > 0 ? -p * Math.log(p) : 0), 0);
  return { ...found, trivial, details: { bound, positives } };
};

/** Bins of the calibration: their edges are edges of the cells of scores, of slices too. */
const BINS = 16;

const NEAR = 1e-8;

/**
 * The cells in their bins. Above 0.5 a score on the edge of a bin lies in the cell below it: the
 * bound is what those of such a cell, as many as its mean allows, would change in the bin above.
 */
function binned(cells: readonly ScoreCell[]) {
  const bins = Array.from({ length: BINS }, (): ScoreBin => ({ n: 0, scores: 0, positives: 0 }));
  let [n, moved] = [0, 0];
  for (const { low, high, positives, negatives, positive, negative } of cells) {
    const rows = positives + negatives;
    const scores = positives * positive + negatives * negative;
    const areOnEdge = scores / rows > high - NEAR;
    const place = areOnEdge ? high : (low + high) / 2;
    const bin = bins[Math.max(0, Math.min(BINS - 1, Math.floor(place * BINS)))];
    if (bin === undefined) continue;
    bin.n += rows;
    bin.positives += positives;
    bin.scores += scores;
    n += rows;
    const isLast = high < 1 && Math.floor(high * BINS) > Math.floor(low * BINS);
    if (areOnEdge || !isLast) continue;
    const most = Math.max(positives * (1 - positive), negatives * negative);
    moved += (2 * most * (scores / rows - low)) / (high - low);
  }
  return { bins, n, bound: moved / n };
}

/** Expected calibration error over 16 equal bins of the score, with the curve in the details. */
export const calibrationError = metric(
  {
    name: 'calibration_error',
    question: 'Does what is predicted with 30 % come in 30 % of the rows?',
    unit: 'probability, 0 to 1',
    worse: 'higher',
    limits: BY_POINTS,
    tasks: ['binary'],
  },
  (outcomes) => {
    const cells = probabilities(scoreCells(outcomes));
    if (typeof cells === 'string') return cells;
    const { bins, bound, n } = binned(cells);
    const { chance, curve, ...found } = calibration(bins);
    return { ...found, n, trivial: null, details: { bound, chance, curve } };
  },
);
