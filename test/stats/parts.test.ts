import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kolmogorovFiniteTail } from '../../stats/kolmogorov.js';
import { ksStatistic, tally } from '../../stats/ks.js';
import { addUp, leaveOneOut, partTest, predictiveTail } from '../../stats/parts.js';
import { estimatePsi, psi } from '../../stats/psi.js';
import { joinBins, joinThin } from '../../stats/thin-bins.js';
import { needsShared, sharedJson, sharedMissing } from '../support/shared-data.js';
import { chances, draw } from './chance.js';
import { expectClose } from './close.js';

const { whT } = sharedJson<{ whT: [number[], number, number][] }>('golden/stat-vectors.json', {
  whT: [[[], NaN, NaN]],
});

/** P(D >= d) of the distance between a list of p-values and the uniform distribution. */
function uniform(pValues: readonly number[]): number {
  const even = tally(Array.from({ length: 10_000 }, (_, k) => (k + 0.5) / 10_000));
  return kolmogorovFiniteTail(ksStatistic(tally(pValues), even), pValues.length);
}

describe('a new part among the parts of a whole', () => {
  test.skipIf(sharedMissing !== null).each(whT)(
    needsShared('cube roots of %j, new %d: the p-value of the vectors'),
    (earlier, now, wanted) => {
      const { pValue } = predictiveTail(earlier.map(Math.cbrt), Math.cbrt(now));
      expectClose(pValue, wanted, 1e-9);
    },
  );

  test('each part is compared with the sum of the others', () => {
    const parts = [
      [10, 20],
      [30, 10],
      [25, 25],
    ];
    const { t, psi: values, sizes } = leaveOneOut(parts);
    expect(sizes).toEqual([30, 40, 50]);
    // the first against 55 and 35
    expectClose(values[0] ?? NaN, psi([10, 20], [55, 35]));
    expectClose(t[0] ?? NaN, psi([10, 20], [55, 35]) / (1 / 30 + 1 / 90));
  });

  test('with groups, a part meets its own kind only, and lonely or empty ones are left out', () => {
    const parts = [
      [10, 20],
      [90, 1],
      [12, 22],
      [95, 3],
      [7, 7],
      [0, 0],
    ];
    const found = leaveOneOut(parts, ['mon', 'sun', 'mon', 'sun', 'tue', 'mon']);
    expect(found.sizes).toEqual([30, 91, 34, 98]);
    expectClose(found.psi[3] ?? NaN, psi([95, 3], [90, 1]));
  });

  test('the larger of the two p-values stands', () => {
    const parts = Array.from({ length: 20 }, (_, k) => [100 + k, 100 - k, 100]);
    const whole = addUp(parts);
    expect(whole).toEqual([2190, 1810, 2000]);
    const spread = leaveOneOut(parts);
    for (const current of [
      [110, 90, 100],
      [200, 50, 50],
      [109, 91, 100],
    ]) {
      const found = partTest({ current, reference: whole, spread });
      expect(found.pValue).toBe(Math.max(found.pParts, found.pChi2));
      expect(found.parts).toBe(20);
      expect(found.scale).toBe('t');
    }
  });

  test('a current of another size is placed on both scales, and the larger p stands', () => {
    const next = chances(3);
    const [early, late] = [
      [0.5, 0.3, 0.2],
      [0.6, 0.25, 0.15],
    ];
    // the parts differ among each other, so T grows with their size and PSI does not
    const parts = Array.from({ length: 30 }, (_, k) => draw(next, k % 2 === 0 ? early : late, 500));
    const spread = leaveOneOut(parts);
    const reference = addUp(parts);
    const found = partTest({ current: draw(next, late, 20_000), reference, spread });
    const byT = predictiveTail(spread.t.map(Math.cbrt), Math.cbrt(found.t));
    const byPsi = predictiveTail(spread.psi.map(Math.cbrt), Math.cbrt(found.psi));
    expect(found.scale).toBe('psi');
    expect(byT.pValue).toBeLessThan(1e-3);
    expect(found.pParts).toBe(byPsi.pValue);
    expect(found.pParts).toBeGreaterThan(0.01);
  });

  test('fewer than two parts give no answer; equal ones an all-or-nothing answer', () => {
    expect(predictiveTail([1], 2).pValue).toBeNaN();
    expect(predictiveTail([2, 2, 2], 2)).toEqual({ z: 0, pValue: 0.5 });
    expect(predictiveTail([2, 2, 2], 3)).toEqual({ z: Infinity, pValue: 0 });
  });
});

