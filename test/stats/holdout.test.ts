import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fisherExact } from '../../stats/fisher.js';
import { rowsToTell, spentAt } from '../../stats/holdout.js';
import { binomial, chanceOf } from '../experiments/chance.js';

describe('rows to hold out', () => {
  test('are those of the formula, and five positives at least', () => {
    // (2.8943 sqrt(.015 .985) + 1.6449 sqrt(.15 .85))² / .135² = (.35181 + .58732)² / .018225
    expect(rowsToTell({ rate: 0.15, acted: 0.015 })).toBe(Math.ceil(0.93914 ** 2 / 0.018225));
    expect(rowsToTell({ rate: 0.02, acted: 0 })).toBe(250);
    expect(rowsToTell({ rate: 0.1, acted: 0.1 })).toBe(Infinity);
  });

  test.each([
    [0.15, 0.015, 0.8],
    [0.15, 0.075, 0.9],
    [0.05, 0.02, 0.9],
  ])('tell %d from %d by the exact test at the fourth look: %d', (rate, acted, least) => {
    const n = rowsToTell({ rate, acted });
    const chance = chanceOf(`holdout ${String(rate)} ${String(acted)}`);
    let told = 0;
    for (let run = 0; run < 400; run++) {
      const [a, c] = [binomial(chance, n, rate), binomial(chance, 20 * n, acted)];
      if (fisherExact({ a, b: n - a, c, d: 20 * n - c }, 'greater') < spentAt(4)) told += 1;
    }
    expect(told / 400).toBeGreaterThan(least);
  });

  test('are the more the closer the two shares are', () => {
    const share = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (rate, a, b) => {
        const [near, far] = [Math.max(a, b), Math.min(a, b)];
        fc.pre(near < rate);
        expect(rowsToTell({ rate, acted: near })).toBeGreaterThanOrEqual(
          rowsToTell({ rate, acted: far }),
        );
      }),
    );
  });
});

test('what is spent on all looks is 5 %', () => {
  let sum = 0;
  for (let look = 1; look <= 100_000; look++) sum += spentAt(look);
  expect(sum).toBeLessThan(0.05);
  expect(sum).toBeGreaterThan(0.05 - 1e-6);
});
