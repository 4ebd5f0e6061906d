import { excessOf } from '../domain/alerting/worst.js';
import { isJudged, type Finding, type Mark, type Verdict } from '../domain/finding.js';
import { isWhole, type Slice } from '../domain/slice.js';
import type { Instant } from '../domain/window.js';
import { fingerprint } from '../lake/objects.js';

/** What stands for a part of the rows in Temporal; '' = all rows. */
export function sliceHash(slice: Slice): string {
  return isWhole({ slice }) ? '' : fingerprint(slice).slice(0, 12);
}

/** The marks of a window's findings. Immature ones wait until their labels are there. */
export function marksOf(findings: readonly Finding[]): Mark[] {
  return findings
    .filter((finding) => finding.reason !== 'immature')
    .map((finding) => ({
      check: finding.check,
      target: finding.target,
      slice: sliceHash(finding.slice),
      category: finding.category,
      verdict: finding.verdict,
      patience: finding.patience,
      running: finding.running,
      source: finding.source,
      ...excessMark(finding),
    }));
}

/** Infinity is no JSON. */
function excessMark(finding: Finding): Pick<Mark, 'excess'> {
  const excess = Math.min(excessOf(finding), Number.MAX_VALUE);
  return excess === 0 ? {} : { excess };
}

/**
 * Whether the window could be evaluated at all, as a mark of category check-health. `unknown`: it
 * was, but an earlier one still waits for that, so that its alert goes on.
 */
export function healthMark(verdict: 'ok' | 'alert' | 'unknown'): Mark {
  return {
    check: 'evaluation',
    target: 'window',
    slice: '',
    category: 'check-health',
    verdict,
    patience: 2,
    running: null,
    source: null,
  };
}

/** How many findings there are of each verdict; those that are only shown count for none. */
export function countVerdicts(findings: readonly Finding[]): Record<Verdict, number> {
  const counts = { ok: 0, warn: 0, alert: 0, unknown: 0 };
  for (const finding of findings) {
    if (finding.verdict === 'unknown' || isJudged(finding)) counts[finding.verdict] += 1;
  }
  return counts;
}

/** The worst verdict; unknown only where nothing at all could be judged. */
export function worst(counts: Readonly<Record<Verdict, number>>): Verdict {
  if (counts.alert > 0) return 'alert';
  if (counts.warn > 0) return 'warn';
  return counts.ok > 0 ? 'ok' : 'unknown';
}

/** `<model>@<window end>/<revision>`: the name of a run. */
export function runName(model: string, end: Instant, revision: number): string {
  return `${model}@${new Date(end).toISOString()}/${revision}`;
}
