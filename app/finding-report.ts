import { isWhole } from '../domain/slice.js';
import { checkNamed } from '../checks/index.js';
import { nameOfCheck } from '../checks/questions.js';
import type { CheckSpec } from '../domain/monitor.js';
import { isJudged, type Finding } from '../domain/finding.js';
import { wholeSentence, whyWords } from '../domain/naming.js';

/** One finding as JSON shows it everywhere. */
export function findingReport(
  finding: Finding,
  specs: readonly CheckSpec[] = [],
): Record<string, unknown> {
  const { check, target, slice, verdict, reason, limits, rule, details } = finding;
  const { value, low, high, interval, pValue, nCurrent, nReference } = finding;
  const known = checkNamed(specs.find((spec) => nameOfCheck(spec) === check)?.check ?? check);
  return {
    check,
    target,
    segment: isWhole({ slice }) ? null : slice,
    verdict,
    judged: isJudged(finding),
    reason,
    score: {
      ...{ value, low, high, interval, pValue, nCurrent, nReference },
      unit: known.unit,
      kind: known.kind,
    },
    limits: { warn: limits.warn, alert: limits.alert },
    rule,
    why: whyWords(finding),
    sentence: wholeSentence(finding),
    details,
  };
}
