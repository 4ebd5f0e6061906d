import { logGamma } from '../../stats/gamma.js';

/** Numbers from 0 to 1 (exclusive), the same for the same name every time. */
export type Chance = () => number;

/** A generator (xoshiro128**) seeded by a name, so that every run of an experiment has its own. */
export function chanceOf(name: string): Chance {
  const state = new Uint32Array(4);
  let hash = 0x811c9dc5;
  for (let place = 0; place < 4; place++) {
    for (const letter of `${name}/${String(place)}`) {
      hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
      hash ^= hash >>> 13;
    }
    state[place] = hash >>> 0;
  }
  const next = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const twisted = Math.imul(b, 5);
    const result = Math.imul((twisted << 7) | (twisted >>> 25), 9) >>> 0;
    const [c2, d2] = [c ^ a, d ^ b];
    state.set([a ^ d2, b ^ c2, c2 ^ (b << 9), (d2 << 11) | (d2 >>> 21)]);
    return (result + 0.5) / 2 ** 32;
  };
  for (let warm = 0; warm < 20; warm++) next();
  return next;
}

/** A standard normal, by Box and Muller. */
export function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(chance())) * Math.cos(2 * Math.PI * chance());
}

/** How many of n come up, each with probability p: exact (inversion, or Hörmann's BTRS). */
export function binomial(chance: Chance, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(chance, n, 1 - p);
  return n * p < 10 ? byGaps(chance, n, p) : byRejection(chance, n, p);
}

function byGaps(chance: Chance, n: number, p: number): number {
  const scale = Math.log1p(-p);
  let [hits, place] = [0, 0];
  for (;;) {
    place += Math.ceil(Math.log(chance()) / scale);
    if (place > n) return hits;
    hits += 1;
  }
}

function byRejection(chance: Chance, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = chance() - 0.5;
    const v = chance();
    const room = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / room + b) * u + n * p + 0.5);
    if (k < 0 || k > n) continue;
    if (room >= 0.07 && v <= 0.92 - 4.2 / b) return k;
    const left = Math.log((v * (2.83 + 5.1 / b) * spread) / (a / (room * room) + b));
    const top = logGamma(mode + 1) + logGamma(n - mode + 1);
    const here = logGamma(k + 1) + logGamma(n - k + 1);
    if (left <= top - here + (k - mode) * Math.log(p / (1 - p))) return k;
  }
}

/** n rows over cells of these probabilities (they need not add up to 1). */
export function multinomial(
  chance: Chance,
  n: number,
  probabilities: readonly number[],
): Float64Array {
  const counts = new Float64Array(probabilities.length);
  let share = probabilities.reduce((sum, p) => sum + p, 0);
  let left = n;
  for (const [cell, p] of probabilities.entries()) {
    if (left === 0) break;
    const hits = cell === probabilities.length - 1 ? left : binomial(chance, left, p / share);
    counts[cell] = hits;
    left -= hits;
    share -= p;
  }
  return counts;
}
