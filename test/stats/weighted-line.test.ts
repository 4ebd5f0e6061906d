import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leadsAway, lineThrough, valueAt } from '../../stats/weighted-line.js';
import type { Weighed } from '../../stats/weighted-line.js';
import { expectClose } from './close.js';

const weighed = (rows: readonly (readonly [time: number, value: number, variance: number])[]) =>
  rows.map(([time, value, variance]): Weighed => ({ time, value, weight: 1 / variance }));

function lineOf(values: readonly Weighed[]) {
  const line = lineThrough(values);
  if (line === null) throw new Error('expected a line');
  return line;
}

const values = fc
  .array(
    fc.record({
      value: fc.double({ min: -3, max: 3, noNaN: true }),
      weight: fc.double({ min: 1, max: 1000, noNaN: true }),
    }),
    { minLength: 3, maxLength: 24 },
  )
  .map((all) => all.map((one, time): Weighed => ({ time, ...one })));

describe('a weighted line', () => {
  test('is the one by hand', () => {
    // weights 1, 2, 1 around time 1: mean (0 + 2 · 1 + 5) / 4, S_tt = 1 + 1, S_ty = 5
    const line = lineOf(
      weighed([
        [0, 0, 1],
        [1, 1, 0.5],
        [2, 5, 1],
      ]),
    );
    expect(line).toMatchObject({ mean: 7 / 4, centre: 1, slope: 5 / 2, free: 1 });
    // off the line by 3/4, -3/4, 3/4: (1 + 2 + 1) · 9/16 of one degree, beyond the 1 it may be
    expect(line).toMatchObject({ weight: 4, spread: 2, scatter: 9 / 4 });
    expectClose(valueAt(line, 2), 7 / 4 + 5 / 2);
    // P(T > t) of one degree is 1/2 - atan(t) / π
    const t = 2.5 / Math.sqrt(9 / 8);
    expectClose(leadsAway(line), 0.5 - Math.atan(t) / Math.PI);
  });

  test('is that of numpy 2.4.6 and scipy 1.17.1, where values lie far off it', () => {
    // inv(X' W X) by numpy, times max(1, Q / 5); p by scipy.stats.t.sf
    const line = lineOf(
      weighed([
        [0, 0.1, 0.01],
        [1, 0.5, 0.02],
        [2, 0.2, 0.01],
        [3, 0.9, 0.04],
        [5, 0.4, 0.01],
        [6, 1.1, 0.02],
        [8, 0.8, 0.01],
      ]),
    );
    expect(line.slope).toBeCloseTo(0.08725869, 8);
    expect(valueAt(line, 0)).toBeCloseTo(0.16100386, 8);
    expectClose(Math.sqrt(line.scatter / line.spread), 0.03330594224492783);
    expectClose(leadsAway(line), 0.023551339457554728, 1e-10);
  });

  test('values that lie on it are as sure as their variances let them be', () => {
    const line = lineOf(weighed([0, 1, 2, 3].map((time) => [time, 1 + time / 4, 0.2] as const)));
    // Σ (time − 1.5)² = 5, each a fifth in variance; no less than those variances is the error
    const t = 1 / 4 / Math.sqrt(0.2 / 5);
    // P(T > t) of two degrees is (1 − t / √(2 + t²)) / 2
    expectClose(leadsAway(line), (1 - t / Math.sqrt(2 + t * t)) / 2);
  });

  test('there is none through two values, or through those of one time', () => {
    const two = weighed([
      [0, 1, 1],
      [1, 2, 1],
    ]);
    expect(lineThrough(two)).toBeNull();
    expect(lineThrough(weighed([1, 2, 3].map((value) => [5, value, 1] as const)))).toBeNull();
  });

  test('the order of values is free, and turned values turn it over', () => {
    fc.assert(
      fc.property(values, (all) => {
        const line = lineOf(all);
        // rounding tells the sign of a mean that is nothing
        fc.pre(Math.abs(line.mean) > 1e-9);
        const back = lineOf([...all].reverse());
        expect(back.slope).toBeCloseTo(line.slope, 9);
        expect(leadsAway(back)).toBeCloseTo(leadsAway(line), 9);
        const turned = lineOf(all.map((one) => ({ ...one, value: -one.value })));
        expect(turned.slope).toBeCloseTo(-line.slope, 12);
        expect(turned.mean).toBeCloseTo(-line.mean, 12);
        expect(leadsAway(turned)).toBeCloseTo(leadsAway(line), 12);
      }),
    );
  });

  test('a later start and another unit of time change nothing but the slope', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -99, max: 99 }), (all, shift) => {
        const line = lineOf(all);
        const moved = lineOf(all.map((one) => ({ ...one, time: 4 * one.time + shift })));
        expect(moved.slope).toBeCloseTo(line.slope / 4, 9);
        expect(valueAt(moved, shift + 8)).toBeCloseTo(valueAt(line, 2), 9);
        expect(leadsAway(moved)).toBeCloseTo(leadsAway(line), 9);
      }),
    );
  });
});
