import { figure } from '../domain/judging/figures.js';
import type { Outcomes } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import { byWeight, effectiveRows } from './by-weight.js';
import type { Measured } from './held.js';
import { scaled } from './jackknife.js';
import { corrected } from './unacted.js';

/** What `details.weighted` of a metric holds. */
interface Weighted {
  /** Labelled rows that the metric counts. */
  n: number;
  /** Labelled rows of one weight that tell as much of the metric. */
  effective: number;
  /** Labelled rows without a weight that counts. */
  unweighed: number;
  /** Sums of weights, by what the details of the metric call such rows. */
  sums: Record<string, number>;
}

/** Fewer rows of one weight than these have no interval that holds what it says. */
const LEAST_EFFECTIVE = 10;

/** What details count in rows: others read it as such. */
const OF_ROWS = new Set([
  ...['truePositives', 'falsePositives', 'falseNegatives', 'trueNegatives'],
  ...['positives', 'negatives', 'hits', 'rows'],
]);

/**
 * A metric in which each row counts by its weight; its interval is its own of as many rows of one
 * weight as tell as much (see effectiveRows). Fewer than ten such rows judge nothing.
 */
export function measureByWeight(
  outcomes: Outcomes,
  of: (outcomes: Outcomes) => Measured | string,
): Measured | string {
  const found = byWeight(outcomes);
  if (typeof found === 'string') return found;
  const byRows = of(outcomes);
  if (typeof byRows === 'string') return byRows;
  const { unweighed } = found;
  const { weight } = found.all;
  const { n } = byRows;
  const effective = effectiveRows(found, of);
  const measured = of(scaled(found.outcomes, () => effective / weight));
  if (typeof measured === 'string') return measured;
  const details = Object.entries(measured.details);
  const others = details.filter(([name]) => !OF_ROWS.has(name));
  const sums = details.flatMap(([name, value]) =>
    OF_ROWS.has(name) && typeof value === 'number'
      ? [[name, (value * weight) / effective] as const]
      : [],
  );
  const told = Math.min(n, effective);
  const weighted: Weighted = { n, effective: told, unweighed, sums: Object.fromEntries(sums) };
  const thin =
    `its ${figure(n)} labelled rows tell as much as ${figure(Math.floor(told))} of one weight, ` +
    `${LEAST_EFFECTIVE} are needed`;
  return {
    ...{ ...measured, n, details: { ...Object.fromEntries(others), weighted } },
    ...(told < LEAST_EFFECTIVE && { thin }),
  };
}

/** Nothing is corrected by weight: of rows held out the weights are too uneven for an interval. */
export function correctedOf(
  evidence: Evidence,
  of: (outcomes: Outcomes) => Measured | string,
  { details }: Measured,
): object {
  const found = corrected(evidence, of);
  return 'weighted' in details && 'corrected' in found ? { uncorrected: true } : found;
}

/** `weighted `, the labelled rows, and how few of one weight they are; '' of what counts rows. */
export function sayWeighted({ details }: Reading): { as: string; n?: number; rows: string } {
  const { effective, unweighed, n } = (details['weighted'] ?? {}) as Partial<Weighted>;
  if (effective === undefined || n === undefined) return { as: '', rows: '' };
  const none = unweighed ? `, ${figure(unweighed)} of them without a weight` : '';
  const alike = Math.floor(effective);
  const worth = alike < n ? ` that tell as much as ${figure(alike)} of one weight` : '';
  return { as: 'weighted ', n, rows: `${worth}${none}` };
}
