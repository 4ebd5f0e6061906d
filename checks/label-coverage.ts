import { z } from 'zod';
import { BAND, OUTSIDE } from '../domain/action.js';
import { figure, percent } from '../domain/judging/figures.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Reading } from '../domain/score.js';
import { auc } from '../stats/auc.js';
import { homogeneity } from '../stats/chi2.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { groupOf, isDecided } from './decisions.js';
import { matureOutcomes } from './mature.js';
import { keyAt, middleOf } from './scores.js';
import { tenths } from './tenths.js';

/** Fewer rows, or fewer of them without a label, say nothing of which labels are missing. */
const LEAST_ROWS = 1000;
const LEAST_UNLABELLED = 20;
/** Labels that a part has to let expect before their absence is one. */
const LEAST_EXPECTED = 10;

/** How far the AUC of having a label may be from that of labels missing at random, 0.5. */
const FAR = 0.1;

/** Some of the rows, and how many of them have a label. */
interface Part {
  name: string;
  rows: number;
  labelled: number;
}

/** Rows of one score. */
interface Scored {
  key: number;
  n: number;
  labelled: number;
}

function scoredIn(outcomes: Outcomes): Scored[] {
  const { score: keys, label: labels } = outcomes.by;
  if (keys === undefined) return [];
  const rows: Scored[] = [];
  for (let row = 0; row < size(outcomes); row++) {
    const [key, n] = [keyAt(keys, row), outcomes.sums['n']?.[row] ?? 0];
    if (key !== null && n !== 0) rows.push({ key, n, labelled: labels?.[row] === '' ? 0 : n });
  }
  return rows;
}

/** P(a labelled row scores above one without a label), ties half; null without either. */
function propensity(rows: readonly Scored[]): number | null {
  const sums = new Map<number, [labelled: number, not: number]>();
  for (const { key, n, labelled } of rows) {
    const [a, b] = sums.get(key) ?? [0, 0];
    sums.set(key, [a + labelled, b + n - labelled]);
  }
  const sorted = [...sums].sort(([a], [b]) => a - b).map(([, counts]) => counts);
  return auc({ positives: sorted.map(([a]) => a), negatives: sorted.map(([, b]) => b) }).value;
}

/** Tenths of the rows by their scores. */
function tenthsOf(outcomes: Outcomes, rows: readonly Scored[]): Part[] {
  const place = middleOf(outcomes);
  const short = (key = NaN): string => String(Number(place(key).toPrecision(3)));
  return tenths(rows).map((tenth) => ({
    name: `with scores of ${short(tenth[0]?.key)} to ${short(tenth.at(-1)?.key)}`,
    rows: tenth.reduce((sum, { n }) => sum + n, 0),
    labelled: tenth.reduce((sum, { labelled }) => sum + labelled, 0),
  }));
}

/** The rows where the model would act, and all others whose decision is known. */
function bandOf(outcomes: Outcomes): Part[] {
  if (!isDecided(outcomes)) return [];
  const named = (name: string, { rows, labelled }: Omit<Part, 'name'>): Part => {
    return { name, rows, labelled };
  };
  return [
    named('where the model would act', groupOf([outcomes], BAND)),
    named('where it would not act', groupOf([outcomes], OUTSIDE)),
  ];
}

/** p-value of "labels are as frequent in every part"; null: there are not two of them. */
function chance(parts: readonly Part[]): number | null {
  const some = parts.filter(({ rows }) => rows > 0);
  if (some.length < 2) return null;
  const labelled = some.map((part) => part.labelled);
  return homogeneity(
    labelled,
    some.map(({ rows }, place) => rows - (labelled[place] ?? 0)),
  ).pValue;
}

/** Of two tests the smaller p-value, twice it. */
function together(pValues: readonly (number | null)[]): number {
  const found = pValues.filter((one) => one !== null);
  return Math.min(1, found.length * Math.min(1, ...found));
}

const isUneven = ({ pValue }: Reading): boolean => pValue !== null && pValue < 0.01;

/** The AUC of having a label where it is far from 0.5, beyond chance; null: it is not. */
function farOrder(given: Reading): number | null {
  const order = given.details['auc'];
  const isFar = typeof order === 'number' && Math.abs(order - 0.5) > FAR;
  return isFar && isUneven(given) ? order : null;
}

/**
 * The labelled share of the part of the rows that has least of it, over that of all rows: tenths of
 * the rows by score, and the rows where the model would act beside the others. Test: chi-square of
 * labelled and unlabelled rows over the tenths, and over the two, Bonferroni. Where few labels are
 * missing the AUC of having one, P(score of a labelled row > that of another), more than 0.1 away
 * from 0.5 warns, too. It says that labels hang on the score, neither why, nor that the model is
 * wrong.
 */
export const labelCoverage: Written<object> = {
  name: 'label_coverage',
  question: 'Do labels come for all scores alike, whatever the model decides?',
  unit: 'labelled share of the part with fewest labels / that of all rows, 0 to 1',
  category: 'feedback-loop',
  action:
    'Hold rows out at random where labels are missing; weight labelled rows by one over their ' +
    'coverage, and say of metrics that they are those of the labelled rows.',
  over: 'label',
  needs: ['outcomes', 'labels'],
  tasks: ['binary', 'regression'],
  onlyListed: true,
  worse: 'lower',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: 0.8, alert: 0.5, minRows: 1, rule: 'calibrated' },
  significant: isUneven,
  also: (given) => {
    const order = farOrder(given);
    if (order === null) return null;
    return order < 0.5 ? 'AUC of having a label < 0.4' : 'AUC of having a label > 0.6';
  },
  measure(evidence) {
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const all = groupOf([outcomes]);
    if (all.rows < LEAST_ROWS) {
      const note = `${figure(all.rows)} rows, ${figure(LEAST_ROWS)} are needed`;
      return noReading('insufficient_data', note, { nCurrent: all.rows });
    }
    const scored = scoredIn(outcomes);
    const [tenths, band] = [tenthsOf(outcomes, scored), bandOf(outcomes)];
    const covered = all.labelled / all.rows;
    const parts = [...band, ...tenths].filter(({ rows }) => rows * covered >= LEAST_EXPECTED);
    const [first, ...others] = parts;
    if (first === undefined) {
      return noReading('not_applicable', 'no row has a score or a decision', {
        nCurrent: all.rows,
      });
    }
    const share = ({ labelled, rows }: Part) => labelled / rows;
    const least = others.reduce((best, one) => (share(one) < share(best) ? one : best), first);
    const isComplete = all.rows - all.labelled < LEAST_UNLABELLED;
    return reading({
      value: share(least) / covered,
      pValue: isComplete ? 1 : together([chance(tenths), chance(band)]),
      nCurrent: all.rows,
      details: {
        ...{ covered, part: least.name, rows: least.rows, share: share(least) },
        ...{ parts: [...band, ...tenths], auc: propensity(scored) },
      },
    });
  },
  say(given) {
    const { nCurrent, details } = given;
    const { part, rows, share, covered } = details;
    const order = farOrder(given);
    const also =
      order === null
        ? ''
        : `; of rows with and without one the former score higher in ${percent(order)} of pairs, not half`;
    return (
      `${percent(Number(share))} of the ${figure(Number(rows))} rows ${String(part)} have a label, ` +
      `${percent(Number(covered))} of all ${figure(nCurrent)}${also}.`
    );
  },
};
