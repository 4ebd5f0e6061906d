import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  entropyOf,
  giniOf,
  herfindahlOf,
  itemsIn,
  rarefied,
  rowsIn,
  spectrumOf,
  topShareOf,
} from '../../stats/concentration.js';
import { chances, draw } from './chance.js';

const of = (counts: readonly number[]) => spectrumOf(counts.map((count) => ({ count, items: 1 })));
const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 });

/** All ways to draw so many of some rows, each row by the number of its thing. */
function subsets(rows: readonly number[], m: number): number[][] {
  const [first, ...others] = rows;
  if (m === 0) return [[]];
  if (first === undefined) return [];
  return [...subsets(others, m - 1).map((some) => [first, ...some]), ...subsets(others, m)];
}

describe('how concentrated counts are', () => {
  test("Herfindahl's index is one over so many alike, 1 of one, and by hand of others", () => {
    expect([herfindahlOf([7, 7, 7, 7]), herfindahlOf([9]), herfindahlOf([0, 3])]).toEqual([
      0.25, 1, 1,
    ]);
    // ½² + ¼² + ¼²
    expect(herfindahlOf(Float64Array.of(2, 1, 1))).toBeCloseTo(0.375, 12);
    expect(herfindahlOf([])).toBeNaN();
  });

  test('things that occur alike: nothing is concentrated', () => {
    const even = of([5, 5, 5, 5]);
    expect(even).toEqual([{ count: 5, items: 4 }]);
    expect([rowsIn(even), itemsIn(even), itemsIn(even, 6)]).toEqual([20, 4, 0]);
    expect(giniOf(even)).toBe(0);
    expect(Math.exp(entropyOf(even).value)).toBeCloseTo(4, 12);
    // p is the same for every row: ln p has no spread
    expect(entropyOf(even).variance).toBeCloseTo(0, 15);
    expect(topShareOf(even, 1)).toBe(0.25);
  });

  test('counts of 1, 1 and 2 are the hand-computed values', () => {
    const some = of([2, 1, 1]);
    // Σ |x - y| = 2 (1 + 1), over 2 · 3² · 4/3
    expect(giniOf(some)).toBeCloseTo(4 / 24, 12);
    // 2 · ¼ ln 4 + ½ ln 2
    expect(entropyOf(some).value).toBeCloseTo(1.5 * Math.LN2, 12);
    // 2 · ¼ (ln 4)² + ½ (ln 2)² - (1.5 ln 2)², of 4 rows
    expect(entropyOf(some).variance).toBeCloseTo((0.25 * Math.LN2 ** 2) / 4, 12);
    expect([topShareOf(some, 1), topShareOf(some, 2), topShareOf(some, 9)]).toEqual([0.5, 0.75, 1]);
  });

  test('nothing is as concentrated as can be told: not at all', () => {
    expect([giniOf([]), entropyOf([]).value, topShareOf([], 1)]).toEqual([0, 0, 0]);
    expect(spectrumOf([{ count: 0, items: 7 }])).toEqual([]);
  });

  test('Gini is the mean difference of all pairs, over twice the mean', () => {
    fc.assert(
      fc.property(counts, (all) => {
        const sum = all.reduce((a, b) => a + b, 0);
        const pairs = all.flatMap((x) => all.map((y) => Math.abs(x - y)));
        const wanted = pairs.reduce((a, b) => a + b, 0) / (2 * all.length * sum);
        expect(giniOf(of(all))).toBeCloseTo(wanted, 12);
      }),
    );
  });
});

describe('rarefaction', () => {
  test('is the mean over all samples of so many rows', () => {
    const rows = [0, 0, 0, 1, 1, 2, 3];
    for (const m of [1, 2, 4, 6]) {
      const samples = subsets(rows, m).map((some) =>
        of([0, 1, 2, 3].map((thing) => some.filter((one) => one === thing).length)),
      );
      const mean = (k: number) =>
        samples.reduce((sum, one) => sum + (one.find(({ count }) => count === k)?.items ?? 0), 0) /
        samples.length;
      const found = rarefied(of([3, 2, 1, 1]), m);
      for (const { count, items } of found) expect(items).toBeCloseTo(mean(count), 12);
      expect(found.map(({ count }) => count)).toEqual([1, 2, 3].filter((k) => mean(k) > 0));
      // entropy is a sum over things, so that its mean is told, too
      const entropies = samples.reduce((sum, one) => sum + entropyOf(one).value, 0);
      expect(entropyOf(found).value).toBeCloseTo(entropies / samples.length, 12);
    }
  });

  test('as many rows, never more things, and never more even than of more rows', () => {
    fc.assert(
      fc.property(counts, fc.nat(), (all, seed) => {
        const whole = of(all);
        const rows = rowsIn(whole);
        const m = 1 + (seed % rows);
        const [fewer, some] = [rarefied(whole, Math.max(1, m - 1)), rarefied(whole, m)];
        expect(rowsIn(some)).toBeCloseTo(m, 8);
        expect(itemsIn(some)).toBeLessThanOrEqual(itemsIn(whole) + 1e-9);
        expect(itemsIn(fewer)).toBeLessThanOrEqual(itemsIn(some) + 1e-9);
        expect(entropyOf(fewer).value).toBeLessThanOrEqual(entropyOf(some).value + 1e-9);
        expect(rarefied(whole, rows)).toBe(whole);
      }),
    );
  });

  test('uniform exposure of 400 items has the Gini of few rows, whatever it was counted on', () => {
    // 200,000 rows, as even as can be, and what a simulation of 1,000 and 5,000 gives: .35 and .16
    const even = of(new Array<number>(400).fill(500));
    expect(giniOf(even)).toBe(0);
    const next = chances(7);
    for (const rows of [1000, 5000]) {
      const drawn = draw(next, new Array<number>(400).fill(1 / 400), rows);
      const all = giniOf(rarefied(even, rows));
      // over the items that are there at all; 18 % of them are not in 1,000 rows
      expect(giniOf(of(drawn.filter((count) => count > 0)))).toBeCloseTo(all, 1);
    }
  });
});

test('the 95 % interval of a ratio of effective numbers holds it as often', () => {
  const next = chances(11);
  const [a, b] = [
    Array.from({ length: 30 }, (_, k) => 0.9 ** k),
    Array.from({ length: 30 }, (_, k) => 0.8 ** k),
  ].map((weights) => {
    const sum = weights.reduce((x, y) => x + y, 0);
    return weights.map((one) => one / sum);
  });
  const entropy = (p: readonly number[] = []) => -p.reduce((sum, x) => sum + x * Math.log(x), 0);
  const truth = entropy(b) - entropy(a);
  let held = 0;
  const runs = 400;
  for (let run = 0; run < runs; run++) {
    const [x, y] = [a, b].map((p) => entropyOf(of(draw(next, p ?? [], 1000))));
    const reach = 1.96 * Math.sqrt((x?.variance ?? 0) + (y?.variance ?? 0));
    if (Math.abs((y?.value ?? 0) - (x?.value ?? 0) - truth) <= reach) held += 1;
  }
  // 0.95 less three standard deviations of 400 runs
  expect(held / runs).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / runs));
});
