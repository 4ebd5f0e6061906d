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
  for (const part of filled) {
    for (let row = 0; row < size(part); row++) {
      const key = part.by[name]?.[row] ?? '';
      const cell = cells.get(key) ?? new Float64Array(measures.length);
      measures.forEach((measure, place) => {
        cell[place] = (cell[place] ?? 0) + (part.sums[measure]?.[row] ?? 0);
      });
      cells.set(key, cell);
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
