import type { ItemLoop } from '../../checks/item-loop.js';
import type { Finding } from '../../domain/finding.js';
import type { Profile } from '../../domain/profile.js';
import { specOf } from '../checks/decided.js';
import { evidenceOf, monitorOf } from '../checks/evidence.js';
import { itemsOf, windowShowing } from '../checks/shown.js';
import { binomial, chanceOf, multinomial, normal } from './chance.js';
import type { Chance } from './chance.js';
import { share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';
import { findingsOf } from './simulate.js';

const CATALOGUE = 400;
const WINDOWS = 12;
/** The first windows that a trend can be told of. */
const FIRST = 6;
/** Clicks of a row, on average, and how far items differ, as the sd of their logarithm. */
const [RATE, SPREAD] = [0.05, 0.5];

/** What became of the items so far. */
interface State {
  /** How likely each is clicked where it is shown. */
  rates: number[];
  shown: Float64Array;
  clicked: number[];
  /** Of all windows so far. */
  all: { shown: number[]; clicked: number[] };
  window: number;
}

interface Setting {
  row: string;
  rows: number;
  /** Weight of each item in the next window. */
  next: (state: State) => readonly number[];
  /** The first window is as the model would have it: nothing is learnt anew in it. */
  settled?: true;
  /** Step of the logarithm of what an item is worth, from window to window. */
  viral?: number;
  /** What has to be so by a window, of being suspected. */
  must: Readonly<Record<number, Bound>>;
}

const rateOf = (clicked: number, shown: number): number => (clicked + 1) / (shown + 20);
const popular = ({ clicked }: State) => clicked.map((one) => one + 0.5);
const responsive = ({ clicked, shown }: State) =>
  clicked.map((one, item) => rateOf(one, shown[item] ?? 0));

/** 90 % by clicks per exposure of all windows, 10 % at random. */
function corrected({ all }: State): number[] {
  const rates = all.clicked.map((one, item) => rateOf(one, all.shown[item] ?? 0));
  const sum = rates.reduce((a, b) => a + b, 0);
  return rates.map((one) => (0.9 * one) / sum + 0.1 / CATALOGUE);
}

const plain = { rows: 20_000 };
const loop: Setting = {
  ...plain,
  row: 'loop',
  next: popular,
  must: { 6: { least: 0.95 }, 12: null },
};
const none = (by: number, most: number) => ({ [FIRST]: null, [by]: { most } });
const frozen: Setting = {
  ...{ ...plain, row: 'frozen model', settled: true, must: none(12, 0) },
  next: ({ rates }) => rates,
};
const byRate: Setting = {
  ...{ ...plain, row: 'by clicks per exposure, 10 % at random', next: corrected },
  must: none(12, 0),
};
const viral: Setting = {
  ...{ ...plain, row: 'items go viral by themselves', next: responsive, settled: true },
  ...{ viral: 0.3, must: none(12, 0.25) },
};
const shrinks: Setting = {
  ...{ ...plain, row: 'frozen, 2 % of the items go each window', settled: true },
  next: ({ rates, window }) => rates.map((one, item) => (item < 8 * window ? 0 : one)),
  must: none(12, 0),
};

function settings(size: Size): Setting[] {
  if (size === 'quick') {
    const brief = { ...viral, must: { 8: { most: 0.25 } } };
    const still = [frozen, byRate].map((one) => ({ ...one, must: { 8: { most: 0 } } }));
    return [{ ...loop, must: { 6: { least: 0.95 } } }, ...still, brief];
  }
  const all = ({ all: { clicked } }: State) => clicked.map((one) => one + 1);
  const open = { 6: null, 12: null };
  return [
    ...[loop, { ...loop, row: 'loop (again)' }, frozen, byRate, viral, shrinks],
    { ...loop, row: 'loop, 100,000 rows a window', rows: 100_000 },
    { ...viral, row: 'viral, 100,000 rows a window', rows: 100_000 },
    { ...viral, row: 'viral, in steps twice as large', viral: 0.6 },
    { ...loop, row: 'loop, 5,000 rows a window', rows: 5_000, must: open },
    { ...viral, row: 'viral, 5,000 rows a window', rows: 5_000 },
    { ...loop, row: 'loop, by all clicks so far', next: all, must: open },
  ];
}

/** Exposure that concentrates, and whether a loop is suspected for it. */
export const ax6: Experiment = {
  id: 'AX6',
  run: (size) => {
    const found = settings(size).map((one) => ({ one, looks: runsOf(one, size) }));
    return {
      id: 'AX6',
      title: 'recommenders that feed on their own clicks',
      setup:
        `A recommender shows ${CATALOGUE} items in 20,000 rows a window; 5 % of the rows are clicked, ` +
        'items differ by 0.5 in the logarithm. The loop shows each by its clicks of the window ' +
        'before. It is held against a window that shows all alike, models that have settled against ' +
        'one of their own. Fires: exposure_concentration at warn or alert in that window or before; ' +
        'suspected: its words for that window, or one before, name a self-reinforcing allocation. ' +
        'With fewer than 2 clicks an item and window nothing is; that bound was settled on other seeds.',
      tables: [
        { title: 'exposure_concentration has fired by window …', figures: told(found, 'fired') },
        { title: 'and suspects a loop', figures: told(found, 'suspected') },
      ],
    };
  },
};

/** For each run, the window in which something was first so; Infinity: never. */
interface Looks {
  fired: number[];
  suspected: number[];
}

function told(found: readonly { one: Setting; looks: Looks }[], what: keyof Looks): Figure[] {
  return found.flatMap(({ one, looks }) =>
    Object.entries(one.must).map(([by, bound]) => {
      const firsts = looks[what];
      const hits = firsts.filter((first) => first <= Number(by)).length;
      const isStill = one.row === frozen.row ? { most: 0 } : null;
      const must = what === 'suspected' ? bound : bound && isStill;
      return share({ row: one.row, column: `window ${by}`, must }, { hits, n: firsts.length });
    }),
  );
}

function runsOf(setting: Setting, size: Size): Looks {
  const looks: Looks = { fired: [], suspected: [] };
  const last = Math.max(...Object.keys(setting.must).map(Number));
  for (let run = 0; run < (size === 'quick' ? 8 : 200); run++) {
    let [fired, suspected, window] = [Infinity, Infinity, FIRST - 1];
    for (const { verdict, details } of findings(setting, last, run)) {
      window += 1;
      if (verdict !== 'warn' && verdict !== 'alert') continue;
      fired = Math.min(fired, window);
      if ((details['loop'] as ItemLoop).suspected) suspected = Math.min(suspected, window);
    }
    looks.fired.push(fired);
    looks.suspected.push(suspected);
  }
  return looks;
}

const monitor = monitorOf({ checks: [specOf('exposure_concentration')] });

/** What is found in each window from the sixth on. */
function* findings(setting: Setting, last: number, run: number): Generator<Finding> {
  const chance = chanceOf(`AX6/${setting.row}/${String(run)}`);
  const rates = Array.from({ length: CATALOGUE }, () => RATE * Math.exp(SPREAD * normal(chance)));
  const zeros = () => new Array<number>(CATALOGUE).fill(0);
  const state: State = {
    ...{ rates, shown: new Float64Array(CATALOGUE), clicked: zeros(), window: 0 },
    all: { shown: zeros(), clicked: zeros() },
  };
  let weights: readonly number[] = setting.settled ? rates : new Array<number>(CATALOGUE).fill(1);
  const reference = drawn(chance, setting, { state, weights, day: -1 });
  const answers: Profile[] = [];
  for (let day = 0; day < Math.min(last, WINDOWS); day++) {
    const current = drawn(chance, setting, { state, weights, day });
    if (day + 1 >= FIRST) {
      yield* findingsOf(monitor, {
        ...evidenceOf({}, {}),
        current,
        reference,
        answers: [...answers],
      });
    }
    answers.push(current);
    state.window = day + 1;
    const { viral: step } = setting;
    if (step !== undefined)
      state.rates = state.rates.map((r) => r * Math.exp(step * normal(chance)));
    weights = setting.next(state);
  }
}

/** The rows of one window, which the state remembers. */
function drawn(
  chance: Chance,
  { rows }: Setting,
  { state, weights, day }: { state: State; weights: readonly number[]; day: number },
): Profile {
  state.shown = multinomial(chance, rows, weights);
  state.clicked = Array.from(state.shown, (n, item) =>
    binomial(chance, n, Math.min(1, state.rates[item] ?? 0)),
  );
  state.clicked.forEach((one, item) => {
    state.all.clicked[item] = (state.all.clicked[item] ?? 0) + one;
    state.all.shown[item] = (state.all.shown[item] ?? 0) + (state.shown[item] ?? 0);
  });
  const shown = Array.from(state.shown, (n, item) => {
    return [`item ${String(item)}`, [n, state.clicked[item] ?? 0]] as const;
  });
  return windowShowing(itemsOf(Object.fromEntries(shown)), day);
}
