import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { studentQuantile, studentTail } from '../../stats/beta.js';
import { cramersV, gGoodnessOfFit, gHomogeneity, homogeneity } from '../../stats/chi2.js';
import { tally } from '../../stats/ks.js';
import { kolmogorovFiniteTail } from '../../stats/kolmogorov.js';
import { ksStatistic } from '../../stats/ks.js';
import { sampleOf } from '../../stats/tally.js';
import { meanShift, shareShift } from '../../stats/two-sample.js';
import { chances, draw } from './chance.js';
import { expectClose } from './close.js';

const sample = (values: number[]) => sampleOf(tally(values));

describe('the shift of a mean', () => {
  // scipy.stats.ttest_ind, equal_var False with its interval, then True
  test.each([
    {
      a: [1, 2, 3, 4, 5.5],
      b: [2, 3, 4, 9, 7, 1.5],
      welch: [-0.9121526171720015, 8.232847576069156, 0.38761787743288406],
      interval: [-4.629002875300253, 1.9956695419669188],
      student: [-0.8685398440311363, 0.4076625036046841],
    },
    {
      a: [1, 1, 2, 2],
      b: [5, 6, 7],
      welch: [-6.971370023173351, 2.9999999999999996, 0.006056848795908397],
      interval: [-6.5542602567605215, -2.445739743239479],
      student: [-7.606388292556649, 0.000623981264509191],
    },
  ])('of $a and $b is scipy’s', ({ a, b, welch, interval, student }) => {
    const found = meanShift(sample(a), sample(b));
    [found.t, found.df, found.pValue].forEach((x, k) => expectClose(x, welch[k] ?? NaN, 1e-10));
    [found.low, found.high].forEach((x, k) => expectClose(x, interval[k] ?? NaN, 1e-10));
    const equal = meanShift(sample(a), sample(b), { variances: 'equal' });
    [equal.t, equal.pValue].forEach((x, k) => expectClose(x, student[k] ?? NaN, 1e-10));
  });

  test('in standard deviations of the reference: two of them', () => {
    // reference 0, 2, 4: mean 2, sd 2
    expect(meanShift(sample([5, 6, 7]), sample([0, 2, 4])).scaled).toBe(2);
  });

  test('constants are equal or infinitely apart; one row says nothing', () => {
    expect(meanShift(sample([3, 3]), sample([3, 3, 3]))).toMatchObject({ t: 0, pValue: 1 });
    expect(meanShift(sample([4, 4]), sample([3, 3, 3]))).toMatchObject({
      t: Infinity,
      pValue: 0,
      low: 1,
      high: 1,
    });
    expect(meanShift(sample([4]), sample([3, 5, 3])).pValue).toBeNaN();
  });

  // scipy.stats.t.isf
  test.each([
    [0.025, 1, 12.706204736174705],
    [0.025, 3.7, 2.8675207071911903],
    [0.025, 1e5, 1.95998770753461],
    [0.005, 29, 2.7563859036706053],
    [0.3, 1, 0.7265425280053609],
    [0.3, 29, 0.530214395709161],
  ])('the point exceeded with probability %d at %d degrees', (p, df, wanted) => {
    expectClose(studentQuantile(p, df), wanted, 1e-10);
    expectClose(studentTail(studentQuantile(p, df), df), p, 1e-10);
  });
});

describe('the shift of a share', () => {
  test('of 60 of 100 and 45 of 100 is the z written out', () => {
    const found = shareShift({ hits: 60, n: 100 }, { hits: 45, n: 100 });
    const pooled = 105 / 200;
    expectClose(found.z, 0.15 / Math.sqrt(pooled * (1 - pooled) * 0.02));
    expectClose(found.difference, 0.15);
    expect(found.low).toBeLessThan(0.15);
    expect(found.high).toBeGreaterThan(0.15);
  });
  test('its z squared is the chi-square of the four counts', () => {
    const hits = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(hits, hits, (a, b) => {
        const { z, pValue } = shareShift({ hits: a, n: 100 }, { hits: b, n: 150 });
        const table = homogeneity([a, 100 - a], [b, 150 - b]);
        expect(z * z).toBeCloseTo(table.statistic, 9);
        expect(pValue).toBeCloseTo(table.pValue, 9);
      }),
    );
  });
  test('all or nothing on both sides is no shift', () => {
    expect(shareShift({ hits: 9, n: 9 }, { hits: 4, n: 4 })).toMatchObject({ z: 0, pValue: 1 });
  });
});

