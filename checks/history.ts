import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { Limit } from '../domain/limits.js';
import type { Profile } from '../domain/profile.js';
import type { Evidence, History, PastValue, Reading } from '../domain/score.js';
import { noReading } from './check.js';
import type { RegisteredCheck } from './check.js';
import { withoutDecisions } from './decisions.js';

/** How one metric is measured, with the words of the monitor about it. */
export interface OfMetric {
  check: RegisteredCheck;
  /** null: the monitor does not list it. */
  spec: CheckSpec | null;
  /** Measures one profile. */
  measure: (evidence: Evidence) => Reading;
}

/** Several checks ask about one metric of the same evidence. */
const kept = new WeakMap<Evidence, Map<string, History>>();

/** How a metric went, window after window; what is mature is known to be so. */
export function historyOf(evidence: Evidence, of: OfMetric): History {
  const { name } = of.check;
  const all = kept.get(evidence) ?? new Map<string, History>();
  const found = all.get(name) ?? made(evidence, of);
  kept.set(evidence, all.set(name, found));
  return found;
}

function made(evidence: Evidence, { check, spec, measure }: OfMetric): History {
  const { name, worse, defaults } = check;
  const minRows = spec?.minRows ?? defaults.minRows;
  const { first = [], recent = [] } = evidence.labelled ?? {};
  const past = new Map(
    [...new Set([...first, ...recent])].map((profile) => [
      profile,
      pastValue(evidence, profile, { measure, minRows }),
    ]),
  );
  const found = measure(evidence);
  const { value, nCurrent } = found;
  const note = `${nCurrent} labelled rows, ${minRows} needed`;
  const isThin = value !== null && nCurrent < minRows;
  const now = isThin ? noReading('insufficient_data', note, { nCurrent }) : found;
  return {
    ...{ metric: name, worse, now },
    first: first.flatMap((profile) => past.get(profile) ?? []),
    recent: recent.flatMap((profile) => past.get(profile) ?? []),
    threshold: thresholdOf(spec ?? defaults, found, worse),
  };
}

function pastValue(
  evidence: Evidence,
  profile: Profile,
  { measure, minRows }: Pick<OfMetric, 'measure'> & { minRows: number },
): PastValue | null {
  // What it was held against then is of no interest, and takes as long as the window itself.
  const facts = { ...evidence.facts, matureAfter: 0 };
  // Nor is what it would have been without acting.
  const current = withoutDecisions(profile);
  const found = measure({ ...evidence, current, performance: null, facts });
  if (found.reason !== null || found.value === null || found.nCurrent < minRows) return null;
  return { window: profile.window, value: found.value, n: found.nCurrent };
}

function thresholdOf(
  { alert, warn }: { alert: Limit | null; warn: Limit | null },
  { details }: Reading,
  worse: RegisteredCheck['worse'],
): number | null {
  const limit = alert ?? warn;
  if (limit === null) return null;
  if (typeof limit === 'number') return limit;
  if ('above' in limit) return limit.above;
  if ('below' in limit) return limit.below;
  const reference = details['reference'];
  if (typeof reference !== 'number') return null;
  const loss = 'drop' in limit ? limit.drop : limit.dropShare * Math.abs(reference);
  return worse === 'lower' ? reference - loss : reference + loss;
}

/**
 * The metric whose way is looked at where an entry names none: the one that a retraining is judged
 * by, else the first that the monitor judges; null: it judges none.
 */
export function headlineMetric(
  { retraining, checks }: Pick<Monitor, 'retraining' | 'checks'>,
  metrics: readonly RegisteredCheck[],
): string | null {
  if (retraining !== null) return retraining.metric;
  const listed = new Set(checks.map(({ check }) => check));
  return metrics.find(({ name }) => listed.has(name))?.name ?? null;
}
