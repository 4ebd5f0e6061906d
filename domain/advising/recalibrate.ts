import { isWhole } from '../slice.js';
import type { AdviceInput } from './input.js';
import { reasonOf } from './input.js';
import type { Advice } from '../advice.js';
import type { Finding } from '../finding.js';
import { figure, percent } from '../judging/figures.js';
import { inZone } from '../zone.js';
import { Z95 } from '../../stats/normal.js';

/** Observed over expected between these is as promised. */
const [LEAST, MOST] = [0.8, 1.25];

/** `details.promised` of a metric, as checks/promised.ts makes it. */
interface Promised {
  n: number;
  observed: number;
  expected: number;
  before: number | null;
}

/**
 * Scores that promise fewer or more than came in the newest mature window: observed / expected
 * outside of 0.8 to 1.25, with a 95 % interval (of the observed rows, normal) without 1, and so far
 * from what it was on the reference, too. null: as promised, or rows were acted on, whose labels
 * may be what acting made of them.
 */
export function offScale(input: AdviceInput): Advice | null {
  const found = input.mature
    .flat()
    .filter((one) => isWhole(one) && 'promised' in one.details && isEnough(one))
    .sort((a, b) => b.window.end - a.window.end)[0];
  if (found === undefined || 'corrected' in found.details || 'unacted' in found.details)
    return null;
  const { n, observed, expected, before } = found.details['promised'] as Promised;
  const ratio = observed / expected;
  const reach = (Z95 * Math.sqrt(observed * (1 - observed / n))) / expected;
  const isSure = Math.abs(ratio - 1) > reach;
  if (!isSure || !isFar(ratio) || !isFar(ratio / (before ?? 1))) return null;
  const reasons = [reasonOf(textOf(input, found), [found])];
  return { action: 'consider', reasons, blockers: [], window: input.window };
}

/** Of fewer labels than the metric takes nothing is said of its scores either. */
const isEnough = ({ reason }: Finding): boolean => reason !== 'insufficient_data';

const short = (ratio: number): string => String(Number(ratio.toPrecision(3)));

const isFar = (ratio: number): boolean => ratio < LEAST || ratio > MOST;

function textOf(input: AdviceInput, { details, window }: Finding): string {
  const { timezone = 'UTC', policy } = input;
  const { n, observed, expected, before } = details['promised'] as Promised;
  const was = before === null ? '' : `, of ${short(before)} on the reference`;
  return (
    `Recalibrate: in the window to ${inZone(window.end, timezone)} ` +
    `${percent(observed / n)} of ${figure(n)} labelled rows are positive, where their scores ` +
    `promise ${percent(expected / n)}: a factor of ${short(observed / expected)}${was}. ` +
    (policy?.cost === undefined
      ? 'The metric has not lost the skill that asks for a retraining.'
      : 'What mistakes cost asks for no retraining.')
  );
}
