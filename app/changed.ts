import { marksOf } from '../activities/marks.js';
import { changedInputs, type ChangedInput } from '../domain/causes/changed.js';
import type { Finding } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';
import type { Commit } from '../domain/run.js';
import { iso, type Window } from '../domain/window.js';
import { checks } from '../checks/index.js';
import { nameOfCheck } from '../checks/questions.js';

const MOST_WINDOWS = 90;

/** The inputs that differ from the reference, with since when, by the windows before. */
export function changedIn(
  monitor: Monitor,
  { findings, window }: { findings: readonly Finding[]; window: Window },
  before: readonly Commit[],
): ChangedInput[] {
  const isInput = ({ check }: Finding): boolean => {
    const name = monitor.checks.find((spec) => nameOfCheck(spec) === check)?.check ?? check;
    return checks.some((one) => one.name === name && one.over === 'feature');
  };
  const { overrides } = monitor.columns.features;
  const now = { end: window.end, marks: marksOf(findings) };
  const past = before.slice(-MOST_WINDOWS).map(({ window: { end }, marks }) => ({ end, marks }));
  return changedInputs({ findings, isInput, overrides, past: [...past, now] });
}

/** `changed` of `check --json`. */
export function changedReport(changed: readonly ChangedInput[]): Record<string, unknown>[] {
  return changed.map(({ feature, since, findings, importance, source }) => ({
    feature,
    since: since === null ? null : iso(since),
    by: findings.map(({ check, value, hard, verdict }) => ({ check, value, hard, verdict })),
    importance,
    source,
  }));
}
