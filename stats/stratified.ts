import { fisherExact } from './fisher.js';
import type { Table } from './fisher.js';

/** Chances below this part of the largest one are none: a double has 16 digits. */
const LEAST = 1e-20;

/** Chances of whole numbers from `from` on, which add up to 1. */
interface Chances {
  from: number;
  of: readonly number[];
}

/**
 * The exact test of Mantel and Haenszel (1959) that no table of several has more in `a` than chance
 * puts there: the probability of a Σ a as large or larger, all margins given, where Σ a is the sum
 * of independent hypergeometric numbers (Gart, 1970; mantelhaen.test(exact = TRUE) of R). Of one
 * table it is Fisher's; 1 of none. Of several one below 1e-20 may be 0.
 */
export function stratifiedExact(tables: readonly Table[]): number {
  const told = tables.filter(({ a, b, c, d }) => {
    return a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0;
  });
  const [first, ...others] = told;
  if (first === undefined) return 1;
  if (others.length === 0) return fisherExact(first, 'greater');
  const { from, of } = others.reduce(
    (sum, table) => added(sum, chancesOf(table)),
    chancesOf(first),
  );
  const seen = told.reduce((sum, { a }) => sum + a, 0) - from;
  // the smallest first, so that none is lost beside the largest
  const tail = of.slice(Math.max(0, seen)).toReversed();
  return Math.min(
    1,
    tail.reduce((sum, one) => sum + one, 0),
  );
}

/** Of `a`, by the exact ratios of neighbours on both sides of the most likely one. */
function chancesOf({ a, b, c, d }: Table): Chances {
  const [row, column, rest] = [a + b, a + c, d - a];
  const [least, most] = [Math.max(0, -rest), Math.min(row, column)];
  const likely = Math.floor(((row + 1) * (column + 1)) / (a + b + c + d + 2));
  const mode = Math.min(most, Math.max(least, likely));
  const up = [1];
  for (let k = mode, one = 1; k < most && one > LEAST; k++) {
    one *= ((row - k) * (column - k)) / ((k + 1) * (rest + k + 1));
    up.push(one);
  }
  const down: number[] = [];
  for (let k = mode, one = 1; k > least && one > LEAST; k--) {
    one *= (k * (rest + k)) / ((row - k + 1) * (column - k + 1));
    down.push(one);
  }
  return whole({ from: mode - down.length, of: [...down.reverse(), ...up] });
}

function whole({ from, of }: Chances): Chances {
  const sum = of.reduce((all, one) => all + one, 0);
  return { from, of: of.map((one) => one / sum) };
}

/** Of the sum of two independent numbers. */
function added(one: Chances, other: Chances): Chances {
  const sums = new Float64Array(one.of.length + other.of.length - 1);
  one.of.forEach((p, i) => {
    other.of.forEach((q, j) => {
      sums[i + j] = (sums[i + j] ?? 0) + p * q;
    });
  });
  const [first, last] = [sums.findIndex((p) => p > LEAST), sums.findLastIndex((p) => p > LEAST)];
  return { from: one.from + other.from + first, of: [...sums.subarray(first, last + 1)] };
}
