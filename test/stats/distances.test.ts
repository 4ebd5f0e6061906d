import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hellinger,
  jensenShannon,
  jensenShannonDivergence,
  kullbackLeibler,
  lInfinity,
  totalVariation,
} from '../../stats/divergence.js';
import { ksStatistic, tally } from '../../stats/ks.js';
import { ksTail } from '../../stats/ks-tail.js';
import { PLAIN, shares } from '../../stats/psi.js';
import { quantiles, sampleOf } from '../../stats/tally.js';
import { wasserstein, wassersteinBounds } from '../../stats/wasserstein.js';
import { expectClose } from './close.js';

const counts = fc
  .array(fc.nat(1000), { minLength: 5, maxLength: 5 })
  .filter((rows) => rows.some((n) => n > 0));
const share = counts.map((rows) => shares(rows, PLAIN));

describe('distances of shares', () => {
  const [even, slope, gaps] = [
    [0.25, 0.25, 0.25, 0.25],
    [0.1, 0.2, 0.3, 0.4],
    [0.5, 0, 0.5, 0],
  ];
  // scipy.spatial.distance.jensenshannon in base e and 2, scipy.stats.entropy both ways
  test.each([
    [slope, even, 0.16692996572597962, 0.20050332253142814, 0.10644013528622315],
    [slope, gaps, 0.5416211984744145, 0.6505533585613925, Infinity],
    [gaps, even, 0.464501404022459, 0.5579230452841438, 0.6931471805599453],
    [gaps, slope, 0.5416211984744145, 0.6505533585613925, 1.0601317681000455],
  ])('of %j and %j: as scipy has them', (p, q, nats, bits, divergence) => {
    expectClose(jensenShannon(p, q), nats);
    expectClose(jensenShannon(p, q, { base: 2 }), bits);
    expectClose(jensenShannonDivergence(p, q, { base: 2 }), bits ** 2);
    if (divergence === Infinity) expect(kullbackLeibler(p, q)).toBe(Infinity);
    else expectClose(kullbackLeibler(p, q), divergence);
  });

  test('of two bins they are the values written out', () => {
    const [p, q] = [
      [0.8, 0.2],
      [0.5, 0.5],
    ];
    expectClose(totalVariation(p, q), 0.3);
    expectClose(lInfinity(p, q), 0.3);
    expectClose(hellinger(p, q), Math.sqrt(1 - Math.sqrt(0.4) - Math.sqrt(0.1)));
    expectClose(kullbackLeibler(p, q, { base: 2 }), 0.8 * Math.log2(1.6) + 0.2 * Math.log2(0.4));
  });

  test('near 0 Jensen-Shannon keeps its digits: one part in ten million moved', () => {
    // each bin adds (a + b) / 4 · d², d = 1e-7, and next to nothing after that
    const moved = 0.5e-7;
    expectClose(
      jensenShannonDivergence([0.5 + moved, 0.5 - moved], [0.5 - moved, 0.5 + moved]),
      0.5e-14,
      1e-8,
    );
  });

  test('they are 0 for equal shares, symmetric, bounded, and ordered among themselves', () => {
    fc.assert(
      fc.property(share, share, (p, q) => {
        for (const distance of [totalVariation, lInfinity, hellinger, jensenShannon]) {
          expect(distance(p, p)).toBe(0);
          expect(distance(p, q)).toBeCloseTo(distance(q, p), 13);
          expect(distance(p, q)).toBeGreaterThanOrEqual(0);
          expect(distance(p, q)).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(jensenShannonDivergence(p, q)).toBeLessThanOrEqual(Math.LN2 + 1e-12);
        // H² <= TV <= √2 H; L∞ <= TV; Pinsker: KL >= 2 TV²
        const [tv, h] = [totalVariation(p, q), hellinger(p, q)];
        expect(h * h).toBeLessThanOrEqual(tv + 1e-12);
        expect(tv).toBeLessThanOrEqual(Math.SQRT2 * h + 1e-12);
        expect(lInfinity(p, q)).toBeLessThanOrEqual(tv + 1e-12);
        expect(kullbackLeibler(p, q)).toBeGreaterThanOrEqual(2 * tv * tv - 1e-12);
      }),
    );
  });

  test('the order of the bins does not matter', () => {
    const swap = <T>(list: readonly T[]): T[] => [...list.slice(2), ...list.slice(0, 2)];
    fc.assert(
      fc.property(share, share, (p, q) => {
        for (const distance of [totalVariation, lInfinity, hellinger, jensenShannon]) {
          expect(distance(swap(p), swap(q))).toBeCloseTo(distance(p, q), 12);
        }
      }),
    );
  });

  test('joining bins never makes shares look further apart', () => {
    const join = ([a = 0, b = 0, ...rest]: readonly number[]): number[] => [a + b, ...rest];
    fc.assert(
      fc.property(share, share, (p, q) => {
        for (const distance of [totalVariation, hellinger, jensenShannon, kullbackLeibler]) {
          expect(distance(join(p), join(q))).toBeLessThanOrEqual(distance(p, q) + 1e-12);
        }
      }),
    );
  });
});

describe('the tail of the two-sample Kolmogorov-Smirnov statistic', () => {
  // scipy 1.17: the exact p-value and scipy.stats.kstwo.sf
  test.each([
    [5, 7, 3 / 7, 0.5454545454545454, 0.5160349854227406],
    [10, 10, 0.5, 0.16782134274394334, 0.112],
    [100, 100, 0.2, 0.03638428787491733, 0.03143877776953241],
    [100, 60, 0.25, 0.015495653469574721, 0.014040815155443975],
    [100, 60, 0.9, 7.741760416273535e-33, 2.0084707726988227e-38],
    [999, 1000, 0.08, 0.0030461724088391823, 0.0031305058199356268],
    [3000, 500, 0.05, 0.2288061494406322, 0.2261135946612024],
    [3000, 500, 0.3, 1.3803922224456078e-34, 9.743682793851668e-35],
    [8, 4, 0.5, 0.513131313131313, 0.3333333333333333],
    [1000, 1000, 0.5, 5.515494869858024e-114, 4.1132799581816557e-116],
    [30, 30, 1, 1.6911233892144742e-17, 0],
  ])('of %d and %d rows at %d is scipy’s', (n, m, statistic, exact, asymptotic) => {
    expectClose(ksTail(statistic, [n, m]), exact, 1e-9);
    expectClose(ksTail(statistic, [n, m], 'asymptotic'), asymptotic, 1e-9);
  });

  test('of two and two values all apart is the two orders of six that give it', () => {
    // aabb and bbaa of the 6 arrangements
    expectClose(ksTail(1, [2, 2]), 2 / 6);
    // n, m unequal: aab, baa of 3
    expectClose(ksTail(1, [2, 1]), 2 / 3);
  });

  test('half a row rounds to the even one, so that the many-row tail agrees with numpy', () => {
    // 10,001² / 20,002 = 5000.5
    expect(ksTail(0.02, [10_001, 10_001])).toBe(ksTail(0.02, [10_000, 10_000], 'asymptotic'));
  });

  test('falls as the statistic grows, is 1 at 0 and undefined without rows', () => {
    expect(ksTail(0, [20, 30])).toBe(1);
    expect(ksTail(0.5, [0, 30])).toBeNaN();
    let before = 1;
    for (let step = 1; step <= 60; step++) {
      const tail = ksTail(step / 60, [20, 30]);
      expect(tail).toBeLessThanOrEqual(before);
      expect(tail).toBeGreaterThanOrEqual(0);
      before = tail;
    }
  });
});

describe('Wasserstein', () => {
  // scipy.stats.wasserstein_distance
  test.each([
    [[1, 2, 3, 4.5], [2, 2, 2, 9, 11], 2.775],
    [[0, 0, 1], [0, 1, 1], 1 / 3],
  ])('of %j and %j is scipy’s', (a, b, wanted) => {
    expectClose(wasserstein(tally(a), tally(b)), wanted);
  });

  const column = fc.array(fc.oneof(fc.double({ min: -5, max: 9, noNaN: true }), fc.constant(2.5)), {
    minLength: 1,
    maxLength: 40,
  });

  test('a shift by c is c; an empty side has no distance', () => {
    fc.assert(
      fc.property(column, fc.double({ min: -3, max: 3, noNaN: true }), (a, c) => {
        const distance = wasserstein(tally(a), tally(a.map((x) => x + c)));
        expect(distance).toBeCloseTo(Math.abs(c), 10);
      }),
    );
    expect(wasserstein(tally([]), tally([1]))).toBeNaN();
  });

  test('is symmetric, keeps the triangle, and is at least the difference of the means', () => {
    fc.assert(
      fc.property(column, column, column, (a, b, c) => {
        const [ta, tb, tc] = [tally(a), tally(b), tally(c)];
        const ab = wasserstein(ta, tb);
        expect(ab).toBeCloseTo(wasserstein(tb, ta), 10);
        expect(ab).toBeLessThanOrEqual(wasserstein(ta, tc) + wasserstein(tc, tb) + 1e-10);
        expect(ab).toBeGreaterThanOrEqual(Math.abs(sampleOf(ta).mean - sampleOf(tb).mean) - 1e-10);
      }),
    );
  });

  /** Rows of two columns in one stretch, with the sums of their values. */
  interface Stretch {
    from: number;
    to: number;
    n: [number, number];
    sum: [number, number];
  }
  const boundsOf = (list: readonly Stretch[]) =>
    wassersteinBounds({
      from: list.map(({ from }) => from),
      to: list.map(({ to }) => to),
      n: [list.map(({ n }) => n[0]), list.map(({ n }) => n[1])],
      sum: [list.map(({ sum }) => sum[0]), list.map(({ sum }) => sum[1])],
    });

  /** Both columns on cells of width 1 from -3 to 6, with open ends; 2.5 is inside one. */
  const stretches = (a: readonly number[], b: readonly number[]): Stretch[] => {
    const edges = [-Infinity, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, Infinity];
    return edges.slice(0, -1).map((from, cell) => {
      const to = edges[cell + 1] ?? Infinity;
      const inside = (side: readonly number[]) => side.filter((x) => x >= from && x < to);
      const sum = (side: readonly number[]) => inside(side).reduce((all, x) => all + x, 0);
      return { from, to, n: [inside(a).length, inside(b).length], sum: [sum(a), sum(b)] };
    });
  };
  const means = (cells: readonly Stretch[], side: 0 | 1) => {
    const filled = cells.filter(({ n }) => n[side] > 0);
    return {
      values: filled.map(({ n, sum }) => sum[side] / n[side]),
      counts: filled.map(({ n }) => n[side]),
    };
  };

  test('the bounds hold the exact value and the estimate from the means of the cells', () => {
    fc.assert(
      fc.property(column, column, (a, b) => {
        const cells = stretches(a, b);
        const { low, high } = boundsOf(cells);
        const exact = wasserstein(tally(a), tally(b));
        const estimate = wasserstein(means(cells, 0), means(cells, 1));
        for (const value of [exact, estimate]) {
          expect(low).toBeLessThanOrEqual(value + 1e-9);
          expect(high).toBeGreaterThanOrEqual(value - 1e-9);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the bounds meet when no cell is shared, and cells of one value need no width', () => {
    const apart = boundsOf(stretches([0.2, 0.7, 1.1], [3.3, 4.4, 4.9]));
    expectClose(apart.low, (3.3 + 4.4 + 4.9 - 0.2 - 0.7 - 1.1) / 3);
    expectClose(apart.high, apart.low);
    const points = boundsOf([
      { from: 1, to: 1, n: [3, 1], sum: [3, 1] },
      { from: 4, to: 4, n: [1, 3], sum: [4, 12] },
    ]);
    expect(points).toEqual({ low: 1.5, high: 1.5 });
    expect(boundsOf([]).low).toBeNaN();
  });

  test('what lies beyond the last edge counts by its sum alone', () => {
    // one side holds 10 and 20, the other nothing beyond 5
    const { low, high } = boundsOf([
      { from: 0, to: 5, n: [0, 2], sum: [0, 6] },
      { from: 5, to: Infinity, n: [2, 0], sum: [30, 0] },
    ]);
    expectClose(low, 15 - 3);
    expectClose(high, 15 - 3);
  });
});

describe('figures of a tally', () => {
  test('quantiles are numpy’s', () => {
    const column = tally([9, 1, 10, 1, 2, 22.5, 5, 9]);
    const wanted = [1, 1.75, 7, 9.25, 18.125, 1, 22.5];
    quantiles(column, [0.05, 0.25, 0.5, 0.75, 0.95, 0, 1]).forEach((value, index) =>
      expectClose(value, wanted[index] ?? NaN),
    );
    expect(quantiles(tally([]), [0.5])).toEqual([NaN]);
    expect(quantiles(tally([7]), [0, 0.3, 1])).toEqual([7, 7, 7]);
  });

  test('the variance survives a mean that dwarfs it', () => {
    // 1, 2, 3, 4 upon a billion: variance 5/3
    const { n, mean, variance } = sampleOf(tally([1, 2, 3, 4].map((x) => 1e9 + x)));
    expect([n, mean]).toEqual([4, 1e9 + 2.5]);
    expectClose(variance, 5 / 3);
  });

  test('the order of the rows changes nothing', () => {
    const list = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        const turned = [...a].reverse();
        expect(tally(turned)).toEqual(tally(a));
        expect(ksStatistic(tally(turned), tally(b))).toBe(ksStatistic(tally(a), tally(b)));
      }),
    );
  });
});
