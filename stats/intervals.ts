import { Z95 } from './normal.js';

export interface Interval {
  low: number;
  high: number;
}
/** `hits` among `n` trials, 0 <= hits <= n. */
export interface Share {
  hits: number;
  n: number;
}

/** Wilson's score interval of a share (1927); [0, 1] without trials. */
export function wilson({ hits, n }: Share, z: number = Z95): Interval {
  if (n <= 0) return { low: 0, high: 1 };
  const p = hits / n;
  const square = z * z;
  const middle = p + square / (2 * n);
  const reach = z * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  return {
    low: hits === 0 ? 0 : Math.max(0, (middle - reach) / scale),
    high: hits === n ? 1 : Math.min(1, (middle + reach) / scale),
  };
}

/** Newcombe's hybrid score interval (1998, method 10) of share(a) - share(b). */
export function newcombe(a: Share, b: Share, z: number = Z95): Interval {
  const pa = a.n > 0 ? a.hits / a.n : 0;
  const pb = b.n > 0 ? b.hits / b.n : 0;
  const wa = wilson(a, z);
  const wb = wilson(b, z);
  return {
    low: pa - pb - Math.hypot(pa - wa.low, wb.high - pb),
    high: pa - pb + Math.hypot(wa.high - pa, pb - wb.low),
  };
}

/**
 * Interval of a value made of independent shares: how far it goes while one of them goes to the
 * ends of its Wilson interval, added up as squares. `of` has to rise or to fall with each. Of a
 * weighted sum it is MOVER (Zou and Donner, 2008), of a difference Newcombe's. A share without
 * trials counts as 0.
 */
export function mover(
  shares: readonly Share[],
  of: (rates: readonly number[]) => number,
  z: number = Z95,
): Interval & { value: number } {
  const rates = shares.map(({ hits, n }) => (n > 0 ? hits / n : 0));
  const value = of(rates);
  let [below, above] = [0, 0];
  shares.forEach((share, place) => {
    const { low, high } = wilson(share, z);
    const ends = [low, high].map((end) => of(rates.with(place, end)));
    below = Math.hypot(below, value - Math.min(value, ...ends));
    above = Math.hypot(above, Math.max(value, ...ends) - value);
  });
  return { value, low: value - below, high: value + above };
}

/** Normal interval of a mean: `sum` and `squares` (Σx²) of n values; null for n < 2. */
export function meanInterval(
  values: { n: number; sum: number; squares: number },
  z: number = Z95,
): (Interval & { mean: number; standardError: number }) | null {
  const { n, sum, squares } = values;
  if (n < 2) return null;
  const mean = sum / n;
  const variance = Math.max(0, squares - n * mean * mean) / (n - 1);
  const standardError = Math.sqrt(variance / n);
  return { mean, standardError, low: mean - z * standardError, high: mean + z * standardError };
}
