import { asHandled, handlingOf } from './handled.js';
import { refOf } from './input.js';
import type { AdviceInput } from './input.js';
import { pricedBy, type Priced } from './priced.js';
import type { FindingRef, WaitingCost } from '../advice.js';
import { isJudged as hasLimits, type Finding } from '../finding.js';
import { isJudged, isReal, skillLoss } from './skill.js';
import type { SkillLoss } from './skill.js';
import { countsOf } from './training-data.js';
import type { Instant } from '../window.js';
import { inZone } from '../zone.js';

const LEAST_POSITIVES = 200;
const LEAST_ROWS = 1000;
const ONE_WINDOW = 'only one mature window shows it';
/** Metrics of a class: their training range is counted in positives. */
const OF_CLASSES = new Set([
  ...['roc_auc', 'average_precision', 'accuracy', 'precision', 'recall', 'specificity', 'f1'],
  ...['f_beta', 'mcc', 'log_loss', 'brier', 'calibration_error', 'lift', 'ks_score'],
]);
/** What the mature windows say about the realised metric. */
export interface Performance {
  /** End of the newest mature window whose metric could be held against something; null: none. */
  newest: Instant | null;
  findings: readonly Finding[];
  /** The loss that asks for a retraining, and what holds it back; null: no such loss. */
  fall: Fall | null;
  /** What waiting costs; null: the monitor says no costs, or it is not known. */
  waiting: { cost: WaitingCost; text: string } | null;
}

interface Fall {
  action: 'retrain' | 'consider';
  texts: readonly string[];
  findings: readonly FindingRef[];
  blockers: readonly string[];
}

/** There is something that tells good values of a metric from bad ones. */
export const isHeld = (finding: Finding): boolean =>
  hasLimits(finding) || skillLoss(finding) !== null;

/** Judges the mature windows: by what waiting costs where the policy says so, else by skill. */
export function judgePerformance(input: AdviceInput): Performance {
  const bySkill = judgeSkill(input);
  const priced = pricedBy(input);
  if (priced === null)
    return input.policy?.cost === undefined ? bySkill : { ...bySkill, fall: null };
  if (typeof priced === 'string') {
    const { fall } = bySkill;
    const why = `What waiting costs is not known, so that the skill decides: ${priced}.`;
    return { ...bySkill, fall: fall && { ...fall, texts: [...fall.texts, why] } };
  }
  const { cost, text } = priced;
  return { ...bySkill, fall: costlyFall(input, priced), waiting: { cost, text } };
}

function costlyFall(input: AdviceInput, { cost, asks, text, findings }: Priced): Fall | null {
  if (asks === null) return null;
  const gaps = cost.windows < 2 ? [ONE_WINDOW] : [];
  const blockers = [...gaps, ...policyBlockers(input)];
  const action = blockers.length === 0 ? asks : 'consider';
  return { action, texts: [text], findings, blockers };
}

/** Judges the two newest mature windows on the policy's metric. */
function judgeSkill(input: AdviceInput): Performance {
  const { policy } = input;
  const { handled } = handlingOf(policy, input.trained ?? null);
  const all = input.mature
    .map((findings) => findings.find((finding) => isJudged(finding, policy?.metric ?? null)))
    .filter((finding) => finding !== undefined)
    .sort((a, b) => b.window.end - a.window.end)
    .map((finding) => (handled === null ? { finding, gap: null } : asHandled(finding)));
  const judged = all.map(({ finding }) => finding);
  const [first, second] = judged;
  const newest = judged.find(isHeld)?.window.end ?? null;
  const quiet: Performance = { newest, findings: judged.slice(0, 2), fall: null, waiting: null };
  if (policy === null || first === undefined) return quiet;
  const losses = [first, second].map((finding) =>
    finding === undefined ? null : skillLoss(finding),
  );
  const [newestLoss = null, before = null] = losses;
  const hasFallen = newestLoss === null ? first.verdict === 'alert' : isReal(newestLoss);
  if (!hasFallen) return quiet;
  // A single bad window is noise until the next one agrees; with none before it, it is news.
  if (before !== null && !isReal(before)) return quiet;
  const gap = all[0]?.gap ?? null;
  const gaps = gap === null ? [] : [gap];
  const blockers = [...gaps, ...evidenceGaps(losses), ...policyBlockers(input)];
  const action = blockers.length === 0 ? 'retrain' : 'consider';
  const texts = [say(first, newestLoss, input.timezone)];
  return { ...quiet, fall: { action, texts, findings: [refOf(first)], blockers } };
}

function evidenceGaps(losses: readonly (SkillLoss | null)[]): string[] {
  const gaps: string[] = [];
  const [newest = null, before = null] = losses;
  if (newest === null) gaps.push('the skill loss cannot be computed without reference and trivial');
  else if (before === null) gaps.push(ONE_WINDOW);
  if (losses.some((loss) => loss?.low === null)) gaps.push('the metric has no 95 % interval');
  return gaps;
}

function policyBlockers(input: AdviceInput): string[] {
  const { policy, retrain, at, timezone = 'UTC' } = input;
  if (policy === null) return [];
  const blockers: string[] = [];
  const last = retrain?.lastSucceededAt ?? null;
  if (last !== null && at < last + policy.cooldown) {
    blockers.push(`cooldown until ${inZone(last + policy.cooldown, timezone)}`);
  }
  const { rows, positives } = countsOf(input);
  if (OF_CLASSES.has(policy.metric) && positives !== null) {
    if (positives < LEAST_POSITIVES) {
      blockers.push(`${positives} positives to train on, at least ${LEAST_POSITIVES} are needed`);
    }
  } else if ((rows ?? 0) < LEAST_ROWS) {
    blockers.push(`${rows ?? 0} labelled rows to train on, at least ${LEAST_ROWS} are needed`);
  }
  return blockers;
}

function say(finding: Finding, loss: SkillLoss | null, timezone = 'UTC'): string {
  const when = `in the window to ${inZone(finding.window.end, timezone)}`;
  if (loss === null) return `${finding.sentence} (${when})`;
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const from = loss.low === null ? '' : `, at least ${share(loss.low)} with 95 % confidence`;
  const isCorrected = 'observed' in finding.details;
  const of = isCorrected ? `${finding.check}, corrected for rows acted on,` : finding.check;
  return (
    `The model has lost ${share(loss.value)} of its skill by ${of} ${when}${from}: ` +
    finding.sentence
  );
}
