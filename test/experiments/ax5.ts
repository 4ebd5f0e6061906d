import type { Finding } from '../../domain/finding.js';
import type { Profile } from '../../domain/profile.js';
import { groupsOf, windowAllotting } from '../checks/allotted.js';
import { specOf } from '../checks/decided.js';
import { evidenceOf, monitorOf } from '../checks/evidence.js';
import { binomial, chanceOf, multinomial, normal } from './chance.js';
import type { Chance } from './chance.js';
import { plain, share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';
import { findingsOf } from './simulate.js';

/** The first window that a loop can be told of. */
const FIRST = 8;
/** Positives of a decision, on average, and how far groups differ, as the sd of their logarithm. */
const [RATE, SPREAD] = [0.3, 0.3];

/** What became of groups. */
interface Sums {
  decisions: ArrayLike<number>;
  positives: readonly number[];
}

interface State {
  /** How likely a decision on each is positive. */
  rates: readonly number[];
  last: Sums;
  /** Of all windows so far. */
  all: Sums;
  /** How much each group is asked for, of itself. */
  demand: readonly number[];
}

interface Setting {
  row: string;
  groups: number;
  /** Decisions of a window. */
  rows: number;
  /** Weight of each group in the next window. */
  next: (state: State, chance: Chance) => readonly number[];
  /** Labels are those of as many rows in each window, whoever is decided on. */
  free?: true;
  /** How far groups differ, where it is not SPREAD. */
  spread?: number;
  /** Step of the logarithm of the demand, from window to window. */
  moves?: number;
  /** What has to be so by a window. */
  must: Readonly<Record<number, Bound>>;
}

const counts = ({ positives }: Sums) => positives.map((one) => one + 0.5);
const rates = ({ positives, decisions }: Sums) =>
  positives.map((one, group) => (one + 1) / ((decisions[group] ?? 0) + 1 / RATE));

const loop: Setting = {
  ...{ row: 'loop', groups: 6, rows: 600, next: ({ all }) => counts(all) },
  must: { 8: null, 12: { least: 0.8 }, 24: null },
};
const still = { 8: null, 12: { most: 0.02 }, 24: null };
const free: Setting = {
  ...loop,
  row: 'labels do not depend on decisions',
  free: true,
  must: still,
};
const random: Setting = {
  ...{ ...loop, row: 'decided at random', must: still },
  next: ({ demand }, chance) => demand.map(() => Math.exp(0.5 * normal(chance))),
};
const fixed: Setting = {
  ...loop,
  row: 'the same shares always',
  must: still,
  next: (s) => s.demand,
};
const open = { 8: null, 12: null, 24: null };
const byRate: Setting = {
  ...loop,
  row: 'retrained on rates',
  must: open,
  next: ({ all }) => rates(all),
};
const moving: Setting = {
  ...{ ...loop, row: 'demand moves, decisions follow it', must: open, moves: 0.3 },
  next: ({ demand }) => demand,
};

const lastLoop: Setting = {
  ...{ ...loop, row: 'loop, by the last window alone', must: open },
  next: ({ last }) => counts(last),
};
const lastRate: Setting = {
  ...{ ...byRate, row: 'retrained on rates of the last window alone' },
  next: ({ last }) => rates(last),
};

function settings(size: Size): Setting[] {
  if (size === 'quick') {
    const brief = (one: Setting) => ({ ...one, must: { 12: one.must[12] ?? null } });
    return [loop, free, random, fixed, byRate].map(brief);
  }
  const other = (words: string, of: Partial<Setting>) => (one: Setting) => {
    const must = one.must === loop.must ? open : one.must;
    return { ...one, ...of, must, row: `${one.row}, ${words}` };
  };
  const main = [loop, free, random, fixed, byRate];
  return [
    ...[loop, { ...loop, row: 'loop (again)' }, free, random, fixed, byRate],
    ...[lastLoop, lastRate, moving],
    other('groups differ by 0.2', { spread: 0.2 })(loop),
    ...main.map(other('3,000 decisions', { rows: 3000 })),
    ...main.map(other('200 decisions', { rows: 200 })),
    ...main.map(other('20 groups of 100', { rows: 2000, groups: 20 })),
  ];
}

/** Allocation that feeds on the labels it brings. */
export const ax5: Experiment = {
  id: 'AX5',
  run: (size) => {
    const found = settings(size).map((one) => ({ one, looks: looksOf(one, size) }));
    return {
      id: 'AX5',
      title: 'decisions that follow their own labels',
      setup:
        '600 decisions a window on 6 groups; 30 % of them are positive, groups differ by 0.3 in the ' +
        'logarithm. The loop decides in each window by the positive labels of all before (an ' +
        'urn). Controls: labels of 100 rows a group whoever is decided on; shares drawn anew in ' +
        'each window; shares that stay; retraining on positive labels per decision. Demand that ' +
        'moves by itself is a random walk of 0.3 in the logarithm. Fires: allocation_gain at warn ' +
        'or alert in that window or one before, looked at from the eighth on. Groups that differ by ' +
        '0.2 were tried first; the loop is slower there, and that is told, too.',
      tables: [
        { title: 'allocation_gain has fired by window …', figures: told(found, 'fired') },
        { title: 'and with concentration that rises: alert', figures: told(found, 'alerted') },
        { title: 'Gain in the last window, mean', figures: gains(found) },
      ],
    };
  },
};

/** For each run, the window in which something was first so; Infinity: never. */
interface Looks {
  fired: number[];
  alerted: number[];
  gains: number[];
}

type Found = readonly { one: Setting; looks: Looks }[];

function told(found: Found, what: 'fired' | 'alerted'): Figure[] {
  return found.flatMap(({ one, looks }) =>
    Object.entries(one.must).map(([by, bound]) => {
      const hits = looks[what].filter((first) => first <= Number(by)).length;
      const must = what === 'fired' ? bound : null;
      return share({ row: one.row, column: `window ${by}`, must }, { hits, n: looks.fired.length });
    }),
  );
}

function gains(found: Found): Figure[] {
  return found.map(({ one, looks }) => {
    const mean = looks.gains.reduce((sum, gain) => sum + gain, 0) / looks.gains.length;
    return plain({ row: one.row, column: 'gain' }, mean);
  });
}

function looksOf(setting: Setting, size: Size): Looks {
  const looks: Looks = { fired: [], alerted: [], gains: [] };
  const last = Math.max(...Object.keys(setting.must).map(Number));
  for (let run = 0; run < (size === 'quick' ? 20 : 400); run++) {
    let [fired, alerted, gain, window] = [Infinity, Infinity, 0, FIRST - 1];
    for (const { verdict, value } of findings(setting, last, run)) {
      window += 1;
      gain = value ?? gain;
      if (verdict === 'warn' || verdict === 'alert') fired = Math.min(fired, window);
      if (verdict === 'alert') alerted = Math.min(alerted, window);
    }
    looks.fired.push(fired);
    looks.alerted.push(alerted);
    looks.gains.push(gain);
  }
  return looks;
}

const monitor = monitorOf({ checks: [specOf('allocation_gain')] });

/** What is found in each window from the eighth on. */
function* findings(setting: Setting, last: number, run: number): Generator<Finding> {
  const chance = chanceOf(`AX5/${setting.row}/${String(run)}`);
  const ones = new Array<number>(setting.groups).fill(1);
  const none = { decisions: [], positives: [] };
  const state: State = {
    rates: ones.map(() => RATE * Math.exp((setting.spread ?? SPREAD) * normal(chance))),
    ...{ last: none, all: none, demand: ones },
  };
  let weights: readonly number[] = ones;
  const answers: Profile[] = [];
  for (let day = 0; day < last; day++) {
    const current = drawn(chance, setting, { state, weights, day });
    if (day + 1 >= FIRST) {
      yield* findingsOf(monitor, { ...evidenceOf({}, {}), current, answers: [...answers] });
    }
    answers.push(current);
    const { moves } = setting;
    if (moves !== undefined)
      state.demand = state.demand.map((one) => one * Math.exp(moves * normal(chance)));
    weights = setting.next(state, chance);
  }
}

/** The rows of one window, which the state remembers. */
function drawn(
  chance: Chance,
  { rows, free: isFree, groups }: Setting,
  { state, weights, day }: { state: State; weights: readonly number[]; day: number },
): Profile {
  const decisions = multinomial(chance, rows, weights);
  const positives = Array.from(decisions, (n, group) =>
    binomial(chance, isFree ? Math.round(rows / groups) : n, Math.min(1, state.rates[group] ?? 0)),
  );
  const added = (one: ArrayLike<number>, more: ArrayLike<number>) =>
    Array.from(one, (n, group) => n + (more[group] ?? 0));
  state.last = { decisions, positives };
  state.all = {
    decisions: added(decisions, state.all.decisions),
    positives: added(positives, state.all.positives),
  };
  const allotted = Array.from(decisions, (n, group) => {
    return [`group ${String(group)}`, [n, positives[group] ?? 0]] as const;
  });
  return windowAllotting(groupsOf(Object.fromEntries(allotted)), day);
}
