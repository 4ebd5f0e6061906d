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
 * Stretches of the line, by column: the rows of two columns in each of them and the sums of their
 * values. They ascend without overlap; `from` = `to` holds one value; only the first may start at
 * -Infinity, only the last end at Infinity. A heavy value inside a stretch counts among its rows.
 */
export interface Stretches {
  from: ArrayLike<number>;
  to: ArrayLike<number>;
  n: readonly [ArrayLike<number>, ArrayLike<number>];
  sum: readonly [ArrayLike<number>, ArrayLike<number>];
}

/** A distribution function over a stretch: its ends and the integral of what lies above `start`. */
interface Ramp {
  start: number;
  stop: number;
  /** ∫ (F - start), or from -Infinity; beyond the last edge ∫ (stop - F). */
  area: number;
}

/** Both sides over one stretch. One is used for all stretches: there are thousands. */
interface Ramps {
  f: Ramp;
  g: Ramp;
  from: number;
  to: number;
}

/**
 * Guaranteed bounds on the Wasserstein distance of two binned columns. Rows and sums give both
 * distribution functions at the ends of a stretch and their integrals over it; the stretch is known
 * exactly unless the functions can cross in it. Beyond the line's ends the sums alone speak.
 */
export function wassersteinBounds({ from, to, n, sum }: Stretches): Interval {
  const [rowsF, rowsG] = [total(n[0]), total(n[1])];
  if (rowsF === 0 || rowsG === 0) return { low: NaN, high: NaN };
  const [f, g] = [
    { start: 0, stop: 0, area: 0 },
    { start: 0, stop: 0, area: 0 },
  ];
  const here: Ramps = { f, g, from: 0, to: NaN };
  const bounds = { low: 0, high: 0 };
  for (let k = 0; k < from.length; k++) {
    const gap = (from[k] ?? 0) - here.to;
    // nothing lies between two stretches that do not touch
    if (gap > 0) addGap(bounds, here, gap);
    here.from = from[k] ?? 0;
    here.to = to[k] ?? 0;
    rise(f, here, { rows: rowsF, n: n[0][k] ?? 0, sum: sum[0][k] ?? 0 });
    rise(g, here, { rows: rowsG, n: n[1][k] ?? 0, sum: sum[1][k] ?? 0 });
    if (here.to > here.from) addBetween(bounds, here);
  }
  return bounds;
}

function addGap(bounds: Interval, { f, g }: Ramps, width: number): void {
  const gap = Math.abs(f.stop - g.stop) * width;
  bounds.low += gap;
  bounds.high += gap;
}

/** Goes on with a distribution function over the next stretch. */
function rise(
  ramp: Ramp,
  { from, to }: Ramps,
  { rows, n, sum }: { rows: number; n: number; sum: number },
): void {
  const share = n / rows;
  // Σ (to - x), or Σ (x - from) beyond the last edge
  const moved = to === Infinity ? sum - n * from : n * to - sum;
  const most = n === 0 ? 0 : share * (to - from);
  ramp.start = ramp.stop;
  ramp.stop += share;
  ramp.area = Math.min(most, Math.max(0, moved / rows));
}

function addBetween(bounds: Interval, { f, g, from, to }: Ramps): void {
  const width = to - from;
  if (width === Infinity) {
    bounds.low += Math.abs(f.area - g.area);
    bounds.high += f.area + g.area;
    return;
  }
  const low = Math.abs(f.start * width + f.area - (g.start * width + g.area));
  bounds.low += low;
  const isApart = f.start >= g.stop || g.start >= f.stop;
  bounds.high += isApart ? low : Math.max(low, mostBetween(f, g, width));
}

/** |F - G| <= |F - c| + |G - c|, each largest when a function jumps from its start to its stop. */
function mostBetween(f: Ramp, g: Ramp, width: number): number {
  return Math.min(
    around(f, f.start, width) + around(g, f.start, width),
    around(f, f.stop, width) + around(g, f.stop, width),
    around(f, g.start, width) + around(g, g.start, width),
    around(f, g.stop, width) + around(g, g.stop, width),
  );
}

function around({ start, stop, area }: Ramp, level: number, width: number): number {
  const share = stop > start ? area / (stop - start) / width : 0;
  return width * ((1 - share) * Math.abs(start - level) + share * Math.abs(stop - level));
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < counts.length; k++) sum += counts[k] ?? 0;
  return sum;
}
