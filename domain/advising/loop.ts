import { reasonOf } from './input.js';
import type { AdviceInput } from './input.js';
import type { Advice } from '../advice.js';
import type { Finding } from '../finding.js';

/** The newest answer of a check over all rows, of windows whose labels are there; null: none. */
function newestOf({ findings, mature }: AdviceInput, check: string): Finding | null {
  const all = [findings, ...mature].flatMap((of) => of.filter((one) => isWhole(one, check)));
  const judged = all.filter(({ verdict }) => verdict !== 'unknown');
  return judged.sort((a, b) => b.window.end - a.window.end)[0] ?? null;
}

const isWhole = (finding: Finding, check: string): boolean =>
  finding.check === check && Object.keys(finding.slice).length === 0;

/**
 * A calibration break in the same window as a positive rate that fell among rows acted on: together
 * they suspect what neither alone does, for a world that changed makes either. null: no suspicion.
 */
function suspected(input: AdviceInput): Advice['reasons'][number] | null {
  const [broken, fallen] = [newestOf(input, 'calibration_break'), newestOf(input, 'positive_rate')];
  if (broken === null || (broken.verdict !== 'warn' && broken.verdict !== 'alert')) return null;
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
  if (found?.verdict !== 'warn' && found?.verdict !== 'alert') return null;
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
  if (found?.verdict !== 'warn' && found?.verdict !== 'alert') return null;
  const text =
    `Confirmed by an arm that lives without the model: ${found.sentence} Do not take it for a ` +
    'change of the world: train on rows of both arms, and expect the answer to the next model, too.';
  return reasonOf(text, [found]);
}

/**
 * Row 2: the model's own decisions made its labels, or its answers did. Rows held out at random say
 * so, or an arm that lives without the model, or people agree more with answers that they see, or
 * half of the labels of some part of the rows are missing, or, without a holdout, calibration broke
 * where it acts and the positive rate fell there; then what a holdout has to be is said, too, or
 * how many positives are hidden by an estimate from it. A model is never retrained on its own
 * output.
 */
export function ownOutput(input: AdviceInput): Advice | null {
  const reasons: Advice['reasons'][number][] = [];
  const caused = newestOf(input, 'suppression');
  if (caused?.verdict === 'warn' || caused?.verdict === 'alert') {
    const text =
      `Confirmed by rows held out at random: ${caused.sentence} Do not retrain on these labels: ` +
      'train on rows not acted on and on those held out, weighted by one over their chance.';
    reasons.push(reasonOf(text, [caused]));
  }
  const suspicion = suspected(input);
  if (suspicion !== null) reasons.push(suspicion);
  const confirmed = confirming(input);
  if (confirmed !== null) reasons.push(confirmed);
  const moved = moving(input);
  if (moved !== null) reasons.push(moved);
  const covered = newestOf(input, 'label_coverage');
  if (covered?.verdict === 'alert') {
    const text =
      `Labels come unevenly over the scores of the model: ${covered.sentence} Do not retrain on the ` +
      'others alone: hold such rows out at random, or leave them out of training and metrics.';
    reasons.push(reasonOf(text, [covered]));
    const beside = [input.findings, ...input.mature]
      .flat()
      .find((one) => isWhole(one, 'suppression') && one.window.end === covered.window.end);
    if (beside?.verdict === 'unknown') reasons.push(reasonOf(beside.sentence, [beside]));
  }
  if (reasons.length === 0) return null;
  const hidden = newestOf(input, 'censored_positives');
  if (hidden?.value != null) reasons.push(reasonOf(hidden.sentence, [hidden]));
  return { action: 'investigate_loop', reasons, blockers: [], window: input.window };
}
