import { isWhole } from '../domain/slice.js';
import { z } from 'zod';
import { figure } from '../domain/judging/figures.js';
import type { Arms, Evidence, Reading } from '../domain/score.js';
import { contrastTest } from '../stats/contrast.js';
import { spentAt } from '../stats/holdout.js';
import { estimatePsi, HALF, psiTerm, shares } from '../stats/psi.js';
import { isCaused, sayArms } from './arm-words.js';
import type { Contrast } from './arm-words.js';
import { comparedIn } from './arm-sides.js';
import type { Compared } from './arm-sides.js';
import { noReading, reading } from './check.js';
import type { Written } from './check.js';
import { immature } from './mature.js';

/** Of all that is compared, at all looks. */
const ERROR = 0.01;

const sides = ({ treated, holdout }: Compared['now']) => ({ one: treated, other: holdout });

const rowsIn = (side: readonly number[]): number => side.reduce((all, n) => all + n, 0);

/** The larger side counts as the reference: which bins there are is what it fills. */
function psiBetween({ treated, holdout }: Compared['now']) {
  return rowsIn(treated) >= rowsIn(holdout)
    ? estimatePsi(holdout, treated, 0)
    : estimatePsi(treated, holdout, 0);
}

function contrastOf(one: Compared, pValue: number): Contrast {
  const now = psiBetween(one.now);
  const before = one.before && psiBetween(one.before);
  const { adjusted = 0, low = 0, high = 0 } = before ?? {};
  const psi = now.adjusted - adjusted;
  const [treated, holdout] = [one.now.treated, one.now.holdout].map((n) => shares(n, HALF));
  const terms = one.labels.map((_, bin) => psiTerm(treated?.[bin] ?? 0, holdout?.[bin] ?? 0));
  const most = terms.indexOf(Math.max(...terms));
  const shareIn = (side: readonly number[]) => (side[most] ?? 0) / rowsIn(side);
  const { moved } = one;
  return {
    ...{ about: one.about, psi: Math.max(0, psi), before: before && adjusted, pValue },
    low: Math.max(0, psi - Math.hypot(now.adjusted - now.low, high - adjusted)),
    high: Math.max(0, psi + Math.hypot(now.high - now.adjusted, adjusted - low)),
    moved: moved && estimatePsi(moved.treated, moved.reference, 0).adjusted,
    bin: {
      label: one.labels[most] ?? '',
      ...{ treated: shareIn(one.now.treated), holdout: shareIn(one.now.holdout) },
    },
  };
}

/** 1, 2, …: windows since the first one that is known with rows held out. */
function lookOf({ current, earlier }: Evidence): number {
  const { start, end } = current.window;
  const since = Math.min(start, ...earlier.map(({ window }) => window.start));
  return Math.max(1, Math.round((end - since) / (end - start)));
}

/** What has to be logged, and how rows come to be of the holdout. */
const START =
  'let some of those whom rows are about, drawn at random once, live without the model for good, ' +
  'and log the arm of every row as columns.arm';

/** Why the arms cannot be compared, with what is missing; null: they can. */
function tooThin({ rows, asked }: Evidence['current'], arms: Arms, least: number): string | null {
  const [treated, holdout] = [arms.treated?.current.rows ?? 0, arms.holdout?.current.rows ?? 0];
  const small = Math.min(treated, holdout);
  if (rows > 0 && small >= least) return null;
  if (rows === 0) return 'the window has no rows';
  if (treated + holdout === 0) return `none of the ${figure(rows)} rows says its arm: ${START}`;
  if (holdout === 0) {
    const there = Array.from(asked['arms']?.by['value'] ?? [], String).join(', ');
    return (
      `none of the ${figure(treated)} rows with an arm is of the holdout, their arms are ${there}: ` +
      `name it as columns.arm.holdout, or ${START}; ${figure(least)} rows in a window are needed`
    );
  }
  const name = holdout <= treated ? 'holdout' : "model's";
  return (
    `${figure(small)} rows are of the ${name} arm, ${figure(least)} are needed: ` +
    `${figure(least - small)} more in a window`
  );
}

function measured(evidence: Evidence, arms: Both, least: number): Reading {
  const rows = { nCurrent: arms.treated.current.rows, nReference: arms.holdout.current.rows };
  const { compared, thin } = comparedIn(evidence, arms, least);
  if (compared.length === 0) {
    return noReading('insufficient_data', 'there is nothing that both arms have to compare', rows);
  }
  const tests = compared
    .map((one) => ({ one, p: contrastTest(sides(one.now), one.before && sides(one.before)) }))
    .sort((a, b) => a.p.pValue - b.p.pValue);
  const look = lookOf(arms.holdout);
  const alpha = spentAt(look, ERROR);
  const level = alpha / tests.length;
  const told = tests.flatMap(({ one, p }) => (p.pValue < level ? [contrastOf(one, p.pValue)] : []));
  // arms that differ otherwise than before, and no more, are no effect that grew
  const sure = told.filter(({ psi }) => psi > 0).sort((a, b) => b.psi - a.psi);
  const nearest = tests.slice(0, 1).map(({ one, p }) => contrastOf(one, p.pValue));
  const contrasts = sure.length > 0 ? sure : nearest;
  const [first] = contrasts;
  const pValue = Math.min(1, tests.length * (tests[0]?.p.pValue ?? 1));
  return reading({
    ...{ value: first?.psi ?? null, low: first?.low ?? null, high: first?.high ?? null },
    ...{ interval: 'confidence', pValue, ...rows },
    details: { contrasts, compared: tests.length, sure: sure.length, thin, look, alpha },
  });
}

type Both = Arms & Record<'holdout' | 'treated', Evidence>;

/**
 * PSI between the rows of those who live with the model and of those who live without it, corrected
 * for chance, less what it was on the reference; the largest of all features, the prediction and
 * the label where the arms differ beyond chance, else of what differs most surely. Chi-square of
 * the arms, less the reference's difference where it knows them; p-value that of the best times
 * the number of what is compared, at look k against 0.01 · 6 / (π² k²). Rows count as independent.
 * Asked of all rows only.
 */
export const armContrast: Written<object> = {
  name: 'arm_contrast',
  question: 'Does the model change the data that it is asked about?',
  unit: 'PSI between the arms, >= 0',
  category: 'feedback-loop',
  action:
    'Take the change for an answer to the model, not for a change of the world: train on rows of ' +
    'both arms and more often, and on features that nobody gains by changing.',
  over: 'label',
  needs: ['arms'],
  onlyListed: true,
  worse: 'higher',
  kind: 'causal',
  params: z.strictObject({}),
  defaults: { warn: { above: 0 }, alert: 0.25, minRows: 1000, rule: 'calibrated' },
  significant: isCaused,
  urgent: () => true,
  measure(evidence, _target, { minRows }) {
    const { current, arms, binning } = evidence;
    if (arms === undefined || !isWhole(current)) {
      return noReading('not_applicable', 'it compares arms of all rows');
    }
    if (binning === 'exact') {
      return noReading('not_applicable', 'rows are parted by arm on the grid only');
    }
    const { holdout, treated } = arms;
    const rows = {
      nCurrent: treated?.current.rows ?? 0,
      nReference: holdout?.current.rows ?? 0,
    };
    const early = immature(evidence, rows.nCurrent);
    if (early !== null) return early;
    const note = tooThin(current, arms, minRows);
    if (note !== null) return noReading('insufficient_data', note, rows);
    if (holdout === null || treated === null) throw new Error('expected two arms');
    return measured(evidence, { ...arms, holdout, treated }, minRows);
  },
  say: sayArms,
};
