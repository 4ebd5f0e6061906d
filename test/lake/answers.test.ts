import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FINE_BINS } from '../../domain/profile.js';
import type { Axis, Counts } from '../../domain/profile.js';
import { answersOf } from '../../lake/answers.js';

const cell = fc.record({
  score: fc.oneof(fc.integer({ min: -4, max: FINE_BINS + 1 }), fc.constant(17)),
  version: fc.constantFrom('', 'v1', 'v2'),
  label: fc.constantFrom('', '0', '1'),
  n: fc.integer({ min: 0, max: 1000 }),
});

function countsOf(cells: readonly { score: number; version: string; label: string; n: number }[]) {
  return {
    by: {
      score: Int32Array.from(cells, ({ score }) => score),
      version: cells.map(({ version }) => version),
      label: cells.map(({ label }) => label),
    },
    sums: { n: Float64Array.from(cells, ({ n }) => n), scores: new Float64Array(cells.length) },
  };
}

/** Rows of a version in the cells that `isIn`. */
function rowsOf({ by, sums }: Counts, version: string, isIn: (bin: number) => boolean): number {
  const own = Array.from(by['score'] ?? [], Number).map((bin, row) =>
    by['version']?.[row] === version && isIn(bin) ? (sums['n']?.[row] ?? 0) : 0,
  );
  return own.reduce((sum, n) => sum + n, 0);
}

const scoreAxis = (edges: number[]): Axis => ({
  ...{ kind: 'numeric', low: 0, inverseWidth: 1, atoms: [], edges, known: [] },
  ...{ min: 0, max: 1, type: 'DOUBLE', distinct: 1 },
});

test('between the edges that cut what is kept are as many rows as before, version by version', () => {
  const ends = fc.uniqueArray(fc.integer({ min: 1, max: FINE_BINS - 1 }), { maxLength: 9 });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 60 }), fc.option(ends), (cells, own) => {
      const edges = own?.sort((a, b) => a - b) ?? [16, 32, 2048, 4080];
      const counts = countsOf(cells);
      const axis = own === null ? undefined : scoreAxis([0, ...edges, FINE_BINS]);
      const kept = answersOf(counts, axis);
      const cuts = [-Infinity, 0, ...edges, FINE_BINS, Infinity];
      for (const version of ['', 'v1', 'v2']) {
        for (let place = 1; place < cuts.length; place++) {
          const isIn = (bin: number) => bin >= (cuts[place - 1] ?? 0) && bin < (cuts[place] ?? 0);
          expect(kept && rowsOf(kept, version, isIn)).toBe(rowsOf(counts, version, isIn));
        }
      }
    }),
  );
});

test.each([
  [2, ['score', 'version', 'label'], 8],
  [21, ['score', 'version'], 16],
])('of %i classes of labels %j are kept, and 16 cells of the scores are one', (most, keys, n) => {
  const every = Array.from({ length: FINE_BINS }, (_, score) => ({ score, version: '', n: 1 }));
  const counts = countsOf(every.map((one) => ({ ...one, label: String(one.score % most) })));
  const kept = answersOf(counts, undefined);
  expect(Object.keys(kept?.by ?? {})).toEqual(keys);
  expect(kept?.sums['n']).toEqual(new Float64Array(FINE_BINS / n).fill(n));
});

test('of classes the class is kept; without either nothing is', () => {
  const sums = { n: Float64Array.of(3, 4, 5) };
  const by = { predicted: ['a', 'b', 'a'], label: ['', '', ''] };
  expect(answersOf({ by, sums }, undefined)).toEqual({
    by: { predicted: ['a', 'b'], label: ['', ''] },
    sums: { n: Float64Array.of(8, 4) },
  });
  expect(answersOf({ by: { label: ['', '', 'a'] }, sums }, undefined)).toBeNull();
  expect(answersOf(null, undefined)).toBeNull();
});
