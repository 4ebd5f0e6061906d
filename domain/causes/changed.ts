import { isWhole } from '../slice.js';
import type { Finding } from '../finding.js';
import { isJudged } from '../finding.js';
import type { FeatureOverride } from '../monitor.js';
import type { Instant } from '../window.js';
import { sinceOf } from './timeline.js';
import type { Past } from './timeline.js';

/** An input that is not what it was in the reference. */
export interface ChangedInput {
  feature: string;
  /** End of the first bad window of the run that goes on; null: no earlier window is known. */
  since: Instant | null;
  /** What says so, a broken rule first; never empty. */
  findings: readonly Finding[];
  /** Share of importance, 0 to 1; null: the monitor names none. */
  importance: number | null;
  /** null: the monitor names none. */
  source: string | null;
}

/**
 * Which inputs changed: the columns with a bad finding over all rows, the one that is bad for the
 * longest time first, then by importance. `past`: windows with
 * their marks, the one under judgement last.
 */
export function changedInputs(from: {
  findings: readonly Finding[];
  isInput: (finding: Finding) => boolean;
  overrides: Readonly<Record<string, FeatureOverride>>;
  past: readonly Pick<Past, 'end' | 'marks'>[];
}): ChangedInput[] {
  const { findings, isInput, overrides, past } = from;
  const bad = findings.filter((one) => isBad(one) && isWhole(one) && isInput(one));
  const found = [...new Set(bad.map(({ target }) => target))].map((feature): ChangedInput => {
    const own = bad.filter(({ target }) => target === feature);
    const broken = own.filter(({ hard }) => hard !== null);
    const starts = own.map((finding) => sinceOf(past, { ...finding, slice: '' }));
    return {
      feature,
      since: past.length > 1 ? Math.min(...starts) : null,
      findings: [...broken, ...own.filter(({ hard }) => hard === null)],
      importance: overrides[feature]?.importance ?? null,
      source: overrides[feature]?.source ?? null,
    };
  });
  const worth = ({ importance }: ChangedInput): number => importance ?? -1;
  return found.sort((a, b) => (a.since ?? 0) - (b.since ?? 0) || worth(b) - worth(a));
}

const isBad = (finding: Finding): boolean =>
  (finding.verdict === 'warn' || finding.verdict === 'alert') && isJudged(finding);
