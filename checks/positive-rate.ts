import { z } from 'zod';
import { ALL_ACTED } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import { figure, percent } from '../domain/judging/figures.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { newcombe } from '../stats/intervals.js';
import { mixAndRate } from '../stats/mix.js';
import type { Cell } from '../stats/mix.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { groupOf, isDecided, rateOf } from './decisions.js';
import { heldAgainst } from './held.js';
import { matureOutcomes } from './mature.js';
import { keyAt, middleOf } from './scores.js';
import { tenths } from './tenths.js';

/** Fewer positives do not tell how many of the rows were positive before. */
const LEAST_POSITIVES = 200;

type Side = 'reference' | 'current';

/** Labelled rows of one cell. */
interface Row {
  key: number;
  n: number;
  positives: number;
  side: Side;
  acted: boolean;
}

function rowsOf(side: Side, outcomes: Outcomes): Row[] {
  const { label, score, decision } = outcomes.by;
  const place = middleOf(outcomes);
  return Array.from({ length: size(outcomes) }, (_, cell): Row => {
    const key = score === undefined ? null : keyAt(score, cell);
    const n = label?.[cell] === '' ? 0 : (outcomes.sums['n']?.[cell] ?? 0);
    return {
      // rows without a score are a part of their own, below all others
      ...{ key: key === null ? -Infinity : place(key), n, side },
      positives: label?.[cell] === '1' ? n : 0,
      acted: ALL_ACTED.includes((decision?.[cell] ?? '') as Decision),
    };
  }).filter(({ n }) => n > 0);
}

function cellOf(rows: readonly Row[]): Cell {
  const cell = { reference: { n: 0, sum: 0 }, current: { n: 0, sum: 0 } };
  for (const { side, n, positives } of rows) {
    cell[side].n += n;
    cell[side].sum += positives;
  }
  return cell;
}

/** False where nobody says of any row what was decided: a reference without those columns. */
const isTold = (outcomes: Outcomes): boolean =>
  isDecided(outcomes) &&
  Array.from(outcomes.by['decision'] ?? [], String).some((one) => one !== '');

/** Parts of a change of the positive rate: by other rows, and by other rates of the same rows. */
interface Parts {
  mix: number;
  within: number;
}

/**
 * What the change of the positive rate is made of, over tenths of the rows by score, apart for rows
 * acted on and others; `others` are all rows where the decisions of one side are not known.
 */
function partsOf(reference: Outcomes, current: Outcomes): { acted: Parts | null; others: Parts } {
  const rows = [...rowsOf('reference', reference), ...rowsOf('current', current)];
  const areDecided = [reference, current].every(isTold);
  const groups = tenths(rows).flatMap((tenth) =>
    areDecided ? [true, false].map((acted) => tenth.filter((row) => row.acted === acted)) : [tenth],
  );
  const cells = mixAndRate(groups.map(cellOf))?.cells ?? [];
  const sums = { acted: { mix: 0, within: 0 }, others: { mix: 0, within: 0 } };
  cells.forEach(({ mix, rate }, place) => {
    const sum = sums[areDecided && groups[place]?.[0]?.acted === true ? 'acted' : 'others'];
    sum.mix += mix;
    sum.within += rate;
  });
  return { ...sums, acted: areDecided ? sums.acted : null };
}

function measured(known: Outcomes, current: Outcomes): Reading {
  const [before, now] = [rateOf(groupOf([known])), rateOf(groupOf([current]))];
  const rate = before.hits / before.n;
  const { low, high } = newcombe(now, before, Z99);
  return reading({
    value: now.hits / now.n / rate,
    ...{ low: Math.max(0, 1 + low / rate), high: 1 + high / rate, interval: 'confidence' },
    ...{ nCurrent: now.n, nReference: before.n },
    details: {
      ...{ level: 0.99, current: now.hits / now.n, before: rate, positives: now.hits },
      ...partsOf(known, current),
    },
  });
}

/** `acted on -0.3 pp`, of all rows `-0.3 pp`. */
function points(share: number): string {
  return percent(share).replace('%', 'pp');
}

function sayParts({ details }: Reading): string {
  const [acted, others] = [details['acted'] as Parts | null, details['others'] as Parts];
  if (acted === null) {
    return (
      `${points(others.within)} by lower rates at the same score, ${points(others.mix)} by other ` +
      'rows; which of them were acted on is not known on both sides'
    );
  }
  return (
    `by lower rates at the same score ${points(acted.within)} among rows acted on and ` +
    `${points(others.within)} among others; by other rows, or labels that are missing, ` +
    `${points(acted.mix)} and ${points(others.mix)}`
  );
}

/**
 * Positive rate of the labelled rows, which would be trained on now, over that of the labels that
 * metrics are held against; Newcombe's 99 % interval of their difference. `details`: what the
 * change is made of, by Kitagawa (1955). By itself it does not say whose doing it is, so it is of
 * the category of performance.
 */
export const positiveRate: Written<object> = {
  name: 'positive_rate',
  question: 'Are as many of the rows positive that would be trained on now as before?',
  unit: 'positive rate / that of the reference, >= 0',
  category: 'performance',
  action:
    'Do not retrain on this window until it is known why: look at suppression and label_coverage, ' +
    'and at what changed in the world.',
  over: 'label',
  needs: ['outcomes', 'labels', 'reference', 'action'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'lower',
  kind: 'associational',
  params: z.strictObject({}),
  defaults: { warn: 0.8, alert: 0.5, minRows: 100, rule: 'calibrated' },
  significant: ({ high }) => (high ?? 1) < 1,
  measure(evidence: Evidence) {
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const { labelled: nCurrent } = groupOf([outcomes]);
    const { outcomes: known, since } = heldAgainst(evidence);
    const before = known === null ? null : groupOf([known]);
    if (known === null || before === null || before.labelled === 0) {
      const note =
        typeof since['note'] === 'string' ? since['note'] : 'the reference has no labels';
      return noReading('no_reference', note, { nCurrent });
    }
    if (before.positives < LEAST_POSITIVES) {
      const note = `${figure(before.positives)} positives in the reference, ${LEAST_POSITIVES} are needed`;
      return noReading('insufficient_data', note, { nCurrent, nReference: before.labelled });
    }
    return measured(known, outcomes);
  },
  say(given) {
    const { value, low, high, nCurrent, nReference, details } = given;
    const rates =
      `${percent(Number(details['current']))} of ${figure(nCurrent)} labelled rows are positive, ` +
      `${percent(Number(details['before']))} of ${figure(nReference)} on the reference`;
    const ratio = `${figure(value ?? NaN)} [${figure(low ?? NaN)}, ${figure(high ?? NaN)}] of it`;
    if ((high ?? 1) >= 1) return `${rates}: ${ratio}.`;
    return (
      `${rates}: ${ratio}. The change comes ${sayParts(given)}. Whether the labels or the world ` +
      'changed cannot be told from this.'
    );
  },
};