describe('two rows of counts', () => {
  // scipy.stats.chi2_contingency: Pearson, G, the same with Yates; contingency.association
  test.each([
    {
      a: [10, 20, 30],
      b: [15, 15, 40],
      plain: [2.3877551020408165, 2.3869904273272278],
      yates: [2.3877551020408165, 2.3869904273272278],
      v: 0.1355261854357877,
    },
    {
      a: [3, 9],
      b: [12, 4],
      plain: [6.8923076923076945, 7.182495144091897],
      yates: [5.02863247863248, 5.173808479542505],
      v: 0.49613893835683387,
    },
    {
      a: [50, 50],
      b: [51, 49],
      plain: [0.020002000200020003, 0.020002333746768408],
      yates: [0, 0],
      v: 0.010000500037503125,
    },
    {
      a: [5, 0, 9, 1],
      b: [50, 3, 70, 2],
      plain: [2.1539342795039, 1.977497842951371],
      yates: [2.1539342795039, 1.977497842951371],
      v: 0.12403727203384991,
    },
  ])('$a and $b: as scipy has them', ({ a, b, plain, yates, v }) => {
    expectClose(homogeneity(a, b).statistic, plain[0] ?? NaN, 1e-10);
    expectClose(gHomogeneity(a, b).statistic, plain[1] ?? NaN, 1e-10);
    expectClose(homogeneity(a, b, 'yates').statistic, yates[0] ?? NaN, 1e-10);
    expectClose(gHomogeneity(a, b, 'yates').statistic, yates[1] ?? NaN, 1e-10);
    expectClose(cramersV(a, b), v, 1e-10);
  });

  test('bins that are empty on both sides change nothing', () => {
    expect(homogeneity([3, 0, 9], [12, 0, 4])).toEqual(homogeneity([3, 9], [12, 4]));
    expect(gHomogeneity([3, 0, 9], [12, 0, 4])).toEqual(gHomogeneity([3, 9], [12, 4]));
    expect(cramersV([3, 0, 9], [12, 0, 4], { bias: 'corrected' })).toBe(
      cramersV([3, 9], [12, 4], { bias: 'corrected' }),
    );
  });

  test('V is 1 for rows without a value in common, 0 for one shape, and 0 without rows', () => {
    expect(cramersV([7, 0], [0, 3])).toBe(1);
    expect(cramersV([10, 20], [100, 200])).toBeCloseTo(0, 12);
    expect(cramersV([0, 0], [100, 200])).toBe(0);
    expect(cramersV([5], [9], { bias: 'corrected' })).toBe(0);
  });

  test('V does not depend on the sizes, the corrected one is never larger, both are symmetric', () => {
    const row = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(row, row, (a, b) => {
        const times = (list: readonly number[]) => list.map((n) => 7 * n);
        expect(cramersV(times(a), times(b))).toBeCloseTo(cramersV(a, b), 10);
        expect(cramersV(a, b, { bias: 'corrected' })).toBeLessThanOrEqual(cramersV(a, b) + 1e-12);
        expect(cramersV(a, b)).toBeCloseTo(cramersV(b, a), 12);
        expect(gHomogeneity(a, b).statistic).toBeCloseTo(gHomogeneity(b, a).statistic, 9);
      }),
    );
  });

  test('rows where none were expected are infinitely unlikely under G', () => {
    expect(gGoodnessOfFit([1, 2], [3, 0])).toMatchObject({ statistic: Infinity, pValue: 0 });
  });

  test('without a change the p-values are uniform', () => {
    const next = chances(21);
    const share = [0.1, 0.2, 0.3, 0.4];
    const pairs = Array.from({ length: 400 }, () => [
      draw(next, share, 300),
      draw(next, share, 900),
    ]);
    const even = tally(Array.from({ length: 10_000 }, (_, k) => (k + 0.5) / 10_000));
    for (const ask of [homogeneity, gHomogeneity]) {
      const found = pairs.map(([a = [], b = []]) => ask(a, b).pValue);
      expect(kolmogorovFiniteTail(ksStatistic(tally(found), even), 400)).toBeGreaterThan(0.001);
    }
  });
});

test.each([0, 1e6, 1e9, 1e12, 1e15])('values above %d shift as they do without it', (offset) => {
  // Quarters, which doubles hold exactly up to here.
  const quarters = (seed: number, n: number) => {
    const next = chances(seed);
    return Array.from({ length: n }, () => Math.round(next() * 32) / 4);
  };
  const [a, b] = [quarters(1, 400), quarters(2, 300)];
  const plain = meanShift(sample(a), sample(b));
  const raised = (values: number[]) => sample(values.map((value) => value + offset));
  const found = meanShift(raised(a), raised(b));
  expectClose(found.scaled, plain.scaled, 1e-12);
  expectClose(found.pValue, plain.pValue, 1e-10);
});
