import { ksBounds, ksStatistic } from '../../stats/ks.js';
import type { Binned } from '../../stats/ks.js';
import { FINE_BINS } from '../profile.js';
import type { Axis, Counts } from '../profile.js';
import { exactPair } from './exact.js';
import { cellOf, decimalsOf, edgeOf, exactValues, numericCounts } from './numeric.js';
import type { NumericCounts } from './numeric.js';

/** Bounds of Kolmogorov-Smirnov, and the value near which the lower one was found. */
interface Apart {
  low: number;
  high: number;
  at: number | null;
}

/** Two checks ask for it. */
const apart = new WeakMap<Counts, { axis: Axis; reference: Counts; found: Apart }>();

/** Kolmogorov-Smirnov over the finite values: exact (`low` = `high`) where both sides are. */
export function ksOf(axis: Axis, current: Counts, reference: Counts): Apart {
  const known = apart.get(current);
  if (known?.axis === axis && known.reference === reference) return known.found;
  const found = ksFrom(axis, current, reference);
  apart.set(current, { axis, reference, found });
  return found;
}

function ksFrom(axis: Axis, current: Counts, reference: Counts): Apart {
  const pair = exactPair(current, reference);
  if (pair !== null) return { low: pair.ks, high: pair.ks, at: null };
  const [mine, other] = [exactValues(current), exactValues(reference)];
  if (mine !== null && other !== null) {
    const exact = ksStatistic(mine, other);
    return { low: exact, high: exact, at: null };
  }
  const sides = [numericCounts(axis, current), numericCounts(axis, reference)] as const;
  const points = [pointsOf(axis, current), pointsOf(axis, reference)] as const;
  const bounds = ksBounds(binnedPair(axis, sides, points));
  const inGrid = bounds.at > 0 && bounds.at <= FINE_BINS;
  return { ...bounds, at: inGrid ? edgeOf(axis, bounds.at) : null };
}

/** Cells that hold one decimal number only, its own, so that their rows are on a known value. */
export function pointsOf(axis: Axis, counts: Counts): Set<number> {
  const perUnit = decimalsOf(axis);
  const points = new Set<number>();
  const { n, sum, squares } = counts.sums;
  if (perUnit === null) return points;
  const least = 1e-6 / perUnit ** 2;
  counts.by['bin']?.forEach((bin, row) => {
    const middle = (Number(bin) + 0.5) / perUnit;
    const rows = n?.[row] ?? NaN;
    const mean = (sum?.[row] ?? NaN) / rows - axis.low;
    const spread = (squares?.[row] ?? NaN) / rows - mean * mean;
    if (Math.abs(mean - middle) < 1e-3 / perUnit && spread < least) points.add(Number(bin) + 1);
  });
  return points;
}

type Both<T> = readonly [T, T];

function binnedPair(axis: Axis, sides: Both<NumericCounts>, points: Both<Set<number>>): Binned {
  const atoms = new Map<number, [number, number][]>();
  const put = (cell: number, rows: [number, number]) =>
    atoms.set(cell, [...(atoms.get(cell) ?? []), rows]);
  axis.atoms.forEach((value, index) =>
    put(cellOf(axis, value), [sides[0].atoms[index] ?? 0, sides[1].atoms[index] ?? 0]),
  );
  const loose = [sides[0].fine.slice(), sides[1].fine.slice()] as const;
  for (const cell of new Set([...points[0], ...points[1]])) {
    const rows: [number, number] = [loose[0][cell] ?? 0, loose[1][cell] ?? 0];
    const isPoint = rows.every((n, side) => n === 0 || points[side]?.has(cell) === true);
    if (!isPoint || atoms.has(cell)) continue;
    put(cell, rows);
    loose[0][cell] = 0;
    loose[1][cell] = 0;
  }
  return { loose, atoms };
}
