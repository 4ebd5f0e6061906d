import type { Counts } from '../profile.js';
import { size } from '../profile.js';

/** Counts of one column, by one key, added up: `n` and what else all of them sum. */
export function poolCounts(parts: readonly Counts[]): Counts {
  const filled = parts.filter((part) => size(part) > 0);
  const [first] = filled;
  if (first === undefined) return { by: {}, sums: { n: new Float64Array() } };
  const name = Object.keys(first.by)[0] ?? '';
  const measures = Object.keys(first.sums).filter((measure) =>
    filled.every((part) => part.sums[measure] !== undefined),
  );
  const cells = new Map<string | number, Float64Array>();
  for (const { by, sums } of filled) {
    const keys = by[name] ?? [];
    const values = measures.map((measure) => sums[measure] ?? []);
    for (let row = 0; row < keys.length; row++) {
      const key = keys[row] ?? '';
      let cell = cells.get(key);
      if (cell === undefined) cells.set(key, (cell = new Float64Array(measures.length)));
      for (let at = 0; at < values.length; at++)
        cell[at] = (cell[at] ?? 0) + (values[at]?.[row] ?? 0);
    }
  }
  const keys = [...cells.keys()];
  const list = [...cells.values()];
  const sums = measures.map((measure, place) => {
    return [measure, Float64Array.from(list, (cell) => cell[place] ?? 0)] as const;
  });
  const by =
    first.by[name] instanceof Int32Array ? Int32Array.from(keys, Number) : keys.map(String);
  return { by: { [name]: by }, sums: Object.fromEntries(sums) };
}
