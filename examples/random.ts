/** A seeded stream of chance (mulberry32): the same seed gives the same rows. */
export interface Chance {
  /** Uniform on [0, 1). */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  pick<T>(choices: readonly (readonly [T, number])[]): T;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const pick = <T>(choices: readonly (readonly [T, number])[]): T => {
    let left = uniform() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of choices) {
      left -= weight;
      if (left < 0) return value;
    }
    const [first] = choices;
    if (first === undefined) throw new RangeError('pick: expected at least one choice');
    return first[0];
  };
  return { uniform, normal, pick };
}

/** `value` with so many decimals, as data files carry it. */
export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** A day of made rows: the same seed gives the same values, whatever the date is. */
export interface MadeDay {
  /** First moment of the day, ms since 1970 UTC. */
  start: number;
  seed: number;
  rows: number;
}
