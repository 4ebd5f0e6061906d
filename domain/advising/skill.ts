import { isWhole } from '../slice.js';
import type { Finding } from '../finding.js';
import { Z95 } from '../../stats/normal.js';

/** Skill that must be lost before a retraining is worth asking for. */
const LEAST_LOSS = 0.1;
/** Metrics whose trivial model needs no data. */
const KNOWN_TRIVIAL: Readonly<Record<string, number>> = { roc_auc: 0.5 };
/** Metrics that grow as the model gets worse. */
const ERRORS = new Set([
  ...['rmse', 'mae', 'mape', 'quantile_loss', 'residual_spread'],
  ...['log_loss', 'brier', 'calibration_error'],
]);

/**
 * Skill loss = (reference − now) / (reference − trivial model), the same for errors and for scores.
 * Its interval joins that of the metric, seen through this straight line, with the reference's own
 * standard error where it is known (delta method); the trivial model counts as exact.
 */
export interface SkillLoss {
  value: number;
  /** Lower end of its 95 % interval; null: the metric came without a confidence interval. */
  low: number | null;
}

/** At least a tenth, and surely some: a loss whose interval reaches 0 may be chance. */
export function isReal({ value, low }: SkillLoss): boolean {
  return value >= LEAST_LOSS && (low === null || low > 0);
}

/** The metric over all rows, with a value; metric null: any of performance. */
export function isJudged(finding: Finding, metric: string | null): boolean {
  const isMetric = metric === null ? finding.category === 'performance' : finding.check === metric;
  return isMetric && isWhole(finding) && finding.verdict !== 'unknown' && finding.value !== null;
}

/** null: without reference or trivial model, or when the reference is no better than trivial. */
export function skillLoss(finding: Finding): SkillLoss | null {
  const reference = numberOf(finding.details['reference']);
  const trivial = numberOf(finding.details['trivial']) ?? KNOWN_TRIVIAL[finding.check] ?? null;
  const now = finding.value;
  if (reference === null || trivial === null || now === null) return null;
  const skill = reference - trivial;
  const isBetter = isError(finding.check) ? skill < 0 : skill > 0;
  if (!isBetter) return null;
  const loss = (value: number): number => (reference - value) / skill;
  const { low, high, interval } = finding;
  const value = loss(now);
  if (interval !== 'confidence' || low === null || high === null) return { value, low: null };
  const ofMetric = value - Math.min(loss(low), loss(high));
  const error = numberOf(finding.details['referenceStandardError']) ?? 0;
  const ofReference = (Z95 * error * (1 - value)) / skill;
  return { value, low: value - Math.hypot(ofMetric, ofReference) };
}

function isError(metric: string): boolean {
  return ERRORS.has(metric);
}

/** How much better a metric has become; below 0: worse. */
export function metricGain(metric: string, before: number, after: number): number {
  return isError(metric) ? before - after : after - before;
}

/** null: it is none that can be counted with. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
