import type { Trained } from './input.js';
import type { Finding } from '../finding.js';
import type { RetrainingPolicy } from '../monitor.js';
import type { Handled } from '../score.js';
import { Z95 } from '../../stats/normal.js';

/** Whether training handles the loop: weights rows acted on, or leaves them out. */
export interface Handling {
  /** null: it does not. */
  handled: Handled | null;
  /** What is missing, and what would be right, in words; null: nothing, or nobody says a word. */
  lacks: string | null;
}

/**
 * The loop is handled where the monitor says how, and the version that was registered last says
 * that no row acted on counted without a weight when it was trained.
 */
export function handlingOf(
  policy: Pick<RetrainingPolicy, 'loop'> | null,
  trained: Trained | null,
): Handling {
  const { handling, reviewed } = policy?.loop ?? {};
  if (handling === undefined) return { handled: null, lacks: null };
  const count = trained?.unweightedActed ?? null;
  if (trained !== null && count === 0) {
    const handled = { handling, version: trained.version, ...(reviewed && { reviewed }) };
    return { handled, lacks: null };
  }
  const found =
    trained === null
      ? 'no version of the model is registered'
      : count === null
        ? `version ${trained.version} does not say how many rows acted on it was trained on ` +
          'without a weight'
        : `version ${trained.version} was trained on ${count} rows acted on without a weight`;
  const lacks =
    `The loop is not handled, though retraining.loop says ${handling}: ${found}; ` +
    'it is once the version that was registered last says unweighted_acted: 0.';
  return { handled: null, lacks };
}

/**
 * A metric as it counts where the loop is handled, with its own value in `details.observed`, and
 * what keeps it from counting, in words; where nothing was acted on it counts as it is.
 */
export function asHandled(finding: Finding): { finding: Finding; gap: string | null } {
  const { details } = finding;
  const found = details['corrected'] as Corrected | undefined;
  if (found === undefined) {
    const gap = 'the metric cannot be corrected for rows acted on: too few positives are held out';
    return { finding, gap: 'unacted' in details ? gap : null };
  }
  const { value, standardError } = found;
  const [low, high] = [value - Z95 * standardError, value + Z95 * standardError];
  const trivial = found.trivial ?? details['trivial'];
  const observed = finding.value;
  const corrected = { ...finding, value, low, high, interval: 'confidence' as const };
  const gap =
    'firstWindows' in details
      ? 'the first mature windows, which the corrected metric is held against, are not corrected'
      : null;
  return { finding: { ...corrected, details: { ...details, trivial, observed } }, gap };
}

/** `details.corrected` of a metric; `trivial` is absent in older findings. */
interface Corrected {
  value: number;
  standardError: number;
  trivial?: number | null;
}
