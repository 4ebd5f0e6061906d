import type { Tally } from '../../stats/ks.js';
import { wasserstein, wassersteinBounds } from '../../stats/wasserstein.js';
import type { Stretches } from '../../stats/wasserstein.js';
import { BIN, FINE_BINS } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import { exactPair } from './exact.js';
import { pointsOf } from './ks.js';
import { cellOf, edgeOf, exactValues } from './numeric.js';

/** The distance with the bounds that surely hold it; all three equal where values are counted. */
export interface Transport {
  value: number;
  low: number;
  high: number;
}

/**
 * Wasserstein's first distance of the finite values, in the unit of the column. From cells every
 * row counts at the mean of its cell; the rows and sums of the cells bound the true distance.
 */
export function wassersteinOf(axis: Axis, current: Counts, reference: Counts): Transport {
  const pair = exactPair(current, reference);
  if (pair !== null)
    return { value: pair.wasserstein, low: pair.wasserstein, high: pair.wasserstein };
  const [now, before] = [exactValues(current), exactValues(reference)];
  if (now !== null && before !== null) {
    const value = wasserstein(now, before);
    return { value, low: value, high: value };
  }
  const sides = [cellsOf(axis, current), cellsOf(axis, reference)] as const;
  const value = wasserstein(meansOf(axis, sides[0]), meansOf(axis, sides[1]));
  const { low, high } = wassersteinBounds(stretches(axis, sides));
  // the bounds are sums of thousands of terms: their last digits may pass the value
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}

/** Cells of one side with the places of `NumericCounts.fine`: rows and sums of finite values. */
interface Cells {
  n: Float64Array;
  sum: Float64Array;
  /** Rows on each heavy value, which are not among `n`. */
  atoms: Float64Array;
  /** Places whose rows have one value. */
  points: ReadonlySet<number>;
}

const PLACES = FINE_BINS + 2;

function cellsOf(axis: Axis, counts: Counts): Cells {
  const [n, sum] = [new Float64Array(PLACES), new Float64Array(PLACES)];
  const atoms = new Float64Array(axis.atoms.length);
  const bins = counts.by['bin'] ?? [];
  for (let row = 0; row < bins.length; row++) {
    const bin = Number(bins[row]);
    const rows = counts.sums['n']?.[row] ?? 0;
    if (rows === 0 || bin === BIN.missing || bin === BIN.notFinite) continue;
    if (bin <= BIN.atom0) atoms[BIN.atom0 - bin] = rows;
    else {
      n[bin + 1] = rows;
      sum[bin + 1] = counts.sums['sum']?.[row] ?? NaN;
    }
  }
  return { n, sum, atoms, points: pointsOf(axis, counts) };
}

/** The mean of each cell and the heavy values, ascending. */
function meansOf(axis: Axis, { n, sum, atoms }: Cells): Tally {
  const [values, counts]: [number[], number[]] = [[], []];
  let atom = 0;
  const putAtoms = (below: number): void => {
    for (; atom < atoms.length && (axis.atoms[atom] ?? 0) <= below; atom++) {
      if (atoms[atom] === 0) continue;
      values.push(axis.atoms[atom] ?? NaN);
      counts.push(atoms[atom] ?? 0);
    }
  };
  for (let place = 0; place < PLACES; place++) {
    const rows = n[place] ?? 0;
    if (rows === 0) continue;
    const mean = (sum[place] ?? NaN) / rows;
    putAtoms(mean);
    values.push(mean);
    counts.push(rows);
  }
  putAtoms(Infinity);
  return { values, counts };
}

type Both<T> = readonly [T, T];

/** Cells from end to end that hold rows of either side; one with a single value is that value. */
function stretches(axis: Axis, sides: Both<Cells>): Stretches {
  const [a, b] = [withAtoms(axis, sides[0]), withAtoms(axis, sides[1])];
  const places: number[] = [];
  for (let place = 0; place < PLACES; place++) {
    if (a.n[place] !== 0 || b.n[place] !== 0) places.push(place);
  }
  const n = [pick(a.n, places), pick(b.n, places)] as const;
  const sum = [pick(a.sum, places), pick(b.sum, places)] as const;
  const [from, to] = [new Float64Array(places.length), new Float64Array(places.length)];
  places.forEach((place, k) => {
    const isInside = place > 0 && place <= FINE_BINS;
    const hasPoint = isInside && axis.atoms.length === 0 && isPoint(sides, place);
    const rows = (n[0][k] ?? 0) + (n[1][k] ?? 0);
    const at = hasPoint ? ((sum[0][k] ?? 0) + (sum[1][k] ?? 0)) / rows : null;
    from[k] = at ?? (place === 0 ? -Infinity : edgeOf(axis, place - 1));
    to[k] = at ?? (place > FINE_BINS ? Infinity : edgeOf(axis, place));
  });
  return { from, to, n, sum };
}

function pick(of: Float64Array, places: readonly number[]): Float64Array {
  // `Float64Array.from` asks an iterator for every place
  const picked = new Float64Array(places.length);
  for (let k = 0; k < places.length; k++) picked[k] = of[places[k] ?? 0] ?? 0;
  return picked;
}

function isPoint(sides: Both<Cells>, place: number): boolean {
  return sides.every(({ n, points }) => n[place] === 0 || points.has(place));
}

/** With the rows on heavy values where these lie. */
function withAtoms(axis: Axis, cells: Cells): Pick<Cells, 'n' | 'sum'> {
  if (axis.atoms.length === 0) return cells;
  const [n, sum] = [cells.n.slice(), cells.sum.slice()];
  axis.atoms.forEach((atom, index) => {
    const [place, rows] = [cellOf(axis, atom), cells.atoms[index] ?? 0];
    n[place] = (n[place] ?? 0) + rows;
    sum[place] = (sum[place] ?? 0) + rows * atom;
  });
  return { n, sum };
}
