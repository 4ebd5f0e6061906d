import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binomialTail, studentTail } from '../../stats/beta.js';
import { chiSquareTail, noncentralChiSquareTail } from '../../stats/gamma.js';
import { kolmogorovFiniteTail, kolmogorovTail, smirnovTail } from '../../stats/kolmogorov.js';
import { durbin } from '../../stats/durbin.js';
import { erfc, normalTail } from '../../stats/normal.js';
import { needsShared, sharedJson, sharedMissing } from '../support/shared-data.js';

const vectors = sharedJson<Record<string, number[][]>>('golden/stat-vectors.json', {});
/** Never empty: a list that is not there is a test that fails, or one that is skipped by name. */
const rows = (name: string) => (vectors[name] ?? [[NaN, NaN, NaN]]) as [number, number, number][];

/** Relative closeness; absolute below 1e-300. */
function expectClose(actual: number, wanted: number, tolerance = 1e-10): void {
  const error = Math.abs(actual - wanted) / Math.max(Math.abs(wanted), 1e-300);
  expect(error, `${actual} against ${wanted}`).toBeLessThan(tolerance);
}

describe.skipIf(sharedMissing !== null)(needsShared('tails agree with scipy'), () => {
  test.each(rows('chi2sf'))('chi-square tail at %d with df %d', (x, df, wanted) => {
    expectClose(chiSquareTail(x, df), wanted);
  });
  test.each(rows('tsf'))('student tail at %d with df %d', (t, df, wanted) => {
    expectClose(studentTail(t, df), wanted);
  });
  test.each<number[]>(rows('ncx2sf'))('non-central tail at %d, df %d, lambda %d', (...row) => {
    const [x, df, lambda, wanted] = row;
    expectClose(noncentralChiSquareTail(x ?? NaN, df ?? NaN, lambda ?? NaN), wanted ?? NaN);
  });
});

// computed with mpmath at 40 digits
describe('tails agree with 40-digit arithmetic', () => {
  test.each([
    [1400, 3, 2.945619361016309e-303],
    [1380, 1, 4.661158455673913e-302],
    [1e5, 1e5, 0.4994052918952067],
    [101000, 1e5, 0.012868840377233669],
    [99000, 1e5, 0.9875216843619172],
    [110000, 1e5, 2.5841772471796377e-104],
    [0.001, 2, 0.9995001249791693],
    [2000, 1000, 4.1436785914549916e-69],
    [50, 49, 0.4334366972557608],
  ])('chi-square at %d with df %d', (x, df, wanted) => {
    expectClose(chiSquareTail(x, df), wanted);
  });
  test.each([
    [84, 13, 2.7, 3.247887616855916e-10],
    [900, 9, 10, 4.481566555494948e-155],
    [1500, 9, 2, 2.3131162867595601e-299],
    [30, 9, 100, 0.9999997877729864],
    [5, 3, 0.5, 0.23264614387397084],
  ])('non-central chi-square at %d, df %d, lambda %d', (x, df, lambda, wanted) => {
    expectClose(noncentralChiSquareTail(x, df, lambda), wanted);
  });
  test.each([
    [2, 1, 0.14758361765043326],
    [40, 10, 1.1404288715428774e-12],
    [37, 1e5, 5.98731412171233e-298],
    [0.001, 5, 0.4996203933860988],
    [1.96, 1e5, 0.02499928159715082],
    [12, 1000, 2.1620286933872636e-31],
  ])('student at %d with df %d', (t, df, wanted) => {
    expectClose(studentTail(t, df), wanted);
  });
  test.each([
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1.96, 0.024997895148220435],
    [6, 9.86587645037698e-10],
    [20, 2.7536241186062337e-89],
    [37, 5.725571222524577e-300],
  ])('normal at %d', (z, wanted) => {
    expectClose(normalTail(z), wanted);
    expectClose(erfc(z / Math.SQRT2), 2 * wanted);
    expectClose(normalTail(-z), 1 - wanted);
  });
  test.each([
    [3, 10, 0.2, 0.32220047360000004],
    [60, 100, 0.05, 1.5869346786393775e-51],
    [1000, 1_000_000, 0.0009, 0.0005469736007649249],
  ])('binomial: %d or more of %d at rate %d', (k, n, p, wanted) => {
    expectClose(binomialTail(k, n, p), wanted);
  });
  test.each([
    [0.274, 10, 0.18660506969148374],
    [0.1, 500, 4.1711465336317664e-5],
    [0.2, 500, 2.6284176809729344e-18],
    [0.05, 2000, 4.371547897947515e-5],
    [0.6, 50, 4.817035228071186e-18],
  ])('one-sided Smirnov at %d with n %d', (x, n, wanted) => {
    expectClose(smirnovTail(x, n), wanted);
  });
});

