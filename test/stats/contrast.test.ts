import fc from 'fast-check';
import { expect, test } from 'vitest';
import { homogeneity } from '../../stats/chi2.js';
import { contrastTest } from '../../stats/contrast.js';

test('of one time it is Pearson: Σ (O − E)² / E', () => {
  const { statistic, df } = contrastTest({ one: [30, 70], other: [20, 30] }, null);
  // 50 of 150 in the first bin: 33.33 and 16.67 are expected, and 66.67 and 33.33
  const off = (10 / 3) ** 2;
  expect(statistic).toBeCloseTo(off * (3 / 100 + 3 / 50 + 3 / 200 + 3 / 100), 12);
  expect(df).toBe(1);
});

test('of two bins it is the square of how far two differences of shares are apart', () => {
  const now = { one: [300, 700], other: [40, 60] };
  const before = { one: [250, 750], other: [20, 80] };
  // 0.3 − 0.4 now, 0.25 − 0.2 before; 340 of 1,100 rows are in the first bin, then 270
  const spread = (p: number) => p * (1 - p) * (1 / 1000 + 1 / 100);
  const variance = spread(340 / 1100) + spread(270 / 1100);
  const { statistic, df, pValue } = contrastTest(now, before);
  expect(statistic).toBeCloseTo((-0.1 - 0.05) ** 2 / variance, 10);
  expect(df).toBe(1);
  // √5.1295 = 2.2649: two-sided 0.02352 of the normal distribution
  expect(statistic).toBeCloseTo(5.1295, 4);
  expect(pValue).toBeCloseTo(0.023522, 5);
});

test('what one bin holds cannot differ', () => {
  expect(contrastTest({ one: [5, 0], other: [7, 0] }, { one: [3, 0], other: [9, 0] })).toEqual({
    ...{ statistic: 0, df: 0, pValue: 1 },
  });
});

const side = (bins: number) =>
  fc.array(fc.integer({ min: 1, max: 500 }), { minLength: bins, maxLength: bins });
const sides = (bins: number) => fc.record({ one: side(bins), other: side(bins) });
const both = fc
  .integer({ min: 2, max: 8 })
  .chain((bins) => fc.record({ now: sides(bins), before: sides(bins) }));

test('it does not matter which side, which time or which bin comes first', () => {
  fc.assert(
    fc.property(both, ({ now, before }) => {
      const { statistic } = contrastTest(now, before);
      const swapped = (of: typeof now) => ({ one: of.other, other: of.one });
      const turned = (of: typeof now) => ({
        ...{ one: of.one.toReversed(), other: of.other.toReversed() },
      });
      const others = [
        contrastTest(before, now),
        contrastTest(swapped(now), swapped(before)),
        contrastTest(turned(now), turned(before)),
      ];
      for (const other of others) {
        expect(Math.abs(other.statistic - statistic)).toBeLessThan(1e-8 * (1 + statistic));
      }
    }),
  );
});

test('sides that differ as before do not differ, and many rows that were alike change nothing', () => {
  fc.assert(
    fc.property(both, ({ now, before }) => {
      expect(contrastTest(now, now).statistic).toBeCloseTo(0, 8);
      const many = before.one.map((n) => n * 1e9);
      const { statistic, df } = contrastTest(now, { one: many, other: many });
      const plain = homogeneity(now.one, now.other);
      expect(df).toBe(plain.df);
      expect(Math.abs(statistic - plain.statistic)).toBeLessThan(1e-4 * (1 + plain.statistic));
    }),
  );
});
