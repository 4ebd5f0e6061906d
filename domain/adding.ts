import { byColumn, size } from './profile.js';
import type { Counts, Profile } from './profile.js';

type Keys = Counts['by'];

/** The cells of some counts as numbers, the same one for equal keys; new ones come last. */
interface Cells {
  /** Cell of each row, part by part. */
  places: readonly Int32Array[];
  /** Of each cell the first row that lies in it. */
  firsts: readonly { part: number; row: number }[];
}

/**
 * Adds profiles of one grid: cells with equal keys are summed; the only merge there is. Cells are
 * in the order in which they come, and each is summed in the order of the parts. Sums that not all
 * parts have are left out.
 */
export function addCounts(parts: readonly Counts[]): Counts {
  const [first] = parts;
  if (first === undefined) return { by: {}, sums: { n: new Float64Array() } };
  const names = Object.keys(first.by);
  const { places, firsts } = cellsOf(parts, names);
  // A sum that only some of them have is a sum of nothing.
  const filled = parts.filter((part) => size(part) > 0);
  const known = Object.keys(first.sums).filter((name) => filled.every((one) => name in one.sums));
  const sums = known.map((name) => {
    const added = new Float64Array(firsts.length);
    parts.forEach((part, index) => {
      addTo(added, part.sums[name], places[index] ?? new Int32Array());
    });
    return [name, added] as const;
  });
  const by = names.map((name) => {
    const keys = firsts.map(({ part, row }) => parts[part]?.by[name]?.[row] ?? '');
    const isNumeric = first.by[name] instanceof Int32Array;
    return [name, isNumeric ? Int32Array.from(keys, Number) : keys.map(String)] as const;
  });
  return { by: Object.fromEntries(by), sums: Object.fromEntries(sums) };
}

/** Windows of one grid as one: counts are added, types are the newest's; null without any. */
export function poolProfiles(profiles: readonly Profile[]): Profile | null {
  const [first, last] = [profiles[0], profiles.at(-1)];
  if (first === undefined || last === undefined) return null;
  const names = new Set(profiles.flatMap(({ columns }) => Object.keys(columns)));
  const columns = [...names].map((name) => {
    const parts = profiles.flatMap((profile) => profile.columns[name] ?? []);
    return [name, addCounts(parts)] as const;
  });
  const outcomes = profiles.flatMap((profile): Counts[] =>
    profile.outcomes === null ? [] : [profile.outcomes],
  );
  return {
    ...last,
    window: { ...first.window, end: last.window.end },
    rows: profiles.reduce((sum, { rows }) => sum + rows, 0),
    columns: byColumn(columns),
    outcomes: outcomes.length === 0 ? null : addCounts(outcomes),
    asked: {},
  };
}

/** Some of the cells of counts, in the order given. */
export function cellsAt({ by, sums }: Counts, cells: readonly number[]): Counts {
  const keys = Object.entries(by).map(([name, all]) => [
    name,
    all instanceof Int32Array
      ? Int32Array.from(cells, (cell) => all[cell] ?? 0)
      : cells.map((cell) => all[cell] ?? ''),
  ]);
  const values = Object.entries(sums).map(([name, all]) => [
    name,
    Float64Array.from(cells, (cell) => all[cell] ?? 0),
  ]);
  return {
    by: Object.fromEntries(keys) as Counts['by'],
    sums: Object.fromEntries(values) as Counts['sums'],
  };
}

function addTo(added: Float64Array, values: Float64Array | undefined, places: Int32Array): void {
  if (values === undefined) return;
  for (let row = 0; row < places.length; row++) {
    const place = places[row] ?? 0;
    added[place] = (added[place] ?? 0) + (values[row] ?? 0);
  }
}

function cellsOf(parts: readonly Counts[], names: readonly string[]): Cells {
  const firsts: { part: number; row: number }[] = [];
  const numbers = names.map((_, index) => numberer(index));
  const places = parts.map((counts, part) => {
    const own = new Int32Array(size(counts));
    names.forEach((name, index) => numbers[index]?.(own, counts.by[name]));
    own.forEach((place, row) => {
      if (place === firsts.length) firsts.push({ part, row });
    });
    return own;
  });
  return { places, firsts };
}

/** More than there are cells in a profile; the square of it is still a whole number. */
const MOST = 2 ** 26;

/**
 * Numbers the pairs of the number that a row has already, which is 0 before the first key, and one
 * more key: part after part.
 */
function numberer(index: number): (places: Int32Array, keys: Keys[string] | undefined) => void {
  const numbers = new Map<string | number, number>();
  const pairs = new Map<number, number>();
  return (places, keys) => {
    for (let row = 0; row < places.length; row++) {
      const key = keys?.[row] ?? '';
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = numbers.size));
      if (index === 0) {
        places[row] = number;
        continue;
      }
      const pair = (places[row] ?? 0) * MOST + number;
      let place = pairs.get(pair);
      if (place === undefined) pairs.set(pair, (place = pairs.size));
      places[row] = place;
    }
  };
}
