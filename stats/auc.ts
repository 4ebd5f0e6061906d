/** Positives and negatives by score, ascending; equal scores share an entry. */
export interface ScoreCounts {
  positives: readonly number[] | Float64Array;
  negatives: readonly number[] | Float64Array;
}

export interface Auc {
  /** P(a positive scores above a negative), ties half; null without either class. */
  value: number | null;
  /** How far binning can move it: half the share of pairs that lie in one bin. */
  bound: number;
  positives: number;
  negatives: number;
}

/** Area under the ROC curve; exact when each entry is one score, else within `bound`. */
export function auc({ positives, negatives }: ScoreCounts): Auc {
  let below = 0;
  let wins = 0;
  let tied = 0;
  let positive = 0;
  for (let k = 0; k < positives.length; k++) {
    const p = positives[k] ?? 0;
    const q = negatives[k] ?? 0;
    wins += p * (below + q / 2);
    tied += p * q;
    below += q;
    positive += p;
  }
  const pairs = positive * below;
  return {
    value: pairs > 0 ? wins / pairs : null,
    bound: pairs > 0 ? tied / 2 / pairs : 0,
    positives: positive,
    negatives: below,
  };
}

/** Standard error of an AUC with `positives` and `negatives` rows. Hanley and McNeil (1982). */
export function hanleyMcNeil(value: number, positives: number, negatives: number): number {
  const q1 = value / (2 - value);
  const q2 = (2 * value * value) / (1 + value);
  const square = value * value;
  const spread =
    value * (1 - value) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square);
  return Math.sqrt(Math.max(0, spread) / (positives * negatives));
}
