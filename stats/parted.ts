import { sortedFinite } from './sorted.js';

/** `count` equal cells from `low` on, `inverseWidth` of them per unit; both sides use the same. */
export interface Cells {
  low: number;
  inverseWidth: number;
  count: number;
}

/** Parts that a cell is cut into: the fewer values share one, the fewer have to be sorted. */
const EACH = 4;
/** Where values stand that are not finite. */
const NOWHERE = 0xffff;
/** So many parts have a number of their own below `NOWHERE`. */
const MOST_PARTS = 0xfff0;

/** Finite values part by part, the parts in ascending order; inside one they are not sorted yet. */
export interface Parted {
  cells: Cells;
  values: Float64Array;
  /** Part p holds values[ends[p - 1] ?? 0 … ends[p]); the first and the last: beyond the cells. */
  ends: Uint32Array;
  /** 1 where the values of a part are sorted. */
  sorted: Uint8Array;
}

/** Memory for parting so many values, to be used again: what it held before is gone then. */
export interface Room {
  places: Uint16Array;
  values: Float64Array;
}

/** Room for so many values. */
export function roomFor(values: number): Room {
  return { places: new Uint16Array(values), values: new Float64Array(values) };
}

/**
 * Parts the finite values by cells in linear time; NaN and the infinities are left out. A value on
 * the edge of two cells is in the even one. `values` stays as it is; `room` is for all of them.
 */
export function partedBy(
  values: Float64Array,
  cells: Cells,
  room: Room = roomFor(values.length),
): Parted {
  const parts = partsIn(cells) + 2;
  const { places } = room;
  const ends = new Uint32Array(parts);
  const n = place(values, cells, { places, ends });
  for (let part = 1, all = ends[0] ?? 0; part < parts; part++) {
    all += ends[part] ?? 0;
    ends[part] = all;
  }
  const by = room.values.subarray(0, n);
  // From the last one on, so that `ends` are where the parts begin, then the ends of those before.
  for (let row = values.length - 1; row >= 0; row--) {
    const part = places[row] ?? 0;
    if (part === NOWHERE) continue;
    const at = (ends[part] ?? 0) - 1;
    ends[part] = at;
    by[at] = values[row] ?? 0;
  }
  ends.copyWithin(0, 1);
  ends[parts - 1] = n;
  return { cells, values: by, ends, sorted: new Uint8Array(parts) };
}

/** Counts the values of every part and notes where each one belongs; how many are finite. */
function place(
  values: Float64Array,
  cells: Cells,
  { places, ends }: { places: Uint16Array; ends: Uint32Array },
): number {
  const { low, inverseWidth } = cells;
  const centre = low + 0.5 / inverseWidth;
  const each = partsOf(cells);
  const [last, even] = [partsIn(cells), 2 * each];
  let n = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    if (value - value !== 0) {
      places[row] = NOWHERE;
      continue;
    }
    const exact = ((value - centre) * inverseWidth + 0.5) * each;
    let part = Math.floor(exact);
    // As ties are rounded: the first value of an odd cell is the last one of the cell before.
    if (part === exact && part % even === each) part--;
    part = part < 0 ? 0 : part >= last ? last + 1 : part + 1;
    places[row] = part;
    ends[part] = (ends[part] ?? 0) + 1;
    n++;
  }
  return n;
}

/** Parts that each cell is cut into. */
export const partsOf = ({ count }: Cells): number => (count * EACH > MOST_PARTS ? 1 : EACH);
const partsIn = (cells: Cells): number => cells.count * partsOf(cells);

/** Where the values of a cell begin and end; cell -1: below all cells, `count`: above them. */
export function cellSpan({ cells, ends, values }: Parted, cell: number): [number, number] {
  const each = partsOf(cells);
  if (cell < 0) return [0, ends[0] ?? 0];
  if (cell >= cells.count) return [ends[partsIn(cells)] ?? 0, values.length];
  return [ends[cell * each] ?? 0, ends[(cell + 1) * each] ?? 0];
}

/** The values of a part, ascending; sorts them when they are asked for first. */
export function ascending(parted: Parted, part: number): Float64Array {
  const { ends, values, sorted } = parted;
  const own = values.subarray(part === 0 ? 0 : ends[part - 1], ends[part]);
  if (sorted[part] === 0) {
    own.set(sortedFinite(own));
    sorted[part] = 1;
  }
  return own;
}

function partAt({ ends }: Parted, rank: number): number {
  let [part, above] = [0, ends.length - 1];
  while (part < above) {
    const middle = (part + above) >> 1;
    if ((ends[middle] ?? 0) > rank) above = middle;
    else part = middle + 1;
  }
  return part;
}

/** The value of a rank, 0 that of the smallest; NaN where there is none. */
export function atRank(parted: Parted, rank: number): number {
  if (rank < 0 || rank >= parted.values.length) return NaN;
  const part = partAt(parted, rank);
  ascending(parted, part);
  return parted.values[rank] ?? NaN;
}

/** True when one value stands in half of the rows or more. */
export function isHalfOnOne(parted: Parted): boolean {
  const { values, ends } = parted;
  const n = values.length;
  // A value with half of the rows holds the one in the middle, or the one before; equal values
  // are in one part.
  return [n >> 1, (n - 1) >> 1].some((middle) => {
    const part = partAt(parted, middle);
    const [from, to] = [part === 0 ? 0 : (ends[part - 1] ?? 0), ends[part] ?? 0];
    if (n === 0 || to - from < n / 2) return false;
    const value = atRank(parted, middle);
    let rows = 0;
    for (let row = from; row < to; row++) if (values[row] === value) rows++;
    return rows >= n / 2;
  });
}
