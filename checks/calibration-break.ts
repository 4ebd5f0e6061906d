import { z } from 'zod';
import { ACTED, BAND, HELD } from '../domain/action.js';
import type { Decision } from '../domain/action.js';
import { figure, lengthInWords } from '../domain/judging/figures.js';
import { size } from '../domain/profile.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { LEAST_POSITIVES } from '../stats/holdout.js';
import { Z99 } from '../stats/normal.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { groupOf, undecided } from './decisions.js';
import { heldAgainst } from './held.js';
import { holdoutPlan, holdoutWords } from './holdout.js';
import type { HoldoutPlan } from './holdout.js';
import { matureOutcomes } from './mature.js';
import { keyAt } from './scores.js';

/** Of labelled rows with a score: how many there are, came positive, and should have by it. */
interface Came {
  n: number;
  observed: number;
  expected: number;
}

/** Rows by what was decided, or by the class that the threshold of the prediction gives them. */
interface Rows {
  decided?: readonly Decision[];
  predicted?: '0' | '1';
}

function cameOf({ by, sums }: Outcomes, { decided, predicted }: Rows): Came {
  const came = { n: 0, observed: 0, expected: 0 };
  for (let cell = 0; cell < size({ by, sums }); cell++) {
    const label = by['label']?.[cell] ?? '';
    const decision = (by['decision']?.[cell] ?? '') as Decision;
    if (label === '' || by['score'] === undefined || keyAt(by['score'], cell) === null) continue;
    if (decided?.includes(decision) === false) continue;
    if (predicted !== undefined && by['predicted']?.[cell] !== predicted) continue;
    const n = sums['n']?.[cell] ?? 0;
    came.n += n;
    came.expected += sums['scores']?.[cell] ?? NaN;
    if (label === '1') came.observed += n;
  }
  return came;
}

/** The four cells: rows acted on and not, and the same band and the rest by trusted labels. */
interface Four {
  acted: Came;
  free: Came;
  band: Came;
  rest: Came;
}

function fourOf(now: Outcomes, known: Outcomes): Four {
  const [acted, free] = [cameOf(now, { decided: ACTED }), cameOf(now, { decided: ['free'] })];
  const band = cameOf(known, { decided: BAND });
  if (band.n > 0) return { acted, free, band, rest: cameOf(known, { decided: ['free'] }) };
  // nothing was decided there: then both sides are cut by the threshold, so that they are alike
  return {
    acted: cameOf(now, { decided: ACTED, predicted: '1' }),
    free: cameOf(now, { decided: ['free'], predicted: '0' }),
    band: cameOf(known, { predicted: '1' }),
    rest: cameOf(known, { predicted: '0' }),
  };
}

/** Why nothing can be said, with what is missing; null: it can. */
function tooThin({ acted, free, band, rest }: Four): string | null {
  const thin = (
    [
      [acted, 'among labelled rows acted on'],
      [free, 'among labelled rows where the model would not act'],
      [band, 'where the model would act among the labels that it is held against'],
      [rest, 'where it would not act among the labels that it is held against'],
    ] as const
  ).find(([{ expected }]) => !(expected >= LEAST_POSITIVES));
  return thin === undefined
    ? null
    : `${figure(thin[0].expected)} positives are expected ${thin[1]}, ${LEAST_POSITIVES} are needed`;
}

/** Observed over expected, half a positive added to both. */
const ratioOf = ({ observed, expected }: Came): number => (observed + 0.5) / (expected + 0.5);

function measured(four: Four): Reading {
  const { acted, free, band, rest } = four;
  const ratios = [acted, free, band, rest].map(ratioOf);
  const [a = NaN, f = NaN, b = NaN, r = NaN] = ratios;
  const variances = [acted, free, band, rest].map(({ observed }) => 1 / (observed + 0.5));
  const standardError = Math.sqrt(variances.reduce((sum, one) => sum + one, 0));
  const [value, factor] = [a / f / (b / r), Math.exp(Z99 * standardError)];
  return reading({
    ...{ value, low: value / factor, high: value * factor, interval: 'confidence' },
    ...{ nCurrent: acted.n + free.n, nReference: band.n + rest.n },
    details: { level: 0.99, standardError, acted, ratios },
  });
}

/** True where acting may have touched the labels that it is held against. */
function isTouched(known: Outcomes, { firstWindows }: Record<string, unknown>): boolean {
  const unsaid: readonly Decision[] = firstWindows === undefined ? [] : [''];
  return groupOf([known], [...ACTED, ...unsaid]).labelled > 0;
}