describe('laws of the tails', () => {
  test('the binomial tail is the sum of its probabilities', () => {
    // P(X >= 2) of 3 fair coins: 3/8 + 1/8
    expectClose(binomialTail(2, 3, 0.5), 0.5);
    expect(binomialTail(0, 5, 0.1)).toBe(1);
    expect(binomialTail(6, 5, 0.1)).toBe(0);
  });

  test('the chi-square tail with two degrees of freedom is an exponential', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1300, noNaN: true }), (x) => {
        expectClose(chiSquareTail(x, 2), Math.exp(-x / 2), 1e-11);
      }),
    );
  });

  test('the non-central tail falls with x and grows with lambda', () => {
    const positive = (max: number) => fc.double({ min: 0.1, max, noNaN: true });
    fc.assert(
      fc.property(positive(500), positive(50), fc.integer({ min: 1, max: 60 }), (x, more, df) => {
        const here = noncentralChiSquareTail(x, df, more);
        expect(noncentralChiSquareTail(x + more, df, more)).toBeLessThanOrEqual(here * (1 + 1e-12));
        const grown = noncentralChiSquareTail(x, df, 2 * more);
        expect(grown).toBeGreaterThanOrEqual(here * (1 - 1e-12));
      }),
    );
  });

  test('tails reach neither below 0 nor above 1, whatever comes in', () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(chiSquareTail(-1, 3)).toBe(1);
    expect(chiSquareTail(1e9, 3)).toBe(0);
    expect(chiSquareTail(Infinity, 3)).toBe(0);
    expect(noncentralChiSquareTail(1e7, 10, 5000)).toBe(0);
    expect(noncentralChiSquareTail(10, 10, 1e6)).toBeCloseTo(1, 12);
  });
});

describe('Kolmogorov', () => {
  test('the limiting tail is the published one', () => {
    // tables: 1.3581 is the 5 % point
    expectClose(kolmogorovTail(1.3580986393225505), 0.05, 1e-9);
    expectClose(kolmogorovTail(0.8), 0.5441424115741981, 1e-12);
    expect(kolmogorovTail(0.01)).toBe(1);
  });

  test('Durbin gives the value that Marsaglia, Tsang and Wang print', () => {
    expectClose(durbin(10, 0.274), 0.6284796154565043, 1e-12);
  });

  test('one value: P(D > x) is 2 (1 - x) from a half on', () => {
    expectClose(kolmogorovFiniteTail(0.75, 1), 0.5, 1e-12);
  });

  test('the branches meet: Durbin, the doubled tail and Pelz and Good', () => {
    for (const [n, square] of [
      [100, 4],
      [140, 4],
      [150, 2.2],
      [5000, 2.2],
    ] as const) {
      const x = Math.sqrt(square / n);
      const below = kolmogorovFiniteTail(x * (1 - 1e-9), n);
      const above = kolmogorovFiniteTail(x * (1 + 1e-9), n);
      expect(Math.abs(below - above) / above).toBeLessThan(1e-4);
    }
    // Pelz and Good against the exact matrix
    for (const z of [0.6, 0.8, 1, 1.3]) {
      expect(kolmogorovFiniteTail(z / Math.sqrt(400), 400)).toBeCloseTo(
        1 - durbin(400, z / Math.sqrt(400)),
        6,
      );
    }
  });

  test('the strided sum of a large n is the full sum', () => {
    const n = 40_000;
    for (const z of [1.5, 3, 8]) {
      // n = 40,000 takes every second term
      const x = z / Math.sqrt(n);
      const whole = fullSmirnov(x, n);
      expectClose(smirnovTail(x, n), whole, 1e-9);
    }
  });

  test('for many rows the finite tail tends to the limit', () => {
    const n = 1e8;
    expect(kolmogorovFiniteTail(1 / Math.sqrt(n), n)).toBeCloseTo(kolmogorovTail(1), 4);
  });
});

/** Smirnov's sum, every term, in plain logarithms. */
function fullSmirnov(x: number, n: number): number {
  let choose = 0;
  let sum = Math.exp(n * Math.log1p(-x));
  for (let v = 1; v <= Math.floor(n * (1 - x)); v++) {
    choose += Math.log((n - v + 1) / v);
    const up = (v - 1) * Math.log(x + v / n);
    sum += x * Math.exp(choose + up + (n - v) * Math.log(1 - x - v / n));
  }
  return sum;
}
