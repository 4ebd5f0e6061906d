import { z } from 'zod';
import { categoryCounts } from '../domain/judging/distribution.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { CATEGORY, FINE_BINS } from '../domain/profile.js';
import type { Axis, Counts } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { noReading } from './check.js';
import type { Written } from './check.js';
import { psiReading, sayMoved, withHistory } from './psi.js';

/** `column`: the prediction's, for the axis of a prediction that is a value. */
interface Params {
  column: string | null;
}

interface Predictions {
  kind: 'score' | 'class';
  counts: Counts;
}

/** The predictions of a profile as one column: scores by bin or exact, or classes. */
function predictionsOf(outcomes: Counts | null): Predictions | null {
  const { score, predicted } = outcomes?.by ?? {};
  const n = outcomes?.sums['n'];
  if (n === undefined) return null;
  if (score !== undefined) {
    const by = score instanceof Int32Array ? { bin: score } : { value: score };
    return { kind: 'score', counts: { by, sums: { n } } };
  }
  if (predicted === undefined) return null;
  const classes = Array.from<number | string, string>(predicted, (value) =>
    value === '' ? CATEGORY.missing : String(value),
  );
  return { kind: 'class', counts: { by: { value: classes }, sums: { n } } };
}

/** The axis of the predictions: a value's own, [0, 1] with the reference's deciles, or classes. */
function axisOf(evidence: Evidence, reference: Predictions, column: string | null): Axis {
  const blank = { low: 0, inverseWidth: 1, atoms: [], edges: [], known: [] };
  const rest = { min: null, max: null, type: '', distinct: 0 };
  if (reference.kind === 'class') {
    const known = [...categoryCounts(reference.counts).keys()];
    return {
      ...{ ...blank, ...rest, kind: 'categorical' },
      known: known.filter((value) => value !== CATEGORY.missing),
    };
  }
  const own = column === null ? undefined : evidence.grid.axes[column];
  if (own?.kind === 'numeric') return own;
  const unit: Axis = {
    ...blank,
    ...rest,
    kind: 'numeric',
    inverseWidth: FINE_BINS,
    max: 1,
    min: 0,
  };
  return { ...unit, edges: deciles(unit, reference.counts) };
}

/** Fine bins at which the reference's tenths end. */
function deciles(axis: Axis, reference: Counts): number[] {
  const { fine, finite } = numericCounts(axis, reference);
  const edges = new Set<number>();
  let below = fine[0] ?? 0;
  let tenth = 1;
  for (let bin = 0; bin < FINE_BINS; bin++) {
    below += fine[bin + 1] ?? 0;
    while (tenth < 10 && below >= (tenth * finite) / 10) {
      edges.add(bin + 1);
      tenth += 1;
    }
  }
  return [0, ...[...edges].filter((edge) => edge < FINE_BINS), FINE_BINS];
}

/** PSI of what the model answers, against the reference's answers. */
export const predictionDrift: Written<Params> = {
  name: 'prediction_drift',
  question: 'Does the model answer differently than on the reference?',
  unit: 'unitless, >= 0',
  category: 'drift',
  action: 'Look at the features that moved; check which version answers.',
  over: 'score',
  needs: ['outcomes', 'reference'],
  worse: 'higher',
  kind: 'statistical',
  params: z.strictObject({ column: z.string().nullable().default(null) }),
  defaults: { column: null, warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  significant: ({ pValue }, level) => (pValue ?? 1) < (level === 'warn' ? 0.01 : 1e-6),
  urgent: ({ pValue, value }) => (pValue ?? 1) < 1e-6 && (value ?? 0) >= 0.1,
  measure(evidence, _target, { column }) {
    const current = predictionsOf(evidence.current.outcomes);
    const reference = predictionsOf(evidence.reference?.outcomes ?? null);
    const rows = { nCurrent: evidence.current.rows, nReference: evidence.reference?.rows ?? 0 };
    if (evidence.current.rows === 0) {
      return noReading('insufficient_data', 'the window has no rows', rows);
    }
    if (current === null) {
      return noReading('insufficient_data', 'the window has no predictions', rows);
    }
    if (reference?.kind !== current.kind) {
      return noReading('no_reference', 'the reference has no predictions', rows);
    }
    const axis = axisOf(evidence, reference, column);
    return withHistory(psiReading(axis, current.counts, reference.counts), evidence);
  },
  say: (given, target) => sayMoved(given, target === 'prediction' ? 'The prediction' : target),
};
