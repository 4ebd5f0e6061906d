import { expect, test } from 'vitest';
import { poissonInterval } from '../../stats/poisson.js';

test('the interval of a count is the published exact one', () => {
  // Garwood (1936), Ulm (1990): 95 % limits of a Poisson mean
  const published = [
    [0, 0, 3.6889],
    [1, 0.0253, 5.5716],
    [5, 1.6235, 11.6683],
    [10, 4.7954, 18.3904],
    [100, 81.364, 121.6268],
  ] as const;
  for (const [count, low, high] of published) {
    const interval = poissonInterval(count);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  }
});

test('at its ends the count is as improbable as the level says', () => {
  const { low, high } = poissonInterval(3, 0.9);
  const probability = (k: number, mean: number): number =>
    (Math.exp(-mean) * mean ** k) / ([1, 1, 2, 6][k] ?? NaN);
  const upTo = (k: number, mean: number) =>
    Array.from({ length: k + 1 }, (_, i) => probability(i, mean)).reduce((a, b) => a + b, 0);
  expect(upTo(3, high)).toBeCloseTo(0.05, 9);
  expect(1 - upTo(2, low)).toBeCloseTo(0.05, 9);
});
