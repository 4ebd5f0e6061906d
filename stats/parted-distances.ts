import { ascending, partsOf } from './parted.js';
import type { Cells, Parted } from './parted.js';

/** A step of the walk: rows of either side before it, and the value where it begins. */
interface Step {
  part: number;
  i: number;
  j: number;
  from: number;
}

/**
 * Of two columns of values in the same cells: the Kolmogorov-Smirnov statistic max |F - G|, 0 to 1,
 * and Wasserstein's first distance ∫ |F - G| in the unit of the values; both exact. NaN when a side
 * is empty. Only parts in which F and G may cross, or be furthest apart, are sorted: elsewhere the
 * integral follows from the sums of the values.
 */
export function distancesOf(a: Parted, b: Parted): { ks: number; wasserstein: number } {
  const [n, m] = [a.values.length, b.values.length];
  if (n === 0 || m === 0) return { ks: NaN, wasserstein: NaN };
  const found = { ks: 0, wasserstein: 0 };
  const kept: { step: Step; most: number }[] = [];
  let [i, j, from] = [0, 0, NaN];
  for (let part = 0; part < a.ends.length; part++) {
    const [toI, toJ] = [a.ends[part] ?? 0, b.ends[part] ?? 0];
    if (toI === i && toJ === j) continue;
    const [least, most] = [i / n - toJ / m, toI / n - j / m];
    const step = { part, i, j, from };
    const isBeyond = part === 0 || part === a.ends.length - 1;
    if (isBeyond || (least < 0 && most > 0)) {
      const walked = walk(a, b, step);
      found.wasserstein += walked.area;
      found.ks = Math.max(found.ks, walked.ks);
      from = walked.to;
    } else {
      const [left, right] = edgesOf(a.cells, part);
      if (i + j > 0) found.wasserstein += Math.abs(i / n - j / m) * (left - from);
      const gap = toI / n - toJ / m;
      const [mine, other] = [above(a, part, left) / n, above(b, part, left) / m];
      found.wasserstein += Math.abs(gap * (right - left) - (mine - other));
      found.ks = Math.max(found.ks, Math.abs(gap));
      kept.push({ step, most: Math.max(-least, most) });
      from = right;
    }
    [i, j] = [toI, toJ];
  }
  for (const { step, most } of kept) {
    if (most > found.ks) found.ks = Math.max(found.ks, walk(a, b, step).ks);
  }
  return found;
}

function edgesOf(cells: Cells, part: number): [number, number] {
  const perUnit = cells.inverseWidth * partsOf(cells);
  return [cells.low + (part - 1) / perUnit, cells.low + part / perUnit];
}

/** Σ (value - from) of a part. */
function above({ values, ends }: Parted, part: number, from: number): number {
  let sum = 0;
  const end = ends[part] ?? 0;
  for (let row = part === 0 ? 0 : (ends[part - 1] ?? 0); row < end; row++) {
    sum += (values[row] ?? 0) - from;
  }
  return sum;
}

/** From value to value through a part. */
function walk(
  a: Parted,
  b: Parted,
  { part, i: firstI, j: firstJ, from }: Step,
): { ks: number; area: number; to: number } {
  const [n, m] = [a.values.length, b.values.length];
  const [mine, other] = [ascending(a, part), ascending(b, part)];
  let [i, j, ks, area] = [0, 0, 0, 0];
  let before = Number.isNaN(from) ? Math.min(mine[0] ?? Infinity, other[0] ?? Infinity) : from;
  while (i < mine.length || j < other.length) {
    const left = i < mine.length ? (mine[i] ?? 0) : Infinity;
    const right = j < other.length ? (other[j] ?? 0) : Infinity;
    const value = left < right ? left : right;
    area += Math.abs((firstI + i) / n - (firstJ + j) / m) * (value - before);
    while (i < mine.length && mine[i] === value) i++;
    while (j < other.length && other[j] === value) j++;
    ks = Math.max(ks, Math.abs((firstI + i) / n - (firstJ + j) / m));
    before = value;
  }
  return { ks, area, to: before };
}
