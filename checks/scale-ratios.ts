import type { Span } from '../domain/judging/spans.js';
import type { Place } from './scale-places.js';

/** Logarithm of a ratio, now to before, and how far below and above it chance may have it. */
export interface Ratio {
  log: number;
  down: number;
  up: number;
}

/** The ratio of a quantile; null where it changed its sign. */
export function ratioAt({ before, now, wideBefore, wideNow }: Place): Ratio | null {
  const log = Math.log(now.low / before.low);
  if (!Number.isFinite(log)) return null;
  const [mine, other] = [offsOf(now.low, wideNow), offsOf(before.low, wideBefore)];
  return { log, down: Math.hypot(mine.down, other.up), up: Math.hypot(mine.up, other.down) };
}

/** Logarithms from a value to both ends of where it may be; an end beyond 0 is any distance off. */
function offsOf(value: number, wide: Span): { down: number; up: number } {
  const [near, far] = value > 0 ? [wide.low, wide.high] : [wide.high, wide.low];
  const down = Math.log(value / near);
  return { down: Number.isNaN(down) ? Infinity : down, up: Math.log(far / value) };
}

/** How much wider the values lie: the distance of the outermost quantiles, now to before. */
export function spreadRatio(places: readonly Place[]): Ratio | null {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const sides = (['now', 'before'] as const).map((side) => {
    const wide = side === 'now' ? 'wideNow' : 'wideBefore';
    const gap = last[side].low - first[side].low;
    const [a, b] = [first[wide], last[wide]].map(({ low, high }) => (high - low) / 2);
    return { gap, off: apart([a ?? Infinity, b ?? Infinity], [first.p, last.p]) / gap };
  });
  const [now, before] = sides;
  if (now === undefined || before === undefined) return null;
  const log = Math.log(now.gap / before.gap);
  const off = Math.hypot(now.off, before.off);
  return Number.isFinite(log) && Number.isFinite(off) ? { log, down: off, up: off } : null;
}

/**
 * How far the distance of two quantiles of one sample may be off, where each may be off by so much:
 * they move together, with correlation √(p (1 − q) / (q (1 − p))) for p < q.
 */
function apart([a, b]: readonly [number, number], [p, q]: readonly [number, number]): number {
  const together = Math.sqrt((p * (1 - q)) / (q * (1 - p)));
  return Math.sqrt(a * a + b * b - 2 * together * a * b);
}

/**
 * As a share of |ln factor|: how far a ratio may be off, surely, of a factor between well-known
 * units, of which little else is expected, and of any; and how far the ratio of the spreads: half
 * way between the factor and a step, which leaves the spread.
 */
export const MARGIN = { known: 0.4, any: 0.2, spread: 0.5 } as const;

/** A ratio is surely the factor, within a share of |ln factor| to both sides. */
export function isSurely({ log, down, up }: Ratio, factor: number, share: number): boolean {
  const [off, most] = [log - Math.log(factor), share * Math.abs(Math.log(factor))];
  return off - down >= -most && off + up <= most;
}
