import { checkNamed } from '../../checks/index.js';
import { findingsOf } from '../experiments/simulate.js';
import type { Decision } from '../../domain/action.js';
import type { CheckSpec } from '../../domain/monitor.js';
import type { Outcomes, Profile } from '../../domain/profile.js';
import type { Evidence } from '../../domain/score.js';
import { END, evidenceOf, monitorOf, windowEnding } from './evidence.js';

/**
 * Rows of one decision: so many without a label, negative and positive, with the same score and the
 * same propensity, null: they have none.
 */
export type Cell = readonly [
  Decision,
  {
    none?: number;
    no?: number;
    yes?: number;
    score?: number;
    predicted?: string;
    p?: number | null;
  },
];

/** Where a chance of being held out of 1 - p lies: an eighth of a halving each. */
const stratumOf = (p: number | null): string =>
  p === null ? 'none' : p === 1 ? 'certain' : String(Math.round(-8 * Math.log2(1 - p)));

export function outcomesOf(cells: readonly Cell[]): Outcomes {
  const rows = cells.flatMap(
    ([decision, { none = 0, no = 0, yes = 0, score = 0.5, predicted = '1', p }]) =>
      Object.entries({ '': none, '0': no, '1': yes }).map(([label, n]) => {
        return { decision, label, n, score, predicted, p };
      }),
  );
  const areWeighed = rows.some(({ p }) => p !== undefined);
  const stratum = rows.map(({ p }) => (p === undefined ? '' : stratumOf(p)));
  const weights = rows.map(({ n, p }) => (p == null || p === 1 ? 0 : n / (1 - p)));
  return {
    by: {
      score: Int32Array.from(rows, ({ score }) => Math.floor(score * 4096)),
      predicted: rows.map(({ predicted }) => predicted),
      label: rows.map(({ label }) => label),
      decision: rows.map(({ decision }) => decision),
      ...(areWeighed && { propensity: stratum }),
    },
    sums: {
      n: Float64Array.from(rows, ({ n }) => n),
      scores: Float64Array.from(rows, ({ n, score }) => n * score),
      ...(areWeighed && { weights: Float64Array.from(weights) }),
    },
  };
}

/** As if nobody had said how likely they were acted on. */
export function withoutChances(cells: readonly Cell[]): Cell[] {
  return cells.map(([decision, rows]) => {
    const { p: _, ...others } = rows;
    return [decision, others];
  });
}

/** As they were counted before the monitor named an action. */
export function withoutDecisions({ by, sums }: Outcomes): Outcomes {
  return {
    by: Object.fromEntries(Object.entries(by).filter(([name]) => name !== 'decision')),
    sums,
  };
}

export function profileOf(outcomes: Outcomes | null, end = END): Profile {
  return { ...evidenceOf({}, {}).current, window: windowEnding(end), outcomes };
}

export function evidenceFor(cells: readonly Cell[], more: Partial<Evidence> = {}): Evidence {
  return { ...evidenceOf({}, {}), current: profileOf(outcomesOf(cells)), ...more };
}

/** A check with its usual limits. */
export function specOf(check: string): CheckSpec {
  const { warn, alert, minRows, rule } = checkNamed(check).defaults;
  const plain = { name: null, against: null, targets: null, running: null, every: null };
  return { ...plain, check, warn, alert, minRows, rule, params: {} };
}

/** What a check of decisions and labels finds, with its usual limits. */
export function found(check: string, evidence: Evidence) {
  const [finding] = findingsOf(monitorOf({ checks: [specOf(check)] }), evidence);
  if (finding === undefined) throw new Error('expected a finding');
  return finding;
}

/** Rows where the model would not act, with few positives. */
export const free: Cell = ['free', { no: 9950, yes: 50, score: 0.01 }];

/** Wilson's limits of hits / n, at 99 %: (c ± z √(p q / n + z² / 4 n²)) / (1 + z² / n). */
export function wilson99(hits: number, n: number): [number, number] {
  const z = 2.5758293035489004;
  const p = hits / n;
  const reach = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const middle = p + (z * z) / (2 * n);
  const scale = 1 + (z * z) / n;
  return [(middle - reach) / scale, (middle + reach) / scale];
}
