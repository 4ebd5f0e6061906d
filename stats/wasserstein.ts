import type { Interval } from './intervals.js';
import type { Tally } from './ks.js';

/**
 * Wasserstein's first distance ∫ |F - G| of two tallies, in the unit of the values: how far a row
 * has to move on average. NaN when a side is empty. With the mean of each cell of a binned column
 * as its value it is the best estimate from the cells, always within `wassersteinBounds`.
 */
export function wasserstein(a: Tally, b: Tally): number {
  const n = total(a.counts);
  const m = total(b.counts);
  if (n === 0 || m === 0) return NaN;
  let [i, j, left, right, sum, before] = [0, 0, 0, 0, 0, NaN];
  while (i < a.values.length || j < b.values.length) {
    const value = Math.min(a.values[i] ?? Infinity, b.values[j] ?? Infinity);
    const gap = Math.abs(left / n - right / m);
    if (gap > 0) sum += gap * (value - before);
    while (i < a.values.length && a.values[i] === value) left += a.counts[i++] ?? 0;
    while (j < b.values.length && b.values[j] === value) right += b.counts[j++] ?? 0;
    before = value;
  }
  return sum;
}

/**
 * A stretch of the line with the rows of two columns in it and the sums of their values. Stretches
 * ascend without overlap; `from` = `to` holds one value; only the first may start at -Infinity,
 * only the last end at Infinity. A heavy value inside a stretch counts among its rows.
 */
export interface Stretch {
  from: number;
  to: number;
  n: readonly [number, number];
  sum: readonly [number, number];
}

/**
 * Guaranteed bounds on the Wasserstein distance of two binned columns. Rows and sums give both
 * distribution functions at the ends of a stretch and their integrals over it; the stretch is known
 * exactly unless the functions can cross in it. Beyond the line's ends the sums alone speak.
 */
export function wassersteinBounds(stretches: readonly Stretch[]): Interval {
  const rows = [0, 0] as [number, number];
  for (const { n } of stretches) {
    rows[0] += n[0];
    rows[1] += n[1];
  }
  if (rows[0] === 0 || rows[1] === 0) return { low: NaN, high: NaN };
  const at = [0, 0] as [number, number];
  const bounds = { low: 0, high: 0 };
  let end: number | null = null;
  const add = ({ low, high }: Interval): void => {
    bounds.low += low;
    bounds.high += high;
  };
  for (const stretch of stretches) {
    // nothing lies between two stretches that do not touch
    if (end !== null && stretch.from > end) {
      const gap = Math.abs(at[0] - at[1]) * (stretch.from - end);
      add({ low: gap, high: gap });
    }
    const sides = [0, 1].map((side) => ramp(stretch, side as 0 | 1, { rows, at }));
    if (stretch.to > stretch.from) add(between(sides as [Ramp, Ramp], stretch));
    at[0] += stretch.n[0] / rows[0];
    at[1] += stretch.n[1] / rows[1];
    end = stretch.to;
  }
  return bounds;
}

/** A distribution function over a stretch: its ends and the integral of what lies above `start`. */
interface Ramp {
  start: number;
  stop: number;
  /** ∫ (F - start), or from -Infinity; beyond the last edge ∫ (stop - F). */
  area: number;
}

function ramp(
  { from, to, n, sum }: Stretch,
  side: 0 | 1,
  { rows, at }: { rows: readonly [number, number]; at: readonly [number, number] },
): Ramp {
  const share = n[side] / rows[side];
  // Σ (to - x), or Σ (x - from) beyond the last edge
  const moved = to === Infinity ? sum[side] - n[side] * from : n[side] * to - sum[side];
  const most = n[side] === 0 ? 0 : share * (to - from);
  const area = Math.min(most, Math.max(0, moved / rows[side]));
  return { start: at[side], stop: at[side] + share, area };
}

function between([f, g]: readonly [Ramp, Ramp], { from, to }: Stretch): Interval {
  const width = to - from;
  if (width === Infinity) return { low: Math.abs(f.area - g.area), high: f.area + g.area };
  const [areaF, areaG] = [f.start * width + f.area, g.start * width + g.area];
  const low = Math.abs(areaF - areaG);
  if (f.start >= g.stop || g.start >= f.stop) return { low, high: low };
  // |F - G| <= |F - c| + |G - c|, each largest when a function jumps from its start to its stop
  const highs = [f.start, f.stop, g.start, g.stop].map(
    (level) => around(f, level, width) + around(g, level, width),
  );
  return { low, high: Math.max(low, Math.min(...highs)) };
}

function around({ start, stop, area }: Ramp, level: number, width: number): number {
  const share = stop > start ? area / (stop - start) / width : 0;
  return width * ((1 - share) * Math.abs(start - level) + share * Math.abs(stop - level));
}

function total(counts: readonly number[] | Float64Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
