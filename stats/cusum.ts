/** What a series is held against: its usual mean and the spread between its values. */
export interface Usual {
  mean: number;
  /** > 0. */
  sd: number;
}

/** How far a series has moved upwards from what was usual. */
export interface Cusum {
  /** The sum after the last value, in standard deviations, >= 0. */
  sum: number;
  /** Place of the first value of the present move, after the sum was last 0; null: it is 0. */
  onset: number | null;
  /** How many values running, up to the last, the sum has been above `limit`. */
  above: number;
}

/**
 * Page's one-sided cumulative sum (1954): C = max(0, C + (x - mean) / sd - slack), over a series in
 * order of time. A fall is looked for by handing in the values with their sign turned.
 */
export function cusum(
  values: readonly number[],
  usual: Usual,
  { slack, limit }: { slack: number; limit: number },
): Cusum {
  const found: Cusum = { sum: 0, onset: null, above: 0 };
  values.forEach((value, place) => {
    found.sum = Math.max(0, found.sum + (value - usual.mean) / usual.sd - slack);
    found.onset = found.sum === 0 ? null : (found.onset ?? place);
    found.above = found.sum > limit ? found.above + 1 : 0;
  });
  return found;
}