describe('p-values without any change', () => {
  const share = [0.05, 0.1, 0.15, 0.2, 0.2, 0.15, 0.1, 0.05];

  test('among parts they are uniform, and their maximum with chi-square errs to the safe side', () => {
    const next = chances(11);
    const found = Array.from({ length: 400 }, () => {
      const parts = Array.from({ length: 28 }, () => draw(next, share, 150));
      const reference = addUp(parts);
      return partTest({
        current: draw(next, share, 150),
        reference,
        spread: leaveOneOut(parts),
      });
    });
    expect(uniform(found.map(({ pParts }) => pParts))).toBeGreaterThan(0.001);
    expect(uniform(found.map(({ pChi2 }) => pChi2))).toBeGreaterThan(0.001);
    const below = (level: number) =>
      found.filter(({ pValue }) => pValue <= level).length / found.length;
    // 0.05 plus three binomial standard deviations
    expect(below(0.05)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
  });

  test('parts that differ from day to day are no change, where chi-square alone cries out', () => {
    const next = chances(12);
    const day = (): number[] => {
      const tilt = 0.1 * (next() - 0.5);
      return draw(next, [0.25 + tilt, 0.25 + tilt / 2, 0.25 - tilt / 2, 0.25 - tilt], 3000);
    };
    const found = Array.from({ length: 120 }, () => {
      const parts = Array.from({ length: 28 }, day);
      const reference = addUp(parts);
      return partTest({ current: day(), reference, spread: leaveOneOut(parts) });
    });
    const rate = (p: (one: (typeof found)[0]) => number) =>
      found.filter((one) => p(one) < 0.05).length / found.length;
    expect(rate(({ pChi2 }) => pChi2)).toBeGreaterThan(0.4);
    expect(rate(({ pValue }) => pValue)).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 120));
  });

  test('psi within its tolerance is rejected no more often than said', () => {
    const next = chances(13);
    const pValues = Array.from({ length: 400 }, () => {
      const found = estimatePsi(draw(next, share, 800), draw(next, share, 4000), 0);
      return found.pValue;
    });
    expect(uniform(pValues)).toBeGreaterThan(0.001);
  });
});

describe('joining thin bins', () => {
  test('nothing is joined where four bins of five expect five rows', () => {
    expect(joinThin([9, 1, 7, 5, 12], 'ordered')).toEqual([[0], [1], [2], [3], [4]]);
  });
  test('neighbours of an ordered row are joined until they expect five', () => {
    expect(joinThin([2, 4, 9, 1, 3, 1, 2], 'ordered')).toEqual([[0, 1], [2], [3, 4, 5, 6]]);
    expect(joinThin([2, 4, 9, 1], 'ordered')).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(joinThin([1, 1, 1], 'ordered')).toEqual([[0, 1, 2]]);
  });
  test('thin bins without an order become one', () => {
    expect(joinThin([9, 1, 8, 2, 3], 'unordered')).toEqual([[0], [1, 3, 4], [2]]);
  });
  test('no row is lost and no bin is in two groups; joined bins are thick where rows allow', () => {
    const rows = fc.array(fc.nat(20), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(rows, (expected) => {
        for (const order of ['ordered', 'unordered'] as const) {
          const groups = joinThin(expected, order);
          expect(groups.flat().sort((a, b) => a - b)).toEqual(expected.map((_, k) => k));
          const sum = (list: readonly number[]) => list.reduce((all, n) => all + n, 0);
          expect(sum(joinBins(expected, groups))).toBe(sum(expected));
          const thin = joinBins(expected, groups).filter((n) => n < 5).length;
          if (order === 'ordered' && sum(expected) >= 5) {
            expect(thin).toBeLessThanOrEqual(0.2 * groups.length);
          }
        }
      }),
    );
  });
});
