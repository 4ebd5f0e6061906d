import { checkNamed } from '../../checks/index.js';
import type { Decision } from '../../domain/action.js';
import type { Finding } from '../../domain/finding.js';
import type { CheckSpec, Monitor } from '../../domain/monitor.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, evidenceOf, monitorOf, windowEnding } from '../checks/evidence.js';
import { binomial, chanceOf, multinomial } from './chance.js';
import type { Chance } from './chance.js';
import { share } from './figures.js';
import type { Bound, Experiment, Figure, Size } from './figures.js';
import { findingsOf } from './simulate.js';

/** A model that acts on its highest scores, and what that does to labels. */
interface Setting {
  row: string;
  /** Rows of a round. */
  n: number;
  base: number;
  /** How far the logits of the scores are spread, and by what a score is off: 1 is calibrated. */
  spread: number;
  slope: number;
  /** Part of the frauds acted on that is recorded as none; `null`: no label of any row acted on. */
  deterred: number | null;
  /** Part of the band that is held out. */
  held: number;
  /** Fraud of a round, as a part of the first one's, and of the rows with the highest scores. */
  falls: (round: number) => { all: number; band: number };
  /** Labels that are missing at random. */
  missing: number;
  rounds: number;
  /** Share of runs that have fired by a round. */
  must: Readonly<Record<number, Bound>>;
}

const ACTED = 0.05;
const still = () => ({ all: 1, band: 1 });

const plain: Omit<Setting, 'row' | 'must'> = {
  ...{ n: 20_000, base: 0.02, spread: 1.4, slope: 1, deterred: 0.9, held: 0.05 },
  ...{ falls: still, missing: 0, rounds: 10 },
};

/** What is no loop, though some of it looks like one. */
function controls(by: number, most: number): Setting[] {
  const none = { ...plain, deterred: 0, must: { [by]: { most } } };
  return [
    { ...none, row: 'no loop' },
    {
      ...{ ...none, row: 'fraud falls by 8 % a round' },
      falls: (round) => ({ all: 0.92 ** round, band: 1 }),
    },
    { ...none, row: '30 % of the labels missing at random', missing: 0.3 },
    {
      ...{ ...none, row: 'fraud leaves the high scores, by 20 % a round' },
      falls: (round) => ({ all: 1, band: 0.8 ** round }),
    },
  ];
}

function suppressed(size: Size): Setting[] {
  const loop = { ...plain, row: 'loop', must: { 1: null, 2: { least: 0.95 }, 3: null, 10: null } };
  const some = [loop, { ...loop, row: 'loop (again)' }, ...controls(10, 0.05)];
  if (size === 'quick') return some;
  const told = { ...loop, must: { 1: null, 2: null, 3: null, 10: null } };
  const none = { ...plain, deterred: 0, must: { 10: { most: 0.05 } } };
  return [
    ...some,
    { ...told, row: 'loop, base 0.5 %', base: 0.005 },
    { ...told, row: 'loop, base 10 %', base: 0.1 },
    { ...told, row: 'loop, 2,000 rows a round', n: 2000 },
    { ...told, row: 'loop, 1 % held out', held: 0.01 },
    { ...told, row: 'loop, half of the frauds recorded', deterred: 0.5 },
    { ...told, row: 'loop, over-confident scores', slope: 0.6 },
    { ...none, row: 'no loop, base 0.5 %', base: 0.005 },
    { ...none, row: 'no loop, base 10 %', base: 0.1 },
    { ...none, row: 'no loop, over-confident scores', slope: 0.6 },
    { ...none, row: 'no loop, 90 rounds', rounds: 90, must: { 10: null, 90: { most: 0.05 } } },
  ];
}

function uncovered(size: Size): Setting[] {
  const loop = { ...plain, row: 'loop', deterred: null, must: { 1: { least: 0.99 } } };
  const some = [loop, { ...loop, row: 'loop (again)' }, ...controls(10, 0.02)];
  if (size === 'quick') return some;
  return [
    ...some,
    { ...loop, row: 'loop, base 0.5 %', base: 0.005 },
    { ...loop, row: 'loop, base 10 %', base: 0.1 },
    { ...loop, row: 'loop, 2,000 rows a round', n: 2000 },
  ];
}

const SETUP =
  'A model acts on the 5 % highest scores; 20,000 rows a round, 2 % fraud, logits of the scores ' +
  'spread by 1.4, 5 % of those rows held out at random; the model stays as it is. ';

/** Fraud that acting turns into labels of none. */
export const ax1: Experiment = {
  id: 'AX1',
  run: (size) => ({
    id: 'AX1',
    title: 'labels that the model suppresses',
    setup:
      `${SETUP}Nine of ten frauds acted on are recorded as none. Fires: suppression at warn or ` +
      'alert in that round or before. Over-confident scores have logits 1 / 0.6 times too large.',
    tables: [
      {
        title: 'suppression has fired by round …',
        figures: suppressed(size).flatMap((one) => fires('suppression', one, size)),
      },
    ],
  }),
};

