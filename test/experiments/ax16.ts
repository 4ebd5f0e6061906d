import type { RetrainingCost } from '../../domain/retraining.js';
import { plain } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';
import { advised, DAY, yearOf } from './year.js';
import type { Rule, Setting } from './year.js';

const PRICES = [5, 20, 80];
/** How far from the best fixed rule, which knows the price, is well. */
const WELL: Bound = { most: 1.1 };

export const usual: Setting = {
  ...{ row: 'as told', rows: 500, positives: 0.5, missed: 0.1, alarmed: 0.1 },
  ...{ missedBy: 1, alarmedBy: 1, perMissed: 0.2, perAlarmed: 0.2, delay: 7, recovers: 1 },
};
/** A point lost for a day costs 5,000 rows · (0.02 · 0.03 · 0.3082 + 0.98 · 0.001 · 0.01541) = 1. */
const rare: Setting = {
  ...{ row: '5,000 rows a day, 2 % of them positive', rows: 5000, positives: 0.02, missed: 0.3 },
  ...{ alarmed: 0.02, missedBy: 3, alarmedBy: 0.1, perMissed: 0.3082, perAlarmed: 0.01541 },
  ...{ delay: 7, recovers: 1 },
};

interface Measuring {
  setting: Setting;
  /** What names its runs, so that another one has other seeds. */
  seed: string;
  /** Goals of the rules of the advice; the others are reported. */
  must: Readonly<Record<string, Bound>>;
}

const both = { expected: WELL, cumulative: WELL };

function measurings(size: Size): Measuring[] {
  const told = { setting: usual, seed: 'AX16', must: both };
  if (size === 'quick') return [told];
  const again = { ...usual, row: 'as told (again)' };
  const late = { ...usual, row: 'labels after 30 days', delay: 30 };
  const partly = { ...usual, row: 'a retraining brings back 70 %', recovers: 0.7 };
  return [
    told,
    { setting: again, seed: 'AX16 again', must: both },
    { setting: rare, seed: 'AX16 rare', must: { expected: WELL } },
    { setting: partly, seed: 'AX16 partly', must: {} },
    { setting: late, seed: 'AX16 late', must: {} },
  ];
}

const every =
  (days: number): Rule =>
  ({ day, last }) =>
    day - last >= days;
const above =
  (points: number): Rule =>
  ({ points: all }) => {
    const week = all.slice(-7);
    return week.length === 7 && week.reduce((sum, one) => sum + one, 0) / 7 > points;
  };
/** Rules that know nothing of prices. */
const fixed: Readonly<Record<string, Rule>> = {
  'every 7 days': every(7),
  'every 30 days': every(30),
  'every 60 days': every(60),
  '1 point lost': above(1),
  '2 points lost': above(2),
  '5 points lost': above(5),
  never: () => false,
};

/** The real advice, told this price of a retraining. */
function byAdvice(setting: Setting, perRetraining: number): Record<string, Rule> {
  const cost = { perRetraining, perFalseNegative: setting.perMissed };
  const given = { ...cost, perFalsePositive: setting.perAlarmed, recovers: setting.recovers };
  const of = (more: Pick<RetrainingCost, 'rule'> & Partial<RetrainingCost>, cooldown = 0): Rule => {
    return (evening) => advised(evening, { ...given, ...more }, cooldown) === 'retrain';
  };
  return {
    expected: of({ rule: 'expected' }),
    cumulative: of({ rule: 'cumulative' }),
    ...(setting === usual
      ? {
          'expected, with a cooldown of 14 days': of({ rule: 'expected' }, 14 * DAY),
          'expected, told that 70 % come back': of({ rule: 'expected', recovers: 0.7 }),
        }
      : {}),
  };
}

