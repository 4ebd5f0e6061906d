import { figure } from '../judging/figures.js';
import { metricName } from '../metric-names.js';
import type { TrainingResult } from '../retraining.js';
import { Z95 } from '../../stats/normal.js';

/** Fewer paired differences than this say nothing: the normal interval needs about so many. */
const LEAST_PAIRS = 30;

/** What the paired difference of a metric is, for one row: never the metric itself. */
const GAINS: Readonly<Record<string, { what: string; unit: string }>> = {
  rmse: { what: 'mean gain in squared error per row', unit: ' (unit of the label, squared)' },
  mae: { what: 'mean gain in absolute error per row', unit: ' (unit of the label)' },
  accuracy: { what: 'mean gain in right answers per row', unit: '' },
};

/** Whether a challenger may replace the champion, with the numbers that say so. */
export interface GateResult {
  passed: boolean;
  /** Lower end of the 95 % interval of the mean difference; null: it cannot be computed. */
  low: number | null;
  /** Challenger − champion, better = positive; null: it cannot be computed. */
  mean: number | null;
  margin: number;
  /** One sentence with the numbers; holds no value of a row. */
  sentence: string;
}

/**
 * Passes when the lower end of the 95 % interval (normal, two-sided) of the paired mean difference
 * is at least −margin. Whatever cannot be judged does not pass: another metric than the gate's,
 * fewer than 30 pairs, impossible sums, or no difference on any pair. Never throws.
 */
export function judgeGate(
  result: TrainingResult,
  gate: { metric: string; margin: number },
): GateResult {
  const { n, sum, squares } = result.difference;
  const reason = unjudgeable(result, gate.metric);
  if (reason !== null) {
    const sentence = `not passed: ${reason}`;
    return { passed: false, low: null, mean: null, margin: gate.margin, sentence };
  }
  const mean = sum / n;
  // Rounding may leave a tiny negative remainder where all differences are equal.
  const variance = Math.max(0, squares - n * mean * mean) / (n - 1);
  const half = Z95 * Math.sqrt(variance / n);
  const low = mean - half;
  const passed = low >= -gate.margin;
  const { what, unit } = GAINS[gate.metric] ?? gainOf(gate.metric);
  const sentence =
    `${passed ? 'passed' : 'not passed'}: ${bothValues(result, gate.metric)}${what} ` +
    `${signed(mean)}${unit}, 95 % interval [${signed(low)}, ${signed(mean + half)}], ` +
    `over ${n} pairs (positive = the challenger is better); ` +
    `the lower end must be at least ${signed(0 - gate.margin)}`;
  return { passed, low, mean, margin: gate.margin, sentence };
}

function gainOf(metric: string): { what: string; unit: string } {
  return { what: `mean paired gain in ${metricName(metric)}`, unit: '' };
}

/** `RMSE 7.9 of the champion, 6.1 of the challenger; `; '' where the result lacks one of them. */
function bothValues({ metrics, championMetrics }: TrainingResult, metric: string): string {
  const [challenger, champion] = [metrics[metric], championMetrics[metric]];
  if (challenger === undefined || champion === undefined) return '';
  const values = `${figure(champion)} of the champion, ${figure(challenger)} of the challenger`;
  return `${metricName(metric)} ${values}; `;
}

function unjudgeable(result: TrainingResult, metric: string): string | null {
  const { n, sum, squares } = result.difference;
  if (result.difference.metric !== metric) {
    return `the gate looks at ${metric}, the result compares ${result.difference.metric}`;
  }
  if (!Number.isInteger(n) || n < LEAST_PAIRS) {
    return `${n} paired differences, at least ${LEAST_PAIRS} are needed`;
  }
  const least = (sum * sum) / n;
  if (!Number.isFinite(sum) || !Number.isFinite(squares) || squares < least * (1 - 1e-9)) {
    return `the sums are impossible (n ${n}, sum ${sum}, squares ${squares})`;
  }
  if (squares === 0) return 'challenger and champion do not differ on any pair';
  return null;
}

/** `+0.0123`, `-1.5`, `0`: four significant digits. */
function signed(value: number): string {
  const text = String(Number(value.toPrecision(4)));
  return value > 0 ? `+${text}` : text === '-0' ? '0' : text;
}
