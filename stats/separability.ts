import { auc, hanleyMcNeil } from './auc.js';
import type { Auc } from './auc.js';
import { chance, curvature, design, logOdds } from './logistic.js';
import type { Coded, Design } from './logistic.js';
import { fit } from './logistic-fit.js';
import { normalTail, Z95 } from './normal.js';

/** Two sets of rows, told apart by their label. */
export interface Labelled extends Coded {
  /** 1 for a row of the current side, 0 for the reference. */
  labels: ArrayLike<number>;
  /** A whole number >= 0 for each row, spread evenly, as a hash of its key: fold = hash mod k. */
  hashes: ArrayLike<number>;
}

/** How well two sets of rows are told apart, and by what. */
export interface Separability {
  /** P(a current row scores above a reference row of its fold): 0.5 = the same; null = no pairs. */
  auc: number | null;
  /** 95 % interval, by Hanley and McNeil. */
  low: number;
  high: number;
  /** P(this or more | the two sides are the same). */
  pValue: number;
  /** For each row P(current), by a fit that has not seen the row. */
  held: Float64Array;
  /** How far each feature moves the mean log-odds from the reference to the current rows. */
  contributions: number[];
}

/**
 * Fits of different folds see mostly the same rows, so their AUCs go up and down together: without
 * any difference the mean of five spreads 1.3 to 1.5 times as much as independent ones (simulated,
 * 1 to 20 features, 400 to 8,000 rows). The larger, so that the p-value errs to the safe side.
 */
const FOLDS_SHARE_ROWS = 1.5;

interface Options {
  folds?: number;
  /** Weight of the squared weights in the fit: 1 = as if each had been seen to be 0 ± 1. */
  ridge?: number;
}

/**
 * Can a logistic regression on the bins tell the rows of two sides apart? Each fold is scored by a
 * fit to the others; no row is scored by a fit that saw it, and pairs are formed inside a fold.
 * Nothing is drawn: equal rows and hashes give equal results.
 */
export function separability(rows: Labelled, { folds = 5, ridge = 1 }: Options = {}): Separability {
  const table = design(rows);
  const curve = curvature(table, ridge);
  const held = new Float64Array(table.rows);
  const credit = [new Float64Array(table.width), new Float64Array(table.width)] as const;
  const sides = [0, 0] as [number, number];
  let [pairs, wins] = [0, 0];
  for (let fold = 0; fold < folds; fold++) {
    const { inside, outside } = split(rows.hashes, table.rows, { fold, folds });
    const weights = fit({ design: table, labels: rows.labels, train: outside, ridge }, curve);
    const odds = Float64Array.from(inside, (row) => logOdds(table, weights, row));
    const { value, positives, negatives } = ranked(odds, (index) => labelOf(inside[index] ?? 0));
    pairs += positives * negatives;
    wins += positives * negatives * (value ?? 0);
    inside.forEach((row, index) => {
      const side = labelOf(row);
      held[row] = chance(odds[index] ?? 0);
      sides[side] += 1;
      addParts(credit[side], table, { row, weights });
    });
  }
  const contributions = Array.from(
    credit[1],
    (sum, feature) => sum / sides[1] - (credit[0][feature] ?? 0) / sides[0],
  );
  const value = pairs > 0 ? wins / pairs : null;
  return { ...judged(value, sides, folds), held, contributions };

  function labelOf(row: number): 0 | 1 {
    return rows.labels[row] === 1 ? 1 : 0;
  }
}

function split(
  hashes: ArrayLike<number>,
  rows: number,
  { fold, folds }: { fold: number; folds: number },
): { inside: Int32Array; outside: Int32Array } {
  const [inside, outside]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    ((hashes[row] ?? 0) % folds === fold ? inside : outside).push(row);
  }
  return { inside: Int32Array.from(inside), outside: Int32Array.from(outside) };
}

function ranked(scores: Float64Array, labelOf: (index: number) => 0 | 1): Auc {
  const order = Uint32Array.from(scores, (_, index) => index);
  order.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const positives: number[] = [];
  const negatives: number[] = [];
  let last = NaN;
  for (const index of order) {
    const score = scores[index] ?? NaN;
    if (score !== last) {
      positives.push(0);
      negatives.push(0);
      last = score;
    }
    const side = labelOf(index) === 1 ? positives : negatives;
    side[side.length - 1] = (side.at(-1) ?? 0) + 1;
  }
  return auc({ positives, negatives });
}

/** What each feature adds to the log-odds of a row. */
function addParts(
  into: Float64Array,
  { width, places }: Design,
  { row, weights }: { row: number; weights: Float64Array },
): void {
  for (let feature = 0; feature < width; feature++) {
    const place = places[row * width + feature] ?? 0;
    into[feature] = (into[feature] ?? 0) + (weights[place] ?? 0);
  }
}

function judged(
  value: number | null,
  [m, n]: readonly [number, number],
  folds: number,
): Pick<Separability, 'auc' | 'low' | 'high' | 'pValue'> {
  if (value === null) return { auc: null, low: 0, high: 1, pValue: 1 };
  const reach = Z95 * hanleyMcNeil(value, n, m);
  // Mann and Whitney's error under no difference, of folds that are ranked apart
  const error = FOLDS_SHARE_ROWS * Math.sqrt((n + m + folds) / (12 * n * m));
  return {
    auc: value,
    low: Math.max(0, value - reach),
    high: Math.min(1, value + reach),
    pValue: normalTail((value - 0.5) / error),
  };
}
