import { isBroken } from './broken.js';
import { driftEvidence } from './drift.js';
import { inOrder, reasonOf, refOf } from './input.js';
import type { AdviceInput } from './input.js';
import { handledLoop, ownOutput } from './loop.js';
import { judgePerformance } from './performance.js';
import type { Performance } from './performance.js';
import { quiet } from './quiet.js';
import { offScale } from './recalibrate.js';
import { trainingData } from './training-data.js';
import type { Advice, AdviceMark, FindingRef, TrainOn } from '../advice.js';
import type { Finding } from '../finding.js';
import { byWidth, isWider, type Folded } from '../folding.js';
import { troubleWords } from '../naming.js';

/** Names of findings that a mark carries at most. */
const MOST_DRIVERS = 20;

/** The first row that holds. The same input gives the same bytes, in whatever order it comes. */
export function advise(input: AdviceInput): Advice {
  const performance = judgePerformance(input);
  const advice =
    brokenData(input) ??
    ownOutput(input) ??
    inProgress(input) ??
    fallen(input, performance) ??
    beside(
      performance,
      offScale(input) ?? drifted(input, performance) ?? quiet(input, performance),
    );
  const trainOn = trainingData(input);
  return trainOn !== null && isTold(advice, trainOn, input) ? { ...advice, trainOn } : advice;
}

/** Where a retraining may come; else where rows before a fix would mislead the next one. */
function isTold({ action }: Advice, { from }: TrainOn, { retrain }: AdviceInput): boolean {
  if (action === 'retrain' || action === 'consider') return true;
  const isFixed = from !== null && from > (retrain?.lastSucceededAt ?? -Infinity);
  return isFixed && (action === 'none' || action === 'fix_data');
}

/** With what waiting costs, where that was looked at and asks for nothing. */
function beside({ waiting }: Performance, advice: Advice): Advice {
  if (waiting === null) return advice;
  const { cost, text } = waiting;
  return { ...advice, reasons: [...advice.reasons, { text, findings: [] }], cost };
}

/** The part of an advice that enters Temporal: actions, names and hashes only. */
export function adviceMark(
  advice: Advice,
  from: { input: AdviceInput; revision: number; evidence: string },
): AdviceMark {
  const refs = advice.reasons.flatMap((reason) => reason.findings);
  const all = [...from.input.findings, ...from.input.mature.flat()];
  const categories = refs.flatMap((ref) =>
    all.filter((finding) => isOf(ref, finding)).map((finding) => finding.category),
  );
  const drivers = refs.map(troubleWords);
  return {
    action: advice.action,
    drivers: [...new Set(drivers)].slice(0, MOST_DRIVERS),
    blockers: advice.blockers,
    categories: [...new Set(categories)].sort(),
    windowEnd: advice.window,
    revision: from.revision,
    evidence: from.evidence,
  };
}

function isOf(ref: FindingRef, finding: Finding): boolean {
  return ref.check === finding.check && ref.target === finding.target;
}

/**
 * Row 1: a broken column, unless it is a feature that is known to matter little; or labels that
 * cannot be right, in the newest window or the newest one that is mature.
 */
function brokenData(input: AdviceInput): Advice | null {
  const [mature = []] = input.mature;
  const labels = inOrder([...new Set([...input.findings, ...mature])]).filter(
    ({ reason }) => reason === 'label_fault',
  );
  const broken = inOrder(input.findings).filter((finding) => isBroken(finding, input));
  if (labels.length + broken.length === 0) return null;
  const reasons = widestFirst(broken).map(brokenReason);
  const faults = labels.slice(0, 1).map((one) => brokenReason({ cause: one, because: [] }));
  return {
    action: 'fix_data',
    reasons: [...faults, ...reasons],
    blockers: [],
    window: input.window,
  };
}

/** The widest explanation first, with what parts of the rows say of the same behind it. */
function widestFirst(broken: readonly Finding[]): Folded<Finding>[] {
  const sorted = [...broken].sort(byWidth);
  const explains = (one: Finding, other: Finding): boolean =>
    one.target === other.target && one.check === other.check && isWider(one, other);
  return sorted
    .filter((other) => !sorted.some((one) => explains(one, other)))
    .map((cause) => ({ cause, because: sorted.filter((other) => explains(cause, other)) }));
}

function brokenReason({ cause, because }: Folded<Finding>): Advice['reasons'][number] {
  const parts = because.length === 1 ? 'part' : 'parts';
  const seen =
    because.length === 0 ? '' : ` So it is in ${because.length} other ${parts} of the rows.`;
  const { text, findings } = reasonOf(`${cause.sentence}${seen} Do not retrain on it.`, [cause]);
  return { text, findings: [...findings, ...because.map(refOf)] };
}

function inProgress(input: AdviceInput): Advice | null {
  if (input.retrain?.running !== true) return null;
  const reasons = [{ text: 'A retraining is in progress.', findings: [] }];
  return { action: 'none', reasons, blockers: [], window: input.window };
}

/** Mature performance: retrain, or consider when something holds it back. */
function fallen(input: AdviceInput, performance: Performance): Advice | null {
  if (performance.fall === null) return null;
  const { action, texts, findings, blockers } = performance.fall;
  const [text = '', ...more] = texts;
  const handled = handledLoop(input);
  const reasons = [
    { text, findings },
    ...more.map((one) => ({ text: one, findings: [] })),
    ...(handled === null ? [] : [handled]),
  ];
  const cost = performance.waiting === null ? {} : { cost: performance.waiting.cost };
  return { action, reasons, blockers, window: input.window, ...cost };
}

/** Drift speaks only for a window whose performance is not known yet. */
function drifted(input: AdviceInput, performance: Performance): Advice | null {
  if (performance.newest !== null && performance.newest >= input.window) return null;
  const { reasons } = driftEvidence(input);
  if (reasons.length === 0) return null;
  return { action: 'consider', reasons, blockers: [], window: input.window };
}

export type { AdviceInput };
