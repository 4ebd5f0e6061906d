import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossingOf, lineOf } from '../../stats/crossing.js';
import { cusum } from '../../stats/cusum.js';
import { medianOf, theilSen, trendOf } from '../../stats/trend.js';

const daily = (values: readonly number[]) => values.map((value, time) => ({ time, value }));

describe("Mann and Kendall's trend", () => {
  test('is that of pymannkendall 1.4.3, ties counted', () => {
    const found = trendOf(daily([3, 5, 4, 4, 6, 7, 5, 8, 9, 7, 9, 10]));
    expect(found?.s).toBe(50);
    expect(found?.variance).toBeCloseTo(208.66666666666666, 9);
    expect(found?.z).toBeCloseTo(3.392106981856237, 9);
    expect(found?.pValue).toBeCloseTo(0.0006935735399071774, 10);
    expect(found?.slope).toBeCloseTo(0.5714285714285714, 12);
    expect(found?.inflation).toBe(1);
  });
  test('of neighbours that are alike is that of Hamed and Rao, as pymannkendall has it', () => {
    const values = [0.13, -0.03, 0.62, 0.6, -0.06, 0.32, 1.56, 2.19, 1.05, -0.43];
    values.push(-0.96, -0.73, -2.91, -2.55, -3.28, -3.36, -3.23, -2.9, -1.91, -0.48);
    const found = trendOf(daily(values));
    expect(found?.s).toBe(-92);
    expect(found?.inflation).toBeCloseTo(1.419714417623005, 9);
    expect(found?.variance).toBeCloseTo(1348.7286967418547, 6);
    expect(found?.pValue).toBeCloseTo(0.013216807507494321, 9);
    expect(found?.slope).toBeCloseTo(-0.18625, 12);
  });
  test('turns its sign with the series, and stays as it is under a shift', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4 }), (values) => {
        const found = trendOf(daily(values));
        const turned = trendOf(daily(values.map((value) => -value)));
        const moved = trendOf(daily(values.map((value) => value + 7)));
        expect(turned?.s).toBe(found?.s === 0 ? 0 : -(found?.s ?? 0));
        expect(turned?.slope).toBeCloseTo(-(found?.slope ?? 0), 9);
        expect(moved?.s).toBe(found?.s);
      }),
    );
  });
  test('is nothing for three points, and flat for a constant', () => {
    expect(trendOf(daily([1, 2, 3]))).toBeNull();
    expect(trendOf(daily([2, 2, 2, 2, 2]))).toMatchObject({ s: 0, z: 0, pValue: 1, slope: 0 });
  });
  test('the slope of Theil and Sen is not moved by one value that is far off', () => {
    expect(theilSen(daily([0, 1, 2, 300, 4, 5, 6]))).toBe(1);
    expect(medianOf([])).toBeNull();
    expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  });
});

describe('the cumulative sum', () => {
  const usual = { mean: 10, sd: 2 };
  const limits = { slack: 0.5, limit: 2 };
  test('adds what is above the slack, and knows since when', () => {
    // z - 0.5: 0, 1.5, -1.5 → 0, then 1, 2, 1.5 → 1, 3, 4.5
    const found = cusum([11, 14, 8, 13, 15, 14], usual, limits);
    expect(found).toEqual({ sum: 4.5, onset: 3, above: 2 });
  });
  test('of a series as usual is 0', () => {
    expect(cusum([10, 9, 11, 10], usual, limits)).toEqual({ sum: 0, onset: null, above: 0 });
  });
});

describe('the line and its crossing', () => {
  const values = [1, 1.4, 1.5, 2.2, 2.1, 2.8];
  const weights = [1, 2, 1, 3, 1, 2];
  const series = values.map((value, time) => ({ time, value, weight: weights[time] ?? 0 }));
  const line = lineOf(series);
  test('is that of weighted least squares, with its covariance, as numpy solves it', () => {
    expect(line?.level).toBeCloseTo(1.02068966, 7);
    expect(line?.slope).toBeCloseTo(0.34789272, 7);
    expect(line?.covariance.level).toBeCloseTo(0.01945237, 7);
    expect(line?.covariance.slope).toBeCloseTo(0.00196489, 7);
    expect(line?.covariance.both).toBeCloseTo(-0.00530519, 7);
  });
  test('crosses when 2,000,000 random draws of numpy do', () => {
    if (line === null) throw new Error('six points make a line');
    const found = crossingOf(line, 4, 8);
    // the quantiles of 2,000,000 draws: 7.704, 8.563, 9.742; 0.212 of them by time 8
    expect(Math.abs(found.low - 7.704)).toBeLessThan(0.05);
    expect(Math.abs(found.median - 8.563)).toBeLessThan(0.05);
    expect(Math.abs(found.high - 9.742)).toBeLessThan(0.1);
    expect(Math.abs(found.within - 0.212)).toBeLessThan(0.02);
  });
  test('that falls never crosses, and one that is above has', () => {
    const falling = lineOf(series.map((one) => ({ ...one, value: -one.value })));
    if (line === null || falling === null) throw new Error('six points make a line');
    expect(crossingOf(falling, 4, 8)).toMatchObject({ median: Infinity, within: 0 });
    expect(crossingOf(line, 0, 8)).toEqual({ low: 0, median: 0, high: 0, within: 1 });
  });
  test('needs three points at two times', () => {
    expect(lineOf(series.slice(0, 2))).toBeNull();
    expect(lineOf(series.map((one) => ({ ...one, time: 1 })))).toBeNull();
  });
});
