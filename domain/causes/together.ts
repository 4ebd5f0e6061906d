import { separability } from '../../stats/separability.js';
import { sharedDecomposition } from '../../stats/shared-weights.js';
import type { SharedDecomposition } from '../../stats/shared-weights.js';
import { countSides, labelledRows } from './rows.js';
import type { Rows } from './rows.js';

/** How well the window's rows are told from the reference's by all features at once. */
export interface ToldApart {
  /** P(a row of the window looks more like the window than one of the reference); 0.5: the same. */
  auc: number | null;
  low: number;
  high: number;
  pValue: number;
  /** Features by their part of the difference, the largest first; log-odds. */
  features: readonly { name: string; part: number }[];
  /** Of each row P(it is of the window), by a classifier that has not seen it. */
  chances: Float64Array;
  /** Labelled rows only: the change of the mean loss in three steps; null without labels. */
  loss: SharedDecomposition | null;
}

/**
 * A domain classifier, never scored on rows that it was fitted to; with the losses of the labelled
 * rows weighed towards what both sides share (Cai, Namkoong and Yadlowsky 2023): what changes
 * there is the outcome given the row. Equal rows give equal answers.
 */
export function toldApart(rows: Rows): ToldApart {
  const { features, sides, hashes } = rows;
  const given = {
    features: features.map(({ codes }) => codes),
    levels: features.map(({ bins }) => bins.length),
  };
  const found = separability({ ...given, labels: sides, hashes });
  const parts = features.map(({ name }, place) => ({
    name,
    part: found.contributions[place] ?? 0,
  }));
  parts.sort((a, b) => b.part - a.part);
  const { auc, low, high, pValue } = found;
  const { held: chances } = found;
  return { auc, low, high, pValue, features: parts, chances, loss: lossOf(rows, chances) };
}

function lossOf(rows: Rows, held: Float64Array): SharedDecomposition | null {
  // The chances ride along as scores, so that both are picked alike.
  const known = labelledRows({ ...rows, scores: held });
  const [all, left] = [countSides(rows), countSides(known)];
  // A side of which fewer rows have a label is not thereby less likely.
  const prior = (left.current * all.reference) / (left.reference * all.current);
  const chances = Float64Array.from(known.scores, (chance) => {
    const odds = (prior * chance) / (1 - chance);
    return odds / (1 + odds);
  });
  return sharedDecomposition({ chances, labels: known.sides, losses: known.losses });
}
