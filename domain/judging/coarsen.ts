import { MOST_CATEGORIES } from './categories.js';
import { isValue, TAIL_GROUPS, tailGroup, tailKey } from './tail.js';
import { BIN, byColumn, CATEGORY, FINE_BINS, size } from '../profile.js';
import type { Axis, Counts, Grid, Profile } from '../profile.js';

/**
 * The same rows on few cells: those of a coarse bin lie in its first fine cell, rare known
 * categories are ten groups, and unknown ones another. What is computed from coarse bins, means and
 * variances comes out as from the fine counts; quantiles do not. Coarse counts stay as they are.
 */
export function coarsen(axis: Axis, counts: Counts): Counts {
  if (axis.kind === 'opaque') return counts;
  return axis.kind === 'numeric' && counts.by['bin'] instanceof Int32Array
    ? coarseNumbers(axis, counts.by['bin'], counts)
    : axis.kind === 'categorical'
      ? coarseCategories(axis, counts)
      : counts;
}

/** All columns of a profile, coarse; without those that the grid does not know. */
export function coarseColumns(grid: Grid, columns: Profile['columns']): Profile['columns'] {
  return byColumn(
    Object.entries(columns).flatMap(([column, counts]) => {
      const axis = grid.axes[column];
      return axis === undefined ? [] : [[column, coarsen(axis, counts)]];
    }),
  );
}

function coarseNumbers(axis: Axis, bins: Int32Array, counts: Counts): Counts {
  const edges = [0, ...axis.edges.filter((edge) => edge > 0 && edge < FINE_BINS)];
  const home = (bin: number): number => {
    if (bin < 0 || bin >= FINE_BINS) return bin;
    let [low, high] = [0, edges.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((edges[middle] ?? 0) <= bin) low = middle;
      else high = middle - 1;
    }
    return edges[low] ?? 0;
  };
  const { keys, sums } = gather(counts, (row) => home(bins[row] ?? BIN.missing));
  return { by: { bin: Int32Array.from(keys) }, sums };
}

function coarseCategories(axis: Axis, counts: Counts): Counts {
  const named = new Set(axis.known.slice(0, MOST_CATEGORIES));
  const known = new Set(axis.known);
  const { keys, sums } = gather(counts, (row) => {
    const value = String(counts.by['value']?.[row] ?? CATEGORY.missing);
    if (named.has(value) || !isValue(value)) return value;
    if (!known.has(value)) return CATEGORY.unseen;
    return axis.tail === true ? CATEGORY.known : tailKey(tailGroup(value, TAIL_GROUPS));
  });
  return { by: { value: keys }, sums };
}

/** Adds up the rows that have one key; keys in order of their first row. */
function gather<K extends number | string>(
  counts: Counts,
  keyOf: (row: number) => K,
): { keys: K[]; sums: Counts['sums'] } {
  const places = new Map<K, number>();
  const place = Array.from({ length: size(counts) }, (_, row) => {
    const key = keyOf(row);
    const at = places.get(key) ?? places.size;
    places.set(key, at);
    return at;
  });
  const sums = Object.entries(counts.sums).map(([name, values]) => {
    const added = new Float64Array(places.size);
    place.forEach((at, row) => (added[at] = (added[at] ?? 0) + (values[row] ?? 0)));
    return [name, added] as const;
  });
  return { keys: [...places.keys()], sums: Object.fromEntries(sums) };
}
