import { z } from 'zod';
import { figure, percent } from '../domain/judging/figures.js';
import type { Evidence } from '../domain/score.js';
import { wilson } from '../stats/intervals.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { immature } from './mature.js';

/** Counts of rows by what they are by the stand-in, by the target, and by the model. */
interface Met {
  rows: number;
  /** With a label of the stand-in, and those that are positive. */
  labelled: number;
  positive: number;
  /** Of these, with a predicted class, and those that the model predicted so. */
  predicted: number;
  right: number;
  /** With both labels: those that are the same, and rows by stand-in and target. */
  both: number;
  same: number;
  positives: { n: number; hits: number };
  negatives: { n: number; hits: number };
}

/** How the labels of one source met the rows; null: nobody counted. */
function metOf({ current }: Evidence, name: string): Met | null {
  const found = current.asked['stand_ins'];
  if (found === undefined) return null;
  const cells = Array.from(found.sums['n'] ?? [], (n, cell) => {
    const text = (key: string) => String(found.by[key]?.[cell] ?? '');
    return { n, name: text('name'), predicted: text('predicted'), ...labelsOf(text) };
  }).filter((cell) => cell.name === name);
  const rows = (which: (cell: (typeof cells)[number]) => boolean): number =>
    cells.filter(which).reduce((sum, { n }) => sum + n, 0);
  const hasBoth = ({ label, target }: (typeof cells)[number]) => label !== '' && target !== '';
  const side = (value: string) => ({
    n: rows((cell) => hasBoth(cell) && cell.label === value),
    hits: rows(({ label, target }) => label === value && target === value),
  });
  const [positives, negatives] = [side('1'), side('0')];
  return {
    ...{ rows: rows(() => true), labelled: rows(({ label }) => label !== '') },
    positive: rows(({ label }) => label === '1'),
    predicted: rows(({ label, predicted }) => label !== '' && predicted !== ''),
    right: rows(({ label, predicted }) => label !== '' && predicted === label),
    ...{ both: rows(hasBoth), same: positives.hits + negatives.hits, positives, negatives },
  };
}

const labelsOf = (text: (key: string) => string) => ({
  target: text('target'),
  label: text('label'),
});

/** Words on what is there of a stand-in, whatever the target says. */
function soFar({ rows, labelled, positive, predicted, right }: Met): string {
  if (labelled === 0) return `none of ${figure(rows)} rows has one`;
  const accuracy =
    predicted === 0 ? '' : `; accuracy by them is ${percent(right / predicted)}, provisional`;
  return (
    `${figure(labelled)} of ${figure(rows)} rows have one, ` +
    `${percent(positive / labelled)} positive${accuracy}`
  );
}

/**
 * The share of rows on which labels that stand in say what the target says, among those that have
 * both, with Wilson's interval. Chance alone makes labels agree where one class is rare:
 * `details.positives` and `negatives` tell how many of either the target confirms. Before the
 * target is mature it says what is there, with the accuracy by the stand-in.
 */
export const proxyAgreement: Written<object> = {
  name: 'proxy_agreement',
  question: 'Do labels that stand in for the target say what it says?',
  unit: 'share of rows with both labels, 0 to 1',
  category: 'performance',
  action:
    'Find out what the stand-in counts that the target does not; decide nothing by it until then.',
  over: 'label',
  needs: ['outcomes', 'labels', 'stand_ins'],
  tasks: ['binary'],
  worse: 'lower',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: 0.9, alert: null, minRows: 100, rule: 'calibrated' },
  measure(evidence, target) {
    const met = metOf(evidence, target);
    if (met === null) return noReading('insufficient_data', 'no row was counted');
    const early = immature(evidence, met.both);
    if (early !== null) return { ...early, details: { ...early.details, note: soFar(met) } };
    const { both: n, same: hits } = met;
    if (n === 0) return noReading('insufficient_data', `no row has both labels; ${soFar(met)}`);
    const details = { ...met };
    return reading({
      ...{ value: hits / n, ...wilson({ hits, n }), interval: 'confidence', nCurrent: n, details },
    });
  },
  say({ value, low, high, nCurrent, details }, target) {
    const met = details as unknown as Met;
    const confirmed = (['positives', 'negatives'] as const).flatMap((which) => {
      const { n, hits } = met[which];
      return n === 0 ? [] : [`${figure(hits)} of ${figure(n)} ${which}`];
    });
    return (
      `${target} agrees with the target on ${percent(value ?? 0)} of ${figure(nCurrent)} rows with ` +
      `both labels (${percent(low ?? 0)} to ${percent(high ?? 1)}): ${confirmed.join(' and ')} of ` +
      `${target} are so by the target; ${soFar(met)}.`
    );
  },
};
