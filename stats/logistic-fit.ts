import { solve } from './cholesky.js';
import type { Square } from './cholesky.js';
import { chance, logOdds } from './logistic.js';
import type { Design } from './logistic.js';

/** Which rows are to be told apart, and how strongly the weights are held back. */
export interface Problem {
  design: Design;
  /** 1 or 0 for each row of the design. */
  labels: ArrayLike<number>;
  /** The rows to fit. */
  train: Int32Array;
  /** Half of it times Σ weight² is taken off the log-likelihood; the constant goes free. */
  ridge: number;
}

/** A step that gains less of the likelihood, in nats or as a share of all so far, is the last. */
const ENOUGH = { nats: 0.01, share: 1e-4 };
const MOST_STEPS = 40;

/**
 * Weights of the columns that make the labels most likely, under the ridge: conjugate gradients
 * (Polak and Ribière), each corrected by the factored `curve`, with Newton's step along the line.
 */
export function fit(problem: Problem, curve: Square): Float64Array {
  const weights = new Float64Array(curve.size);
  const odds = new Float64Array(problem.train.length);
  let slope = gradient(problem, weights, odds);
  let move = solve(curve, slope);
  let gradientNorm = dot(slope, move);
  let direction = move;
  let all = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = rowChanges(problem, direction);
    const length = lineStep(problem, { weights, direction, odds, change });
    addTimes(weights, direction, length);
    addTimes(odds, change, length);
    const gain = (length * dot(slope, direction)) / 2;
    all += gain;
    if (!(gain >= Math.max(ENOUGH.nats, ENOUGH.share * all))) break;
    const before = slope;
    slope = gradient(problem, weights, odds);
    move = solve(curve, slope);
    const norm = dot(slope, move);
    const kept = Math.max(0, (norm - dot(before, move)) / gradientNorm);
    gradientNorm = norm;
    const last = direction;
    direction = move.map((value, k) => value + kept * (last[k] ?? 0));
    // a direction that no longer climbs is forgotten
    if (dot(slope, direction) <= 0) direction = move;
  }
  return weights;
}

/** Of the log-likelihood less the ridge, at rows with these log-odds. */
function gradient(
  { design, labels, train, ridge }: Problem,
  weights: Float64Array,
  odds: Float64Array,
): Float64Array {
  const { width, places } = design;
  const slope = weights.map((weight) => -ridge * weight);
  let constant = 0;
  for (let index = 0; index < train.length; index++) {
    const row = train[index] ?? 0;
    const missed = (labels[row] ?? 0) - chance(odds[index] ?? 0);
    constant += missed;
    for (let k = row * width; k < (row + 1) * width; k++) {
      const place = places[k] ?? 0;
      slope[place] = (slope[place] ?? 0) + missed;
    }
  }
  slope[0] = constant;
  return slope;
}

/** What one unit of a direction adds to the log-odds of each row. */
function rowChanges({ design, train }: Problem, direction: Float64Array): Float64Array {
  return Float64Array.from(train, (row) => logOdds(design, direction, row));
}

interface Line {
  weights: Float64Array;
  direction: Float64Array;
  odds: Float64Array;
  change: Float64Array;
}

/** How far to go: Newton's steps for the top along the line, on rows' log-odds alone. */
function lineStep({ labels, train, ridge }: Problem, line: Line): number {
  const { weights, direction, odds, change } = line;
  const [constant, first] = [direction[0] ?? 0, weights[0] ?? 0];
  const square = dot(direction, direction) - constant * constant;
  const along = dot(weights, direction) - constant * first;
  let length = 0;
  let low = 0;
  let high = Infinity;
  for (let step = 0; step < 8; step++) {
    let slope = -ridge * (along + length * square);
    let bend = ridge * square;
    for (let index = 0; index < train.length; index++) {
      const moved = change[index] ?? 0;
      const p = chance((odds[index] ?? 0) + length * moved);
      slope += moved * ((labels[train[index] ?? 0] ?? 0) - p);
      bend += moved * moved * p * (1 - p);
    }
    // the slope falls all the way, so its sign says on which side the top is
    if (slope > 0) low = length;
    else high = length;
    const newton = length + slope / bend;
    const inside = newton > low && newton < high;
    const next = inside ? newton : high === Infinity ? 2 * length + 1 : (low + high) / 2;
    if (Math.abs(next - length) < 0.05 * next) return next;
    length = next;
  }
  return length;
}

function addTimes(to: Float64Array, what: Float64Array, times: number): void {
  for (let k = 0; k < to.length; k++) to[k] = (to[k] ?? 0) + times * (what[k] ?? 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? 0) * (b[k] ?? 0);
  return sum;
}
