import { marksOf } from '../activities/marks.js';
import { judgeAgain } from '../checks/again.js';
import type { WindowMarks } from '../domain/alerting/conditions.js';
import { tryRule, type Ground, type Trial } from '../domain/backtesting/trial.js';
import type { Finding } from '../domain/finding.js';
import type { Monitor } from '../domain/monitor.js';

/**
 * Findings of one check by other limits: the prediction's stay, for they may lift a feature's, and
 * those of a mix, which may explain one.
 */
export function judgeOne(monitor: Monitor, findings: readonly Finding[], check: string): Finding[] {
  const needed = findings.filter(
    ({ details, ...finding }) =>
      finding.check === check ||
      finding.target === 'prediction' ||
      details['dimension'] !== undefined,
  );
  return judgeAgain(monitor, needed).filter((finding) => finding.check === check);
}

/** Past findings through the alert's reducer. */
export function trial(findings: readonly (readonly Finding[])[], ground: Ground): Trial {
  return tryRule(windowsOf(findings), ground);
}

/** What the reducer is told of each window; of one without a finding it hears nothing. */
export function windowsOf(findings: readonly (readonly Finding[])[]): WindowMarks[] {
  return findings.flatMap((list) => {
    const [first] = list;
    if (first === undefined) return [];
    return [{ windowEnd: first.window.end, revision: 0, marks: marksOf(list) }];
  });
}
