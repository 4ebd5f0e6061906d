/**
 * Benjamini and Hochberg (1995): which of the p-values are discoveries at false-discovery rate q.
 * Rejects all up to the largest i with p(i) <= q i / m; `strict` asks for p(i) < q i / m, as some
 * tools do. Equal p-values share one answer.
 */
export function discoveries(
  pValues: readonly number[],
  q: number,
  bound: 'inclusive' | 'strict' = 'inclusive',
): boolean[] {
  const sorted = [...pValues].sort((a, b) => a - b);
  const m = sorted.length;
  let cut = -1;
  sorted.forEach((p, index) => {
    const limit = (q * (index + 1)) / m;
    if (bound === 'strict' ? p < limit : p <= limit) cut = p;
  });
  return pValues.map((p) => p <= cut);
}

/** BH-adjusted p-values: discoveries(p, q)[i] exactly when adjusted[i] <= q (up to rounding). */
export function adjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p);
  const m = pValues.length;
  const result = new Array<number>(m).fill(1);
  let least = 1;
  order.forEach(({ p, index }, place) => {
    least = Math.min(least, (p * m) / (m - place));
    result[index] = least;
  });
  return result;
}
