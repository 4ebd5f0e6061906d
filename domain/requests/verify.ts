import { isJudged, metricGain, numberOf } from '../advising/skill.js';
import type { Finding } from '../finding.js';
import { figure, percent } from '../judging/figures.js';
import { metricName } from '../metric-names.js';
import type { TrainingResult } from '../retraining.js';
import { Z95 } from '../../stats/normal.js';

/** Mature windows that are averaged on each side: one alone may be noise. */
export const WINDOWS = 2;

/** What became of a promotion, by the realised metric. */
export interface Verification {
  metric: string;
  /** Means of two mature windows: those that the request rested on, the first since. */
  before: number;
  after: number;
  /** After − before, better = positive; its 95 % interval, null where a window has none. */
  gain: { value: number; low: number | null; high: number | null };
  /** Challenger − champion on the data of the comparison, better = positive; null: not said. */
  promised: number | null;
  /**
   * Share of what was lost that came back, gain / (reference − before): below 0 when it got worse,
   * above 1 when it is better than the reference. null: nothing was lost, or no reference is known.
   */
  recovered: number | null;
  verdict: 'helped' | 'not_helped' | 'open';
  sentence: string;
}

interface Metric {
  mean: number;
  /** Of the mean; null: a window has no confidence interval. */
  error: number | null;
}

/**
 * Did the retraining help? Compares the realised metric of the two newest windows that the request
 * rested on with that of the first two mature ones that began after the promotion. `helped` and
 * `not_helped`: the interval of the gain is above 0, or below it or around it and below half of
 * what was promised; else `open`. null: one of the sides lacks a window. Pure.
 */
export function verifyRetraining(
  result: TrainingResult,
  metric: string,
  sides: { before: readonly Finding[]; after: readonly Finding[] },
): Verification | null {
  const [before, after] = [metricOf(sides.before), metricOf(sides.after)];
  if (before === null || after === null) return null;
  const value = metricGain(metric, before.mean, after.mean);
  const half =
    before.error === null || after.error === null
      ? null
      : Z95 * Math.hypot(before.error, after.error);
  const gain = {
    value,
    low: half === null ? null : value - half,
    high: half === null ? null : value + half,
  };
  const [champion, challenger] = [result.championMetrics[metric], result.metrics[metric]];
  const promised =
    champion === undefined || challenger === undefined
      ? null
      : metricGain(metric, champion, challenger);
  const reference = referenceOf(sides.before);
  const lost = reference === null ? 0 : metricGain(metric, before.mean, reference);
  const found = {
    metric,
    ...{ before: before.mean, after: after.mean, gain, promised },
    recovered: lost > 0 ? value / lost : null,
    verdict: verdictOf(gain, promised),
  };
  return { ...found, sentence: sentenceOf(found, result.version) };
}

/** Findings of a metric over all rows, that were judged; the two that come first. */
export function ofMetric(windows: readonly (readonly Finding[])[], metric: string): Finding[] {
  return windows
    .flatMap((findings) => findings.find((one) => isJudged(one, metric)) ?? [])
    .slice(0, WINDOWS);
}

function metricOf(findings: readonly Finding[]): Metric | null {
  if (findings.length < WINDOWS) return null;
  const values = findings.map(({ value }) => value ?? NaN);
  const errors = findings.map(({ low, high, interval }) =>
    interval !== 'confidence' || low === null || high === null ? null : (high - low) / (2 * Z95),
  );
  const known = errors.filter((error) => error !== null);
  return {
    mean: values.reduce((sum, one) => sum + one, 0) / values.length,
    error: known.length < errors.length ? null : Math.hypot(...known) / errors.length,
  };
}

/** What the metric was on the reference, by the newest of the findings. */
function referenceOf([newest]: readonly Finding[]): number | null {
  return numberOf(newest?.details['reference']);
}

function verdictOf(
  { low, high }: Verification['gain'],
  promised: number | null,
): Verification['verdict'] {
  if (low === null || high === null) return 'open';
  if (low > 0) return 'helped';
  return high < Math.max(0, (promised ?? 0) / 2) ? 'not_helped' : 'open';
}

const VERDICTS: Readonly<Record<Verification['verdict'], string>> = {
  helped: 'the retraining helped',
  not_helped: 'the retraining did not help',
  open: 'whether the retraining helped cannot be told yet from chance',
};

/** `the retraining helped: AUC 0.71 before, 0.80 in the first two mature windows with v7; …` */
function sentenceOf(found: Omit<Verification, 'sentence'>, version: string): string {
  const { metric, before, after, gain, promised, recovered, verdict } = found;
  const { value, low, high } = gain;
  const interval =
    low === null || high === null ? '' : `, 95 % interval [${signed(low)}, ${signed(high)}]`;
  const said = promised === null ? '' : `; the comparison promised ${signed(promised)}`;
  const share =
    recovered === null || recovered < 0
      ? ''
      : `; ${percent(Math.min(recovered, 1))} of what was lost is back`;
  return (
    `${VERDICTS[verdict]}: ${metricName(metric)} ${figure(before)} before, ${figure(after)} in the ` +
    `first two mature windows with ${version}, ${signed(value)}${interval} (positive = better)` +
    `${said}${share}`
  );
}

function signed(value: number): string {
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${figure(Math.abs(value))}`;
}
