import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addCounts } from '../../domain/adding.js';
import type { Counts } from '../../domain/profile.js';

const numeric = (bin: number[], n: number[], sum: number[]): Counts => ({
  by: { bin: Int32Array.from(bin) },
  sums: { n: Float64Array.from(n), sum: Float64Array.from(sum) },
});

/** The same cells by the plainest means: a text for each. */
function slowly(parts: readonly Counts[]): Map<string, Record<string, number>> {
  const cells = new Map<string, Record<string, number>>();
  for (const { by, sums } of parts) {
    for (let row = 0; row < (sums['n']?.length ?? 0); row++) {
      const key = JSON.stringify(Object.values(by).map((keys) => keys[row]));
      const cell = cells.get(key) ?? {};
      for (const [name, values] of Object.entries(sums)) {
        cell[name] = (cell[name] ?? 0) + (values[row] ?? 0);
      }
      cells.set(key, cell);
    }
  }
  return cells;
}

const keyed = fc
  .array(
    fc.record({
      score: fc.integer({ min: -2, max: 3 }),
      label: fc.constantFrom('', '1', 'a', 'a,b', '","'),
      version: fc.constantFrom('', 'v1', '1'),
      n: fc.integer({ min: 0, max: 9 }),
      errors: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    { maxLength: 12 },
  )
  .map((rows): Counts => ({
    by: {
      score: Int32Array.from(rows, ({ score }) => score),
      label: rows.map(({ label }) => label),
      version: rows.map(({ version }) => version),
    },
    sums: {
      n: Float64Array.from(rows, ({ n }) => n),
      errors: Float64Array.from(rows, ({ errors }) => errors),
    },
  }));

describe('adding counts', () => {
  test('cells with one key are summed, in the order in which they come', () => {
    const sum = addCounts([numeric([7, -2], [3, 1], [21.5, 0]), numeric([5, 7], [2, 4], [10, 28])]);
    expect(sum).toEqual(numeric([7, -2, 5], [7, 1, 2], [49.5, 0, 10]));
  });

  test('nothing adds up to nothing, and one part to itself', () => {
    expect(addCounts([])).toEqual({ by: {}, sums: { n: new Float64Array() } });
    expect(addCounts([numeric([], [], [])])).toEqual(numeric([], [], []));
    expect(addCounts([numeric([4, 2], [1, 2], [9, 8])])).toEqual(numeric([4, 2], [1, 2], [9, 8]));
  });

  test('counts without a key have one cell', () => {
    const part = (n: number): Counts => ({ by: {}, sums: { n: Float64Array.of(n) } });
    expect(addCounts([part(2), part(3)])).toEqual(part(5));
  });

  test('cells are those that have all keys alike, to the last bit of their sums', () => {
    fc.assert(
      fc.property(fc.array(keyed, { minLength: 1, maxLength: 4 }), (parts) => {
        const sum = addCounts(parts);
        const cells = [...slowly([sum])];
        expect(cells).toEqual([...slowly(parts)]);
        expect(cells).toHaveLength(sum.sums['n']?.length ?? 0);
      }),
    );
  });
});
