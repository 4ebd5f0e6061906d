import { z } from 'zod';
import { figure, percent } from '../domain/judging/figures.js';
import type { Outcomes, Profile } from '../domain/profile.js';
import { size, total } from '../domain/profile.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { immature } from './mature.js';
import { labelled } from './outcomes.js';

/** So many labels have to be expected before their absence is no chance: e^-10 < 1e-4. */
const LEAST_EXPECTED = 10;
/** What a retraining needs: positives, or rows where no class is positive. */
const TO_RETRAIN = { positives: 200, rows: 1000 };

interface Labels {
  all: number;
  /** Labelled ones. */
  rows: number;
  /** Those with label '1'. */
  positives: number;
}

function labelsIn(outcomes: Outcomes): Labels {
  let positives = 0;
  for (let row = 0; row < size(outcomes); row++) {
    if (outcomes.by['label']?.[row] === '1') positives += outcomes.sums['n']?.[row] ?? 0;
  }
  return { ...labelled(outcomes), positives };
}

function added(of: readonly Labels[]): Labels {
  const sum = (name: keyof Labels) => of.reduce((total, one) => total + one[name], 0);
  return { all: sum('all'), rows: sum('rows'), positives: sum('positives') };
}

/** What has to come: where no label means negative, positives. */
const comingOf = ({ asked }: Profile): 'positives' | 'rows' =>
  asked['labels']?.sums['absent'] === undefined ? 'rows' : 'positives';

/** False for several classes and for numbers, of which none is positive. */
const areBinary = ({ by }: Outcomes): boolean =>
  Array.from(by['label'] ?? [], String).every((label) => ['', '0', '1'].includes(label));

/**
 * The share of rows that have a label once labels are mature. None at all where the windows before
 * let expect ten or more is hard; where a row without a label is negative, no positive one. The
 * details say how many labels came since the training data end, of the windows that are known, and
 * whether they are enough to train on.
 */
export const labelVolume: Written<object> = {
  name: 'label_volume',
  question: 'How many rows have got their label, and are they enough to retrain?',
  unit: 'share of the rows, 0 to 1',
  category: 'performance',
  action: 'Find out what stopped between the world and the labels before metrics are believed.',
  over: 'label',
  needs: ['outcomes', 'labels', 'history'],
  worse: 'lower',
  kind: 'structural',
  params: z.strictObject({}),
  defaults: { warn: null, alert: null, minRows: 0, rule: 'calibrated' },
  measure(evidence) {
    const early = immature(evidence);
    if (early !== null) return early;
    const { current, facts, labelled: known } = evidence;
    const { outcomes } = current;
    if (outcomes === null || size(outcomes) === 0) {
      return noReading('insufficient_data', 'the window has no predictions');
    }
    const now = labelsIn(outcomes);
    const before = (known?.recent ?? []).flatMap((one) => {
      return one.outcomes === null ? [] : [{ start: one.window.start, ...labelsIn(one.outcomes) }];
    });
    const past = added(before);
    const coming = comingOf(current);
    const expected = past.all === 0 ? 0 : (past[coming] / past.all) * now.all;
    const { trainedUntil } = facts;
    const since = before.filter(({ start }) => start >= (trainedUntil ?? Infinity));
    const isStopped = now[coming] === 0 && expected >= LEAST_EXPECTED;
    return reading({
      value: now.rows / now.all,
      nCurrent: now.all,
      nReference: past.all,
      hard: isStopped ? 'no labels' : null,
      details: {
        ...{ labels: now.rows, expected },
        ...(coming === 'rows' ? {} : { absent: total(current.asked['labels'], 'absent') }),
        since: trainedUntil === null ? null : added([...since, now]),
        binary: areBinary(outcomes),
      },
    });
  },
  say({ value, hard, nCurrent, details }) {
    const rows = figure(nCurrent);
    if (hard !== null) {
      const usual = figure(Math.round(Number(details['expected'])));
      const what = 'absent' in details ? 'positive label' : 'label';
      return `None of ${rows} rows has a ${what}; ${usual} would be usual.`;
    }
    const silent = Number(details['absent'] ?? 0);
    const share =
      `${percent(value ?? 0)} of ${rows} rows have a label` +
      (silent === 0 ? '' : `, ${figure(silent)} of them negative because none came`);
    const since = details['since'] as { rows: number; positives: number } | null;
    if (since === null) return `${share}.`;
    const [count, needed, things] =
      details['binary'] === true
        ? [since.positives, TO_RETRAIN.positives, 'positive ones']
        : [since.rows, TO_RETRAIN.rows, 'labels'];
    const enough = count < needed ? `, ${needed} are needed to retrain` : ', enough to retrain';
    return `${share}; ${figure(count)} ${things} since the training data end${enough}.`;
  },
};
