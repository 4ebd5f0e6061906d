import { isWhole } from '../slice.js';
import { handlingOf } from './handled.js';
import { reasonOf } from './input.js';
import type { AdviceInput } from './input.js';
import type { Advice } from '../advice.js';
import type { Finding } from '../finding.js';
import { isBeyond, verdictBefore } from '../handled.js';

/** The newest answer of a check over all rows, of windows whose labels are there; null: none. */
function newestOf({ findings, mature }: AdviceInput, check: string): Finding | null {
  const all = [findings, ...mature].flatMap((of) => of.filter((one) => isOf(one, check)));
  const judged = all.filter(({ verdict }) => verdict !== 'unknown');
  return judged.sort((a, b) => b.window.end - a.window.end)[0] ?? null;
}

/** Whatever training makes of it. */
const isBad = (finding: Finding | null): finding is Finding =>
  finding !== null && ['warn', 'alert'].includes(verdictBefore(finding));

const isOf = (finding: Finding, check: string): boolean =>
  finding.check === check && isWhole(finding);

/**
 * A calibration break in the same window as a positive rate that fell among rows acted on: together
 * they suspect what neither alone does, for a world that changed makes either. null: no suspicion.
 */
function suspected(input: AdviceInput, counts: Counts): Advice['reasons'][number] | null {
  const [broken, fallen] = [newestOf(input, 'calibration_break'), newestOf(input, 'positive_rate')];
  if (!isBad(broken) || !counts(broken)) return null;
  if (fallen?.window.end !== broken.window.end || (fallen.high ?? 1) >= 1) return null;
  const acted = fallen.details['acted'] as { within: number } | null | undefined;
  if ((acted?.within ?? 0) >= 0) return null;
  // chance decided who was held out, so its answer stands, whatever else can make calibration break
  const held = newestOf(input, 'suppression');
  if (held !== null && held.window.end >= broken.window.end) return null;
  const text =
    'Suspected, for calibration broke where the model acts and fewer rows acted on are positive: ' +
    `${broken.sentence} ${fallen.sentence} Do not retrain on these labels until rows held out at ` +
    'random tell which it is.';
  return reasonOf(text, [broken, fallen]);
}

/** Labels that follow the answers which people saw; null: no sign of it. */
function confirming(input: AdviceInput): Advice['reasons'][number] | null {
  const found = newestOf(input, 'self_confirmation');
  if (!isBad(found)) return null;
  const how =
    found.details['random'] === true ? 'Confirmed by rows labelled blind at random' : 'Suspected';
  const text =
    `${how}: ${found.sentence} Do not retrain on labels by people who saw the answer: train and ` +
    'evaluate on those made without it.';
  return reasonOf(text, [found]);
}

/** What comes of the model's own deployment, told by those who live without it; null: nothing. */
function moving(input: AdviceInput): Advice['reasons'][number] | null {
  const found = newestOf(input, 'arm_contrast');
  if (!isBad(found)) return null;
  const text =
    `Confirmed by an arm that lives without the model: ${found.sentence} Do not take it for a ` +
    'change of the world: train on rows of both arms, and expect the answer to the next model, too.';
  return reasonOf(text, [found]);
}

/** Whether a finding asks for something, or is handled. */
type Counts = (finding: Finding) => boolean;
const ALL: Counts = () => true;

/**
 * What acting made of labels: rows held out at random say so, or half of the labels of some part of
 * the rows are missing, or, without a holdout, calibration broke where the model acts and the
 * positive rate fell there; then what a holdout has to be is said, too. [] where there is no sign.
 */
function ofActedRows(input: AdviceInput, counts: Counts): Advice['reasons'][number][] {
  const reasons: Advice['reasons'][number][] = [];
  const caused = newestOf(input, 'suppression');
  if (isBad(caused) && counts(caused)) {
    const text =
      `Confirmed by rows held out at random: ${caused.sentence} Do not retrain on these labels: ` +
      'train on rows not acted on and on those held out, weighted by one over their chance.';
    reasons.push(reasonOf(text, [caused]));
  }
  const suspicion = suspected(input, counts);
  if (suspicion !== null) reasons.push(suspicion);
  const covered = newestOf(input, 'label_coverage');
  if (covered !== null && verdictBefore(covered) === 'alert' && counts(covered)) {
    const text =
      `Labels come unevenly over the scores of the model: ${covered.sentence} Do not retrain on the ` +
      'others alone: hold such rows out at random, or leave them out of training and metrics.';
    reasons.push(reasonOf(text, [covered]));
    const beside = [input.findings, ...input.mature]
      .flat()
      .find((one) => isOf(one, 'suppression') && one.window.end === covered.window.end);
    if (beside?.verdict === 'unknown') reasons.push(reasonOf(beside.sentence, [beside]));
  }
  return reasons;
}

const REVIEW =
  'The loop was handled, and its effect has left the interval that was reviewed: review it again, ' +
  'and say so in retraining.loop.reviewed.';

/** Signs of a loop that is handled, in words that inform; null: there are none. */
export function handledLoop(input: AdviceInput): Advice['reasons'][number] | null {
  const { handled } = handlingOf(input.policy, input.trained ?? null);
  if (handled === null || ofActedRows(input, ALL).length === 0) return null;
  const text =
    `The loop is handled (${handled.handling}): version ${handled.version} was trained on no row ` +
    'acted on without a weight, and the metric is corrected for such rows.';
  return { text, findings: [] };
}

/**
 * Row 2: the model's own decisions made its labels, or its answers did: people agree more with
 * answers that they see, or those who live without the model are others. A model is never retrained
 * on its own output; what rows acted on show asks for nothing where training handles it, and else
 * says what that lacks.
 */
export function ownOutput(input: AdviceInput): Advice | null {
  const { handled, lacks } = handlingOf(input.policy, input.trained ?? null);
  const isOpen: Counts = handled === null ? ALL : (finding) => isBeyond(finding, handled.reviewed);
  const acted = ofActedRows(input, isOpen);
  const answered = [confirming(input), moving(input)].filter((reason) => reason !== null);
  const reasons = [...acted, ...answered];
  if (reasons.length === 0) return null;
  const hidden = newestOf(input, 'censored_positives');
  if (hidden?.value != null) reasons.push(reasonOf(hidden.sentence, [hidden]));
  if (acted.length > 0 && lacks !== null) reasons.push({ text: lacks, findings: [] });
  if (acted.length > 0 && handled !== null) reasons.push({ text: REVIEW, findings: [] });
  return { action: 'investigate_loop', reasons, blockers: [], window: input.window };
}
