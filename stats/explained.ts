/** Values less the mean of their group. */
export interface Inside {
  values: Float64Array;
  /** Sum of their squares. */
  squares: number;
  /** Groups that have a value. */
  groups: number;
}

/** Takes from each value the mean of its group. `codes`: the group of each. */
export function withoutMeans(values: ArrayLike<number>, codes: ArrayLike<number>): Inside {
  const sums = new Map<number, { n: number; sum: number }>();
  for (let row = 0; row < values.length; row++) {
    const code = codes[row] ?? 0;
    const group = sums.get(code) ?? { n: 0, sum: 0 };
    sums.set(code, group);
    group.n += 1;
    group.sum += values[row] ?? NaN;
  }
  let squares = 0;
  const left = Float64Array.from(values, (value, row) => {
    const { n, sum } = sums.get(codes[row] ?? 0) ?? { n: 0, sum: 0 };
    squares += (value - sum / n) ** 2;
    return value - sum / n;
  });
  return { values: left, squares, groups: sums.size };
}

/**
 * Share of the variance of some values that their groups explain, less what as many groups explain
 * by chance: at most 1, about 0 where they explain nothing, then often below it. ε² of Kelley
 * (1935). 0 where all values are one, or every value is a group.
 */
export function explainedShare(values: ArrayLike<number>, codes: ArrayLike<number>): number {
  const whole = withoutMeans(values, new Int32Array(values.length)).squares;
  const { squares, groups } = withoutMeans(values, codes);
  if (!(whole > 0) || values.length <= groups) return 0;
  return 1 - (squares / (values.length - groups)) * ((values.length - 1) / whole);
}
