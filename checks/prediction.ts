import { z } from 'zod';
import { categoryCounts } from '../domain/judging/distribution.js';
import { numericCounts } from '../domain/judging/numeric.js';
import { poolCounts } from '../domain/judging/pool.js';
import { CATEGORY, FINE_BINS, total } from '../domain/profile.js';
import type { Axis, Counts, Profile } from '../domain/profile.js';
import type { Evidence } from '../domain/score.js';
import { noReading } from './check.js';
import type { Written } from './check.js';
import { ofVersion } from './outcomes.js';
import { movedReading, movedRules } from './psi.js';
import { sayMoved } from './psi-words.js';
import { usualFor } from './usual.js';

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

/** The version that answered most rows; null where nobody says which version answers. */
function versionOf(outcomes: Counts | null): string | null {
  const names = outcomes?.by['version'] ?? [];
  const rows = new Map<string, number>();
  names.forEach((name: string | number, row: number) => {
    const version = String(name);
    if (version === '') return;
    rows.set(version, (rows.get(version) ?? 0) + (outcomes?.sums['n']?.[row] ?? 0));
  });
  const [most] = [...rows].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? null;
}

/** What one version answered, of rows that say which did; others count whole. */
function answeredBy(version: string | null, outcomes: Counts | null): Counts | null {
  const names = outcomes?.by['version'];
  if (version === null || !outcomes || names === undefined || versionOf(outcomes) === null) {
    return outcomes;
  }
  return ofVersion(version, outcomes);
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

/** Predictions of the periods that are of the same kind as the window's. */
function usualPredictions(
  evidence: Evidence,
  {
    kind,
    column,
    version,
  }: { kind: Predictions['kind']; column: string | null; version: string | null },
) {
  const countsOf = ({ outcomes }: Profile): Counts | null => {
    const found = predictionsOf(answeredBy(version, outcomes));
    return found?.kind === kind && total(found.counts) > 0 ? found.counts : null;
  };
  const axisFor = (parts: readonly Counts[]): Axis | null =>
    parts.length === 0 ? null : axisOf(evidence, { kind, counts: poolCounts(parts) }, column);
  const name = `prediction ${kind} ${JSON.stringify([column, version])}`;
  return usualFor(evidence, name, { axisFor, countsOf });
}

/**
 * PSI of what the model answers: by the rules of psi, against what is usual or the reference. Where
 * rows say which version answered, the one that answered most of the window, against itself: scores
 * of another version are on another scale. Unknown (no_reference) until it has been seen.
 */
export const predictionDrift: Written<Params> = {
  ...movedRules,
  name: 'prediction_drift',
  question: 'Does the model answer differently than on the reference?',
  action: 'Look at the features that moved; check which version answers.',
  over: 'score',
  needs: ['outcomes', 'reference'],
  params: z.strictObject({ column: z.string().nullable().default(null) }),
  defaults: { column: null, warn: 0.05, alert: 0.25, minRows: 100, rule: 'calibrated' },
  measure(evidence, _target, { column }) {
    const version = versionOf(evidence.current.outcomes);
    const current = predictionsOf(answeredBy(version, evidence.current.outcomes));
    const before = evidence.reference?.outcomes ?? null;
    const reference = predictionsOf(answeredBy(version, before));
    const rows = { nCurrent: evidence.current.rows, nReference: evidence.reference?.rows ?? 0 };
    if (evidence.current.rows === 0) {
      return noReading('insufficient_data', 'the window has no rows', rows);
    }
    if (current === null) {
      return noReading('insufficient_data', 'the window has no predictions', rows);
    }
    const usual = usualPredictions(evidence, { kind: current.kind, column, version });
    if (usual !== null) {
      const { axis } = usual;
      return movedReading(evidence, { axis, current: current.counts, reference: null, usual });
    }
    if (reference?.kind !== current.kind) {
      return noReading('no_reference', 'the reference has no predictions', rows);
    }
    if (total(reference.counts) === 0 && total(before) > 0) {
      const note = `version ${version ?? ''} has no predictions in the reference`;
      return noReading(
        'no_reference',
        `${note}; those of version ${versionOf(before) ?? ''} do not measure it`,
        rows,
      );
    }
    const axis = axisOf(evidence, reference, column);
    const sides = { axis, current: current.counts, reference: reference.counts };
    return movedReading(evidence, { ...sides, usual: null });
  },
  say: (given, target) => sayMoved(given, target === 'prediction' ? 'The prediction' : target),
};
