import { isWhole } from '../slice.js';
import { inOrder, reasonOf } from './input.js';
import type { AdviceInput } from './input.js';
import { isReal, skillLoss } from './skill.js';
import { isAnswered } from '../accepted.js';
import type { Advice } from '../advice.js';
import { eventOf } from '../events.js';
import type { Finding } from '../finding.js';

/** Drifted features that hold this share of importance are worth a look. */
const LEAST_SHARE = 0.3;

/**
 * What the newest window's drift says, with the skill that is estimated to be lost by it, and the
 * drift findings that could be judged at all.
 */
export function driftEvidence(input: AdviceInput): {
  reasons: Advice['reasons'];
  judged: readonly Finding[];
} {
  const judged = inOrder(input.findings).filter(
    (finding) =>
      finding.category === 'drift' &&
      finding.check !== 'estimated_performance' &&
      finding.verdict !== 'unknown' &&
      !isAnswered(finding, input.accepted ?? []),
  );
  const reasons = lostByEstimate(input);
  const moved = judged.filter(
    (finding) => finding.check === 'prediction_drift' && finding.verdict === 'alert',
  );
  for (const finding of moved) {
    reasons.push(reasonOf(finding.sentence, [finding]));
  }
  const ofFeatures = judged.filter((finding) => finding.check !== 'prediction_drift');
  const drifted = ofFeatures.filter((finding) => finding.verdict !== 'ok');
  const share = importanceOf(drifted, ofFeatures, input.importances);
  if (drifted.length > 0 && share >= LEAST_SHARE) {
    const names = [...new Set(drifted.map((finding) => finding.target))];
    const isKnown = names.every((name) => (input.importances[name] ?? null) !== null);
    const even = isKnown ? '' : ', taken as even where it is not known';
    const text =
      `${names.length} drifted ${names.length === 1 ? 'feature holds' : 'features hold'} ` +
      `${(share * 100).toFixed(0)} % of the importance${even}: ${names.slice(0, 5).join(', ')}` +
      (names.length > 5 ? ` and ${names.length - 5} more.` : '.');
    reasons.push(reasonOf(text, drifted));
  }
  return { reasons, judged };
}

/** The estimate of a window whose labels are not there, where it says that much skill is lost. */
function lostByEstimate(input: AdviceInput): Advice['reasons'][number][] {
  return inOrder(input.findings).flatMap((finding) => {
    const { check, details } = finding;
    if (check !== 'estimated_performance' || !isWhole(finding) || eventOf(finding) !== null)
      return [];
    const metric = typeof details['metric'] === 'string' ? details['metric'] : check;
    const loss = skillLoss({ ...finding, check: metric });
    if (loss === null || !isReal(loss)) return [];
    const share = `${(loss.value * 100).toFixed(1)} %`;
    return [reasonOf(`An estimated ${share} of the skill is lost: ${finding.sentence}`, [finding])];
  });
}

/**
 * Share of importance (0 to 1) that the drifted features hold. Features of unknown importance share
 * evenly what the known ones leave; with none known that is the share of features.
 */
function importanceOf(
  drifted: readonly Finding[],
  judged: readonly Finding[],
  importances: AdviceInput['importances'],
): number {
  const features = [...new Set(judged.map((finding) => finding.target))];
  const known = features.map((name) => importances[name] ?? null).filter((one) => one !== null);
  const sum = known.reduce((total, one) => total + one, 0);
  const unknown = features.length - known.length;
  const rest = unknown === 0 ? 0 : Math.max(0, 1 - sum) / unknown;
  const whole = sum + rest * unknown;
  if (whole <= 0) return 0;
  const names = new Set(drifted.map((finding) => finding.target));
  let held = 0;
  for (const name of names) held += importances[name] ?? rest;
  return held / whole;
}
