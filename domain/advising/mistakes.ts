import { isWhole } from '../slice.js';
import type { AdviceInput } from './input.js';
import type { Finding } from '../finding.js';
import type { RetrainingCost } from '../retraining.js';
import type { Window } from '../window.js';

/** A kind of mistake: the metric that counts it, and the counts in that metric's details. */
const KINDS = [
  {
    ...{ check: 'recall', wrong: 'falseNegatives', right: 'truePositives' },
    costOf: ({ perFalseNegative }: RetrainingCost) => perFalseNegative,
  },
  {
    ...{ check: 'specificity', wrong: 'falsePositives', right: 'trueNegatives' },
    costOf: ({ perFalsePositive }: RetrainingCost) => perFalsePositive,
  },
] as const;

/** The metrics that count mistakes. */
export const COUNTING = KINDS.map(({ check }) => check);

/** What the mistakes of one mature window cost. */
export interface Spell {
  window: Window;
  /** Labelled rows, and all that can have a label. */
  labelled: number;
  rows: number;
  /** A labelled row beyond the reference, at the window's own share of positives. */
  excess: number;
  /** Of each kind: its cost, the rows that could be so, and those that are. */
  kinds: readonly { cost: number; of: number; wrong: number }[];
}

export interface Mistakes {
  /** Oldest first; []: there are no mature windows of today's model. */
  spells: readonly Spell[];
  /** Standard errors of the reference's rates, in the order of `kinds`. */
  errors: readonly number[];
  /** Those of the newest of them that count what has a cost. */
  findings: readonly Finding[];
}

/**
 * What mistakes cost in each mature window that lies mostly after the last retraining. A text says
 * why it is not known.
 */
export function mistakesOf(input: AdviceInput, cost: RetrainingCost): Mistakes | string {
  const since = input.retrain?.lastSucceededAt ?? -Infinity;
  const kinds = KINDS.map((kind) => ({ ...kind, cost: kind.costOf(cost) })).filter(
    (kind) => kind.cost > 0,
  );
  const windows = [...input.mature, ...(input.older ?? [])]
    .map((findings) => KINDS.flatMap(({ check }) => findings.find((one) => isOf(one, check)) ?? []))
    .filter((findings) => findings.length > 0)
    .sort((a, b) => middleOf(a) - middleOf(b));
  if (windows.length === 0) return 'no mature window counts right and wrong classes';
  const present = windows.filter((findings) => middleOf(findings) >= since);
  const acted = present
    .flat()
    .some(({ details }) => 'corrected' in details || 'unacted' in details);
  if (acted) return 'rows were acted on, whose labels may be what acting made of them';
  const found = present.flat().reverse();
  const references = kinds.map(({ check }) => {
    const one = found.find((finding) => finding.check === check && rateOf(finding) !== null);
    return one === undefined ? null : referenceOf(one);
  });
  if (present.length > 0 && references.some((one) => one === null)) {
    return 'nothing is known of the mistakes on the reference';
  }
  const rates = references.map((one) => one?.rate ?? 0);
  const spells = present.map((findings) => spellOf(findings, kinds, rates));
  const errors = references.map((one) => one?.error ?? 0);
  const findings = (present.at(-1) ?? []).filter(({ check }) =>
    kinds.some((kind) => kind.check === check),
  );
  return { spells, errors, findings };
}

function middleOf([first]: readonly Finding[]): number {
  return first === undefined ? NaN : (first.window.start + first.window.end) / 2;
}

/** A judged metric over all rows, of a yes and a no. */
function isOf(finding: Finding, check: string): boolean {
  const isKnown = finding.verdict !== 'unknown' && finding.value !== null;
  return (
    finding.check === check && isWhole(finding) && isKnown && 'falsePositives' in finding.details
  );
}

/** Share of the rows of its kind that are mistaken; null where the metric is an average. */
function rateOf({ check, value, details }: Finding): number | null {
  const kind = KINDS.find((one) => one.check === check);
  if (kind === undefined || value === null) return null;
  const [wrong, right] = [Number(details[kind.wrong]), Number(details[kind.right])];
  return Math.abs(1 - value - wrong / (wrong + right)) < 1e-6 ? 1 - value : null;
}

function referenceOf({ details }: Finding): { rate: number; error: number } | null {
  const { reference, referenceStandardError: error } = details;
  if (typeof reference !== 'number') return null;
  return { rate: 1 - reference, error: typeof error === 'number' ? error : 0 };
}

function spellOf(
  [finding, ...others]: readonly Finding[],
  kinds: readonly { wrong: string; right: string; cost: number }[],
  rates: readonly number[],
): Spell {
  if (finding === undefined) throw new Error('expected a finding, got none');
  const { details, window, nCurrent } = finding;
  const coverage = Number(details['coverage'] ?? others[0]?.details['coverage'] ?? 1);
  const counted = kinds.map(({ wrong: name, right, cost }) => {
    const wrong = Number(details[name]);
    return { cost, wrong, of: wrong + Number(details[right]) };
  });
  const beyond = counted.reduce(
    (sum, { cost, wrong, of }, at) => sum + cost * (wrong - (rates[at] ?? 0) * of),
    0,
  );
  return {
    ...{ window, labelled: nCurrent, rows: nCurrent / (coverage > 0 ? coverage : 1) },
    ...{ excess: beyond / nCurrent, kinds: counted },
  };
}
