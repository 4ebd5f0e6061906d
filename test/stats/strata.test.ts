import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stratumCuts } from '../../stats/strata.js';

test('even values have even strata', () => {
  const values = Array.from({ length: 10_001 }, (_, k) => k / 10_000);
  const cuts = stratumCuts(values, 4);
  expect(cuts).toHaveLength(3);
  [0.25, 0.5, 0.75].forEach((wanted, place) => {
    expect(Math.abs((cuts[place] ?? NaN) - wanted)).toBeLessThan(1 / 32);
  });
});

test('the strata of a long tail are those of a distribution twice as wide', () => {
  // quantiles of an exponential: the root of its density is one of twice the mean
  const values = Array.from({ length: 10_000 }, (_, k) => -Math.log(1 - (k + 0.5) / 10_000));
  const end = -Math.log(0.001);
  const wanted = [1, 2, 3, 4].map((k) => -2 * Math.log(1 - (k / 5) * (1 - Math.exp(-end / 2))));
  const cuts = stratumCuts(values, 5);
  expect(cuts).toHaveLength(4);
  cuts.forEach((cut, place) => {
    expect(Math.abs(cut - (wanted[place] ?? NaN))).toBeLessThan(end / 32);
  });
});

test('values that hardly differ have no cuts; an outlier takes none', () => {
  expect(stratumCuts([], 5)).toEqual([]);
  expect(stratumCuts([3, 3, 3], 5)).toEqual([]);
  const neighbours = stratumCuts([1, 1 + Number.EPSILON], 5);
  expect(neighbours).toEqual([...new Set(neighbours)]);
  const values = [...Array.from({ length: 1000 }, (_, k) => k), 1e9];
  expect(stratumCuts(values, 4)).toHaveLength(3);
  expect(Math.max(...stratumCuts(values, 4))).toBeLessThan(1000);
});

test('cuts ascend within the values, fewer than the strata', () => {
  const given = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 200 });
  fc.assert(
    fc.property(given, fc.integer({ min: 1, max: 12 }), (values, strata) => {
      const cuts = stratumCuts(values, strata);
      expect(cuts.length).toBeLessThan(strata);
      expect(cuts).toEqual([...new Set(cuts)].sort((a, b) => a - b));
      for (const cut of cuts) {
        expect(cut).toBeGreaterThanOrEqual(Math.min(...values));
        expect(cut).toBeLessThanOrEqual(Math.max(...values));
      }
    }),
  );
});