/** What to do to know: listen to the holdout, or start one. */
function sayHoldout(held: number, plan: HoldoutPlan | null): string {
  return held > 0
    ? `Believe suppression, which rests on the ${figure(held)} rows held out at random.`
    : `To know, among the rows where the model would act ${holdoutWords(plan)}.`;
}

/**
 * Observed over expected positives of rows acted on, over that of rows where the model would not
 * act, over the same of the labels that metrics are held against: LR = (ln OE_acted − ln OE_free) −
 * (ln OE_band − ln OE_rest), each OE = (Σ y + 0.5) / (Σ s + 0.5); the value is e^LR, with a 99 %
 * interval by se² = Σ 1 / (positives + 0.5) over the four. Without the second half every
 * over-confident model would fire. The band there is known by decisions, else by the threshold of
 * the prediction, which then cuts both sides. It only suspects: others may change high scores, too.
 */
export const calibrationBreak: Written<object> = {
  name: 'calibration_break',
  question: 'Do fewer positives come where the model acts than scores and trusted labels promise?',
  unit: 'observed / expected where it acts over elsewhere, / the same by trusted labels, >= 0',
  category: 'feedback-loop',
  action:
    'Hold rows out at random where the model would act; look in the pipeline of labels for a ' +
    'default that records rows acted on as negative.',
  over: 'label',
  needs: ['outcomes', 'labels', 'reference', 'action'],
  tasks: ['binary'],
  onlyListed: true,
  worse: 'lower',
  kind: 'associational',
  params: z.strictObject({}),
  defaults: { warn: 0.7, alert: null, minRows: 100, rule: 'calibrated' },
  significant: ({ high }) => (high ?? 1) < 1,
  measure(evidence: Evidence) {
    const { current } = evidence;
    const outcomes = matureOutcomes(evidence);
    if ('reason' in outcomes) return outcomes;
    const { labelled: nCurrent } = groupOf([outcomes]);
    const gone = undecided(current);
    if (gone !== null) return noReading('insufficient_data', gone, { nCurrent });
    if (groupOf([outcomes], BAND).rows === 0) {
      return noReading('not_applicable', 'the model would act on no row of the window', {
        nCurrent,
      });
    }
    if (cameOf(outcomes, {}).n === 0) {
      return noReading('not_applicable', 'no labelled row has a score', { nCurrent });
    }
    const { outcomes: known, since } = heldAgainst(evidence);
    if (known === null || groupOf([known]).labelled === 0) {
      const { note = 'the reference has no labels' } = since;
      return noReading('no_reference', String(note), { nCurrent });
    }
    const four = fourOf(outcomes, known);
    const note = tooThin(four);
    const nReference = four.band.n + four.rest.n;
    if (note !== null) return noReading('insufficient_data', note, { nCurrent, nReference });
    const found = measured(four);
    const more = {
      held: groupOf([outcomes], HELD).rows,
      holdout: holdoutPlan(outcomes, current.window),
      touched: isTouched(known, since),
    };
    return { ...found, details: { ...found.details, ...since, ...more } };
  },
  say({ value, low, high, details }) {
    const { held, holdout, touched, firstWindows } = details;
    const { n, observed, expected } = details['acted'] as Came;
    const [a, f, b, r] = (details['ratios'] as number[]).map(figure);
    const since =
      typeof firstWindows === 'number' ? ` in the first ${lengthInWords(firstWindows)}` : '';
    const range = `[${figure(low ?? NaN)}, ${figure(high ?? NaN)}]`;
    const blind =
      touched === true
        ? ' The model acted then, too: what was suppressed from the first day on cannot be seen.'
        : '';
    const said =
      `Of ${figure(n)} labelled rows acted on ${figure(observed)} ${observed === 1 ? 'is' : 'are'} ` +
      `positive, where their scores promise ${figure(expected)}: observed / expected is ${a} there and ${f} where the model ` +
      `would not act, ${b} and ${r} by the labels that metrics are held against${since}. That is ` +
      `${figure(value ?? NaN)} ${range} of what it was.${blind}`;
    if ((high ?? 1) >= 1) return said;
    return (
      `${said} Suspected: it matches labels that acting suppresses, and adversarial change limited ` +
      `to high scores would look the same. ${sayHoldout(Number(held), holdout as HoldoutPlan | null)}`
    );
  },
};
