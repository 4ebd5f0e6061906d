import { describe, expect, test } from 'vitest';
import { binomial, chanceOf, multinomial, normal } from './chance.js';
import { broken, markdown } from './figures.js';
import { experiments } from './list.js';

/** So many standard deviations of chance a small run may be away from its goal. */
const LOOSENED = 3;

describe('the dice', () => {
  test.each([
    [20, 0.3],
    [1000, 0.004],
    [1000, 0.4],
    [10_000, 0.97],
  ])('binomial draws of n = %d, p = %d have their mean and variance', (n, p) => {
    const chance = chanceOf(`binomial ${String(n)} ${String(p)}`);
    const draws = Array.from({ length: 20_000 }, () => binomial(chance, n, p));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    const wanted = n * p * (1 - p);
    expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt(wanted / draws.length));
    expect(variance / wanted).toBeGreaterThan(0.94);
    expect(variance / wanted).toBeLessThan(1.06);
  });

  test('every row falls into a cell, and normals are normal', () => {
    const chance = chanceOf('cells');
    const cells = multinomial(chance, 5000, [0.2, 0, 0.3, 0.5]);
    expect(cells.reduce((a, b) => a + b, 0)).toBe(5000);
    expect(cells[1]).toBe(0);
    // the last cells take no more than their own, however large those before are
    const shares = [0.6, 0.3, 0, 0.09, 0.01];
    const sums = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 2000; draw++) {
      multinomial(chance, 100, shares).forEach((n, k) => (sums[k] = (sums[k] ?? 0) + n));
    }
    sums.forEach((n, k) => expect(n / 200_000).toBeCloseTo(shares[k] ?? 0, 2));
    expect((sums[4] ?? 0) / 200_000).toBeCloseTo(0.01, 3);
    const draws = Array.from({ length: 20_000 }, () => normal(chance));
    expect(Math.abs(draws.reduce((a, b) => a + b, 0) / draws.length)).toBeLessThan(0.03);
    expect(draws.filter((z) => z > 1.96).length / draws.length).toBeCloseTo(0.025, 2);
  });
});

// some seconds each where nothing else runs
test.each([...experiments])(
  '$id in small holds what it has to',
  (experiment) => {
    const measured = experiment.run('quick');
    expect(broken(measured, LOOSENED), markdown(measured)).toEqual([]);
  },
  300_000,
);