/** Rows acted on that never get a label. */
export const ax2: Experiment = {
  id: 'AX2',
  run: (size) => ({
    id: 'AX2',
    title: 'labels that the model removes',
    setup: `${SETUP}No row acted on gets a label. Fires: label_coverage at warn or alert.`,
    tables: [
      {
        title: 'label_coverage has fired by round …',
        figures: uncovered(size).flatMap((one) => fires('label_coverage', one, size)),
      },
    ],
  }),
};

type Check = 'suppression' | 'label_coverage';

function fires(check: Check, setting: Setting, size: Size): Figure[] {
  const { row, rounds, must } = setting;
  const runs = size === 'quick' ? 20 : 600;
  const monitor = monitorWith(check);
  const world = scoresOf(setting);
  const firsts = Array.from({ length: runs }, (_, run) => {
    const chance = chanceOf(`${check}/${row}/${String(run)}`);
    const before: Profile[] = [];
    for (let round = 0; round < rounds; round++) {
      const current = drawn(chance, setting, { world, round });
      if (isBad(look(monitor, before, current))) return round + 1;
      before.push(current);
    }
    return Infinity;
  });
  return Object.entries(must).map(([by, bound]) => {
    const hits = firsts.filter((first) => first <= Number(by)).length;
    return share({ row, column: `round ${by}`, must: bound }, { hits, n: runs });
  });
}

const isBad = (finding: Finding | undefined): boolean =>
  finding?.verdict === 'warn' || finding?.verdict === 'alert';

function look(monitor: Monitor, before: readonly Profile[], current: Profile): Finding | undefined {
  const labelled = { first: before.slice(0, 28), recent: before.slice(-90) };
  return findingsOf(monitor, { ...evidenceOf({}, {}), current, labelled })[0];
}

function monitorWith(check: Check): Monitor {
  const { warn, alert, minRows, rule } = checkNamed(check).defaults;
  const asked = { name: null, against: null, targets: null, running: null, every: null };
  const spec: CheckSpec = { ...asked, check, warn, alert, minRows, rule, params: {} };
  return monitorOf({ checks: [spec] });
}

/** Scores with how many rows have them, what is true of them, and whether the model acts. */
interface World {
  score: number;
  weight: number;
  truth: number;
  inBand: boolean;
}

const CELLS = 200;
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Scores whose logits are normal, with the mean that gives the base rate. */
function scoresOf({ base, spread, slope }: Setting): World[] {
  const places = Array.from({ length: CELLS }, (_, k) => -4 + ((k + 0.5) * 8) / CELLS);
  const densities = places.map((z) => Math.exp((-z * z) / 2));
  const whole = densities.reduce((sum, one) => sum + one, 0);
  const weights = densities.map((one) => one / whole);
  const rateAt = (mean: number) =>
    places.reduce((sum, z, k) => sum + (weights[k] ?? 0) * logistic(mean + spread * z), 0);
  let [low, high] = [-20, 5];
  for (let step = 0; step < 60; step++) {
    const mean = (low + high) / 2;
    if (rateAt(mean) < base) low = mean;
    else high = mean;
  }
  let above = 1;
  return places.map((z, k) => {
    const weight = weights[k] ?? 0;
    const logit = low + spread * z;
    const inBand = above <= ACTED + weight / 2;
    above -= weight;
    return { score: logistic(logit / slope), weight, truth: logistic(logit), inBand };
  });
}

interface Row {
  decision: Decision;
  label: '' | '0' | '1';
  score: number;
  n: number;
}

/** One round, as the engine counts it. */
function drawn(
  chance: Chance,
  setting: Setting,
  { world, round }: { world: readonly World[]; round: number },
): Profile {
  const { n, held, deterred, missing } = setting;
  const fallen = setting.falls(round);
  const counts = multinomial(
    chance,
    n,
    world.map(({ weight }) => weight),
  );
  const rows: Row[] = [];
  const put = (cell: Pick<Row, 'decision' | 'score'>, all: number, rate: number) => {
    const known = all - binomial(chance, all, missing);
    const yes = binomial(chance, known, rate);
    rows.push({ ...cell, label: '', n: all - known });
    rows.push({ ...cell, label: '0', n: known - yes }, { ...cell, label: '1', n: yes });
  };
  world.forEach(({ score, truth, inBand }, k) => {
    const all = counts[k] ?? 0;
    const rate = truth * fallen.all * (inBand ? fallen.band : 1);
    if (!inBand) {
      put({ decision: 'free', score }, all, rate);
      return;
    }
    const kept = binomial(chance, all, held);
    put({ decision: 'explored', score }, kept, rate);
    const acted = { decision: 'censored', score } as const;
    if (deterred === null) rows.push({ ...acted, label: '', n: all - kept });
    else put(acted, all - kept, rate * (1 - deterred));
  });
  const some = rows.filter((row) => row.n > 0);
  return {
    ...evidenceOf({}, {}).current,
    rows: n,
    window: windowEnding((round + 1) * DAY),
    outcomes: {
      by: {
        score: Int32Array.from(some, ({ score }) => Math.min(4095, Math.floor(score * 4096))),
        label: some.map(({ label }) => label),
        decision: some.map(({ decision }) => decision),
      },
      sums: {
        n: Float64Array.from(some, (row) => row.n),
        scores: Float64Array.from(some, (row) => row.n * row.score),
      },
    },
  };
}
