import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { offPolicy } from '../../stats/off-policy.js';

const row = (reward: number, propensity: number, wanted: number) => ({
  reward,
  propensity,
  wanted,
});

describe('inverse propensities', () => {
  test('four rows have the hand-computed estimates', () => {
    // weights 2, 2, 1, 0
    const rows = [row(1, 0.25, 0.5), row(0, 0.25, 0.5), row(1, 0.5, 0.5), row(1, 0.5, 0)];
    const found = offPolicy(rows);
    // w r: 2, 0, 1, 0, mean ¾, Σ (w r - ¾)² = 25/16 + 9/16 + 1/16 + 9/16
    expect(found?.ips.value).toBeCloseTo(0.75, 12);
    expect(found?.ips.standardError).toBeCloseTo(Math.sqrt(44 / 16 / 3 / 4), 12);
    // 3 / 5; Σ (w (r - 0.6))² = 0.8² + 1.2² + 0.4²
    expect(found?.selfNormalised.value).toBeCloseTo(0.6, 12);
    expect(found?.selfNormalised.standardError).toBeCloseTo(Math.sqrt(2.24) / 5, 12);
    expect(found?.effective).toBeCloseTo(25 / 9, 12);
    expect(found?.capped).toBe(0);
    const cut = offPolicy(rows, 1);
    expect(cut).toMatchObject({ capped: 2 });
    expect(cut?.ips.value).toBeCloseTo(0.5, 12);
    expect(cut?.selfNormalised.value).toBeCloseTo(2 / 3, 12);
  });

  test('of the policy itself it is the mean of what was earned', () => {
    const rewards = fc.array(fc.tuple(fc.nat(9), fc.double({ min: 0.01, max: 1, noNaN: true })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(rewards, (all) => {
        const found = offPolicy(all.map(([reward, p]) => row(reward, p, p)));
        const mean = all.reduce((sum, [reward]) => sum + reward, 0) / all.length;
        expect(found?.ips.value).toBeCloseTo(mean, 9);
        expect(found?.selfNormalised.value).toBeCloseTo(mean, 9);
        expect(found?.effective).toBeCloseTo(all.length, 6);
      }),
    );
  });

  test('nothing is estimated of no row, and a propensity of 0 is an error', () => {
    expect(offPolicy([])).toBeNull();
    expect(offPolicy([row(1, 0.5, 0)])).toBeNull();
    expect(() => offPolicy([row(1, 0, 0.5)])).toThrow(
      'Expected a propensity above 0 and at most 1, got 0.',
    );
  });
});
