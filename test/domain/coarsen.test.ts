import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coarsen } from '../../domain/judging/coarsen.js';
import { coarseBins } from '../../domain/judging/distribution.js';
import { momentsOf } from '../../domain/judging/moments.js';
import { tailGroup } from '../../domain/judging/tail.js';
import { addCounts } from '../../domain/adding.js';
import { CATEGORY, size, total } from '../../domain/profile.js';
import { axisOf, binned } from '../checks/evidence.js';
import type { Value } from '../checks/evidence.js';

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.double({ min: -5, max: 5, noNaN: true }),
  fc.constantFrom(0, 1, null, NaN, Infinity, -7, 9),
);
const column = fc.array(value, { minLength: 1, maxLength: 80 });
const reference = column.map((values) => [...values, -1, 0.5, 2]);

test('coarse counts of numbers give the same bins, mean and deviation, on few cells', () => {
  fc.assert(
    fc.property(reference, column, (before, now) => {
      const axis = { ...axisOf(before), atoms: [0, 1] };
      const [fine, other] = [binned(axis, now), binned(axis, before)];
      const coarse = coarsen(axis, fine);
      expect(coarseBins(axis, coarse, coarsen(axis, other))).toEqual(coarseBins(axis, fine, other));
      expect(coarseBins(axis, coarse, other)).toEqual(coarseBins(axis, fine, other));
      expect(size(coarse)).toBeLessThanOrEqual(axis.edges.length + axis.atoms.length + 5);
      const [mine, whole] = [momentsOf(axis, coarse), momentsOf(axis, fine)];
      expect(mine?.n).toBe(whole?.n);
      expect(mine?.mean ?? 0).toBeCloseTo(whole?.mean ?? 0, 9);
      // Of squares as large as the axis is wide only so many digits are left.
      const variances = [mine, whole].map((one) => (one?.sd ?? 0) ** 2);
      expect(variances[0]).toBeCloseTo(variances[1] ?? NaN, 9);
    }),
  );
});

test('coarse counts of categories give the same bins', () => {
  const known = Array.from({ length: 80 }, (_, index) => `k${String(index)}`);
  const before = known.flatMap((name, index) => Array.from({ length: 200 - index }, () => name));
  const axis = axisOf(before, { known });
  const now = ['k0', 'k3', 'k3', 'k70', 'k71', 'new', 'newer', null];
  const [fine, other] = [binned(axis, now), binned(axis, before)];
  const wanted = coarseBins(axis, fine, other);
  expect(coarseBins(axis, coarsen(axis, fine), coarsen(axis, other))).toEqual(wanted);
  expect(wanted.find(({ kind }) => kind === 'unseen')?.current).toBe(2);
  // k50 to k79 are 32 % of the rows: three groups, by chance and not by their frequency
  const rare = wanted.filter(({ label }) => label.includes('rare values'));
  expect(rare).toHaveLength(3);
  expect(rare.reduce((sum, { current }) => sum + current, 0)).toBe(2);
  expect(rare.map(({ label }) => label).join()).toMatch(
    /^\d+ rare values \(k\d+, k\d+, …\),\d+ rare .*,\d+ rare/,
  );
  // one key for all of them, as coarse counts once had, cannot be parted
  const one = { by: { value: ['k0', CATEGORY.known] }, sums: { n: Float64Array.of(300, 100) } };
  const bins = coarseBins(axis, one, one).map(({ label, current }) => [label, current]);
  expect(bins).toEqual([
    ['k0', 300],
    ['other known values', 100],
  ]);
});

test('rare categories are grouped by chance: as evenly as dice, and alike for ever', () => {
  const groups = Array.from({ length: 10_000 }, (_, index) => tailGroup(`v${String(index)}`, 10));
  const sizes = Array.from({ length: 10 }, (_, group) => groups.filter((g) => g === group).length);
  // chi-square of 9 degrees of freedom: 27.9 is passed once in 1,000
  expect(sizes.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(27.9);
  // stored counts hold these: another hash would make every older window look as if it had moved
  expect(['Lyon', 'Nice', '10115', ''].map((value) => tailGroup(value, 10))).toEqual([7, 5, 2, 6]);
});

test('coarsening and adding come out the same in either order, and once is enough', () => {
  fc.assert(
    fc.property(reference, column, column, (before, one, two) => {
      const axis = axisOf(before);
      const [a, b] = [binned(axis, one), binned(axis, two)];
      const late = coarsen(axis, addCounts([a, b]));
      const early = addCounts([coarsen(axis, a), coarsen(axis, b)]);
      const bins = (counts: typeof a) => coarseBins(axis, counts, counts);
      expect(bins(early)).toEqual(bins(late));
      expect(total(early, 'n')).toBe(one.length + two.length);
      expect(coarsen(axis, coarsen(axis, a))).toEqual(coarsen(axis, a));
    }),
  );
});
