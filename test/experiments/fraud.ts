import type { Decision } from '../../domain/action.js';
import type { Profile } from '../../domain/profile.js';
import { DAY, evidenceOf, windowEnding } from '../checks/evidence.js';
import { binomial, multinomial } from './chance.js';
import type { Chance } from './chance.js';
import type { Bound } from './figures.js';

/** A model that acts on its highest scores, and what that does to labels. */
export interface Setting {
  row: string;
  /** Rows of a round. */
  n: number;
  base: number;
  /** How far the logits of the scores are spread, and by what a score is off: 1 is calibrated. */
  spread: number;
  slope: number;
  /** Part of the frauds acted on that is recorded as none; `null`: no label of any row acted on. */
  deterred: number | null;
  /** The first round with such labels, from 1. */
  begins: number;
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

export const plain: Omit<Setting, 'row' | 'must'> = {
  ...{ n: 20_000, base: 0.02, spread: 1.4, slope: 1, deterred: 0.9, begins: 1, held: 0.05 },
  ...{ falls: still, missing: 0, rounds: 10 },
};

/** What is no loop, though some of it looks like one. */
export function controls(by: number, most: number): Setting[] {
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

export const SETUP =
  'A model acts on the 5 % highest scores; 20,000 rows a round, 2 % fraud, logits of the scores ' +
  'spread by 1.4, 5 % of those rows held out at random; the model stays as it is. ';

/** Scores with how many rows have them, what is true of them, and whether the model acts. */
export interface World {
  score: number;
  weight: number;
  truth: number;
  inBand: boolean;
}

const CELLS = 200;
const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** Scores whose logits are normal, with the mean that gives the base rate. */
export function scoresOf({ base, spread, slope }: Setting): World[] {
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
export function drawn(
  chance: Chance,
  setting: Setting,
  { world, round }: { world: readonly World[]; round: number },
): Profile {
  const { n, held, missing } = setting;
  const deterred = round + 1 < setting.begins ? 0 : setting.deterred;
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
  return profileOf(rows, { n, round });
}

/** Rows of a round, counted by the cells of their scores. */
export function profileOf(
  rows: readonly Row[],
  { n, round }: { n: number; round: number },
): Profile {
  const some = rows.filter((row) => row.n > 0);
  return {
    ...evidenceOf({}, {}).current,
    rows: n,
    window: windowEnding((round + 1) * DAY),
    outcomes: {
      by: {
        score: Int32Array.from(some, ({ score }) => Math.min(4095, Math.floor(score * 4096))),
        label: some.map(({ label }) => label),
        predicted: some.map(({ decision }) => (decision === 'free' ? '0' : '1')),
        decision: some.map(({ decision }) => decision),
      },
      sums: {
        n: Float64Array.from(some, (row) => row.n),
        scores: Float64Array.from(some, (row) => row.n * row.score),
      },
    },
  };
}
