import type { Tally } from './ks.js';
import type { Sample } from './two-sample.js';

/** Rows, mean and variance (n - 1) of a tally: two passes, so that a large mean costs no digits. */
export function sampleOf({ values, counts }: Tally): Sample {
  const from = values[values.length >> 1] ?? NaN;
  let n = 0;
  let sum = 0;
  values.forEach((value, index) => {
    n += counts[index] ?? 0;
    sum += (value - from) * (counts[index] ?? 0);
  });
  const above = n > 0 ? sum / n : NaN;
  let squares = 0;
  values.forEach((value, i) => (squares += (counts[i] ?? 0) * (value - from - above) ** 2));
  const variance = n > 1 ? squares / (n - 1) : NaN;
  return { n, mean: from + above, variance, parts: { from, above } };
}

/**
 * Quantiles of a tally at shares `p` (0 to 1, in any order), by linear interpolation between the
 * two nearest rows, as numpy has it by default; NaN without rows.
 */
export function quantiles({ values, counts }: Tally, p: readonly number[]): number[] {
  const ends: number[] = [];
  let n = 0;
  for (let index = 0; index < values.length; index++) ends.push((n += counts[index] ?? 0));
  const row = (place: number): number => {
    // the first value that holds more rows than `place`
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) > place) high = middle;
      else low = middle + 1;
    }
    return values[low] ?? NaN;
  };
  return p.map((share) => {
    const place = share * (n - 1);
    const below = Math.floor(place);
    const [from, to] = [row(below), row(Math.min(n - 1, below + 1))];
    return n > 0 ? from + (to - from) * (place - below) : NaN;
  });
}