/** What waiting costs beside what a retraining does. */
export const ax16: Experiment = {
  id: 'AX16',
  run: (size) => {
    const found = measurings(size).map((one) => ({ one, costs: costsOf(one, size) }));
    return {
      id: 'AX16',
      title: 'when to retrain, where waiting and retraining have a price',
      setup:
        '365 days of a model that has 500 rows a day, half of them positive, and is wrong on 10 % of ' +
        'them while it is new. Each day it loses 0, 0.02, 0.1 or 0.3 points (percentage points of ' +
        'mistakes), drawn anew every 60 days, and 3 points at once on one day in 200; a point lost ' +
        'costs 1 a day. Labels come after 7 days; a retraining costs 5, 20 or 80 and brings all ' +
        'back. `expected` and `cumulative` are the rules of retraining.cost, asked each day through ' +
        'the advice itself with a cooldown of nothing, told what a retraining brings back. Fixed ' +
        'rules: every so many days, or the mean of the last 7 days of labels beyond so many points. ' +
        'In the other geometry a new model misses 30 % and has 2 % of false alarms, a point is 3 ' +
        'points more missed and 0.1 of false alarms, and a miss costs 20 false alarms. Where it is ' +
        'not said otherwise a rule is only reported: `cumulative`, which adds up the error of the ' +
        'reference, too, is far off in that geometry where a retraining costs little, and where ' +
        'labels come after 30 days every rule that waits for them is.',
      tables: found.flatMap(({ one, costs }) => [
        ...(one.setting === usual
          ? [{ title: 'as told: cost of the year', figures: totals(costs) }]
          : []),
        {
          title: `${one.setting.row}: times the best fixed rule, which differs by price`,
          figures: besideBest(costs, one.must),
        },
      ]),
    };
  },
};

/** Price → rule → cost of each run. */
type Costs = Map<number, Map<string, number[]>>;

function costsOf({ setting, seed }: Measuring, size: Size): Costs {
  const runs = size === 'quick' ? 6 : 60;
  const ofRule = (rule: Rule) =>
    Array.from({ length: runs }, (_, run) => yearOf(setting, `${seed}/${String(run)}`, rule));
  const known = Object.entries(fixed).map(([name, rule]) => [name, ofRule(rule)] as const);
  return new Map(
    PRICES.map((price) => {
      const priced = Object.entries(byAdvice(setting, price))
        .filter(([name]) => size === 'full' || name in both)
        .map(([name, rule]) => [name, ofRule(rule)] as const);
      const all = [...priced, ...known].map(([name, years]) => {
        return [name, years.map(({ days, lost }) => lost + price * days.length)] as const;
      });
      return [price, new Map(all)];
    }),
  );
}

const columnOf = (price: number): string => `a retraining costs ${String(price)}`;

const meanOf = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0) / all.length;

/** A mean with its normal 95 % interval, and the standard error. */
function meanWith(all: readonly number[]) {
  const mean = meanOf(all);
  const variance = all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (all.length - 1);
  const sd = Math.sqrt(variance / all.length);
  return { mean, sd, interval: { low: mean - 1.96 * sd, high: mean + 1.96 * sd } };
}

function totals(costs: Costs): Figure[] {
  return [...costs].flatMap(([price, byRule]) =>
    [...byRule].map(([row, all]) => {
      const { mean, interval } = meanWith(all);
      return { ...plain({ row, column: columnOf(price) }, mean), interval };
    }),
  );
}

/** Ratios of means of the same years, with the interval of the delta method. */
function besideBest(costs: Costs, must: Measuring['must']): Figure[] {
  return [...costs].flatMap(([price, byRule]) => {
    const known = [...byRule].filter(([name]) => name in fixed).map(([, all]) => all);
    const best = known.reduce((a, b) => (meanOf(b) < meanOf(a) ? b : a));
    return [...byRule].map(([row, all]) => {
      const ratio = meanOf(all) / meanOf(best);
      const { sd } = meanWith(
        all.map((one, run) => (one - ratio * (best[run] ?? 0)) / meanOf(best)),
      );
      const interval = { low: ratio - 1.96 * sd, high: ratio + 1.96 * sd };
      const cell = { row, column: columnOf(price) };
      return { ...plain(cell, ratio), interval, sd, must: must[row] ?? null };
    });
  });
}
