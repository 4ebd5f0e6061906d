import type { Mistakes, Spell } from './mistakes.js';
import type { WaitingCost } from '../advice.js';
import type { RetrainingCost } from '../retraining.js';
import type { Duration } from '../window.js';
import { lineOf } from '../../stats/crossing.js';
import { normalPairs } from '../../stats/draws.js';
import { Z95 } from '../../stats/normal.js';

const DAY = 86_400_000;
const DRAWS = normalPairs(500);
/** The time ahead that is looked at, in days; of longer windows one window. */
const AHEAD = 14;
/** What is lost now is the mean of so many days, and no growth is read from fewer. */
const SMOOTHED = 7;

/** What mistakes cost a row beyond the reference, and by how much that grows in a day. */
interface Excess {
  now: number;
  nowError: number;
  growth: number;
  growthError: number;
  rowsPerDay: number;
}

/**
 * The excess of the last 7 days of windows, the two newest at least, by rows. Its standard error is
 * the larger one of what counting so many mistakes makes and of what the windows differ by, joined
 * with the reference's own. Growth is the slope of least squares through all windows, where these
 * are of 7 days or more and its 95 % interval is above 0.
 */
function excessOf({ spells, errors }: Mistakes): Excess | null {
  const newest = spells.at(-1);
  if (newest === undefined) return null;
  const { end } = newest.window;
  const recent = spells.filter(({ window }, at) => {
    return at >= spells.length - 2 || window.end > end - SMOOTHED * DAY;
  });
  const labelled = sumOf(recent, (one) => one.labelled);
  const now = sumOf(recent, (one) => one.labelled * one.excess) / labelled;
  const days = sumOf(recent, ({ window }) => window.end - window.start) / DAY;
  return {
    ...{ now, nowError: errorOf(recent, now, errors) },
    ...growthOf(spells),
    rowsPerDay: sumOf(recent, ({ rows }) => rows) / days,
  };
}

function errorOf(recent: readonly Spell[], now: number, errors: readonly number[]): number {
  const labelled = sumOf(recent, (one) => one.labelled);
  let [counted, known] = [0, 0];
  for (const [at, { cost }] of (recent[0]?.kinds ?? []).entries()) {
    const of = sumOf(recent, ({ kinds }) => kinds[at]?.of ?? 0);
    const wrong = sumOf(recent, ({ kinds }) => kinds[at]?.wrong ?? 0);
    // with one of each kind more, for none in few rows is not surely none
    const rate = (wrong + 1) / (of + 2);
    counted += cost ** 2 * of * rate * (1 - rate);
    known += ((cost * of * (errors[at] ?? 0)) / labelled) ** 2;
  }
  const apart = sumOf(recent, (one) => (one.labelled * (one.excess - now)) ** 2);
  const between = recent.length < 2 ? 0 : (apart * recent.length) / (recent.length - 1);
  return Math.sqrt(Math.max(counted, between) / labelled ** 2 + known);
}

function growthOf(spells: readonly Spell[]): Pick<Excess, 'growth' | 'growthError'> {
  const none = { growth: 0, growthError: 0 };
  const [first, last] = [spells[0], spells.at(-1)];
  if (first === undefined || last === undefined) return none;
  if (last.window.end - first.window.start < SMOOTHED * DAY) return none;
  const line = lineOf(
    spells.map(({ window, excess, labelled }) => ({
      ...{ time: (window.end - last.window.end) / DAY, value: excess, weight: labelled },
    })),
  );
  const error = Math.sqrt(line?.covariance.slope ?? 0);
  if (line === null || line.slope <= Z95 * error) return none;
  return { growth: line.slope, growthError: error };
}

/**
 * `expected`: rows a day · recovers · (excess · H + growth · H² / 2) is what waiting for H costs,
 * and the share of 500 draws of excess and growth (normal, growth at least 0) in which that is more
 * than a retraining. `cumulative` (ski rental: at most twice the cost of knowing all beforehand):
 * what a retraining would have saved in the windows since the last one. null: there are none.
 */
export function waitingCost(
  mistakes: Mistakes,
  cost: RetrainingCost,
  recovers: number,
): WaitingCost | null {
  const { spells } = mistakes;
  const excess = excessOf(mistakes);
  const newest = spells.at(-1);
  if (excess === null || newest === undefined) return null;
  const { rule, perRetraining } = cost;
  const perDay = excess.rowsPerDay * recovers;
  const isAhead = rule === 'expected';
  const horizon = Math.max(AHEAD * DAY, newest.window.end - newest.window.start);
  const ahead = costAhead(excess, { perDay, horizon, most: perRetraining });
  const soFar = recovers * sumOf(spells, (one) => one.rows * one.excess);
  return {
    rule,
    waiting: isAhead ? ahead.expected : soFar,
    retraining: perRetraining,
    share: isAhead ? ahead.share : null,
    horizon: isAhead ? horizon : null,
    recovers,
    excess: excess.now,
    excessStandardError: excess.nowError,
    growth: excess.growth,
    growthStandardError: excess.growthError,
    rowsPerDay: excess.rowsPerDay,
    windows: spells.length,
    until: newest.window.end,
    interval:
      excess.growth > 0 ? DAY * Math.sqrt((2 * perRetraining) / (perDay * excess.growth)) : null,
  };
}

/** What waiting costs, and the share of draws in which it costs more than `most`. */
export function costAhead(
  { now, nowError, growth, growthError }: Omit<Excess, 'rowsPerDay'>,
  { perDay, horizon, most }: { perDay: number; horizon: Duration; most: number },
): { expected: number; share: number } {
  const days = horizon / DAY;
  const costOf = (e: number, b: number): number => perDay * (e * days + (b * days ** 2) / 2);
  const over = DRAWS.filter(([a, b]) => {
    return costOf(now + nowError * a, Math.max(0, growth + growthError * b)) > most;
  });
  return { expected: costOf(now, growth), share: over.length / DRAWS.length };
}

function sumOf<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}
