import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fisherExact } from '../../stats/fisher.js';
import type { Table } from '../../stats/fisher.js';
import { normalTail } from '../../stats/normal.js';
import { stratifiedExact } from '../../stats/stratified.js';

const tables = (...rows: readonly (readonly [number, number, number, number])[]): Table[] =>
  rows.map(([a, b, c, d]) => ({ a, b, c, d }));

describe('the exact test of several tables', () => {
  // scipy 1.17.1: numpy.convolve of scipy.stats.hypergeom.pmf, the tail from the observed sum on;
  // statsmodels 0.15.0: StratifiedTable.test_null_odds(correction=True).statistic
  test.each([
    [tables([8, 32, 20, 180], [5, 15, 60, 240]), 0.07357191064789727, 2.1895725864189703],
    [
      tables([3, 97, 10, 990], [12, 38, 80, 420], [6, 4, 300, 500]),
      0.013458783332583673,
      5.293454488180263,
    ],
    [
      tables([60, 340, 200, 1800], [55, 145, 600, 2400], [30, 20, 2000, 3000]),
      3.5624322760411427e-6,
      21.573582325903022,
    ],
  ])('is that of scipy, near the statistic of Mantel and Haenszel', (given, exact, statistic) => {
    const p = stratifiedExact(given);
    expect(p / exact).toBeCloseTo(1, 9);
    expect(-Math.log10(normalTail(Math.sqrt(statistic)))).toBeCloseTo(-Math.log10(p), 0);
  });

  test('of two small tables is counted by hand', () => {
    // each 1 of 1 + 1 positive among 2 + 2 rows: P(a = 0, 1, 2) is 1/6, 4/6, 1/6
    const one = { a: 2, b: 0, c: 0, d: 2 };
    const two = { a: 1, b: 1, c: 1, d: 1 };
    expect(stratifiedExact([one, one])).toBeCloseTo(1 / 36, 14);
    // 3 or more of 4: 4/36 + 4/36 + 1/36
    expect(stratifiedExact([one, two])).toBeCloseTo(9 / 36, 14);
  });

  const count = fc.integer({ min: 0, max: 60 });
  const table = fc.record({ a: count, b: count, c: count, d: count });

  test('of one table is that of Fisher, to the last digit', () => {
    fc.assert(
      fc.property(table, (one) => {
        expect(stratifiedExact([one])).toBe(fisherExact(one, 'greater'));
        const bare = { a: one.a, b: one.b, c: 0, d: 0 };
        expect(stratifiedExact([bare, one, bare])).toBe(fisherExact(one, 'greater'));
      }),
    );
    expect(stratifiedExact([])).toBe(1);
  });

  test('does not hang on the order, and is a chance', () => {
    fc.assert(
      fc.property(fc.array(table, { minLength: 2, maxLength: 5 }), (some) => {
        const p = stratifiedExact(some);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(stratifiedExact(some.toReversed())).toBeCloseTo(p, 12);
        // both sides hold the observed sum, so together more than all
        const other = some.map(({ a, b, c, d }) => ({ a: b, b: a, c: d, d: c }));
        expect(p + stratifiedExact(other)).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  test('of many rows is quick and finite', () => {
    const many = Array.from({ length: 20 }, () => ({ a: 1000, b: 9000, c: 20_000, d: 180_000 }));
    // half of the chances and half of that of the observed sum
    expect(stratifiedExact(many)).toBeCloseTo(0.5, 2);
  });
});
