import type { Finding } from '../domain/finding.js';
import { judge } from '../domain/judging/judge.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import { rulesOf } from './rules.js';
import { checkNamed } from './index.js';
import { FROM_START } from './start.js';

/** What a known event says of a window stands, and what was so from the start. */
const stands = ({ rule }: Finding): boolean => /^expected: /.test(rule) || rule === FROM_START;

/**
 * What was measured once, judged again by the limits of a monitor as it is now: history under other
 * thresholds, without a look at any counts. Findings of checks that the monitor does not list stay
 * as they are.
 */
export function judgeAgain(monitor: Monitor, findings: readonly Finding[]): Finding[] {
  const rules = findings.map((finding) => rulesAgain(monitor, finding));
  const known = new Map(findings.map((finding, place) => [nameOf(finding), rules[place]]));
  const listed = findings.filter((_, place) => rules[place] !== null);
  const judged = judge(
    listed,
    (key) => {
      const found = known.get(nameOf(key));
      if (found == null) throw new Error(`No rules for ${key.check} of ${key.target}.`);
      return found;
    },
    listed[0]?.inputs ?? '',
  );
  const again = new Map(judged.map((finding) => [nameOf(finding), finding]));
  return findings.map((finding) =>
    stands(finding) ? finding : (again.get(nameOf(finding)) ?? finding),
  );
}

function rulesAgain(monitor: Monitor, { check, target, slice }: Finding) {
  const spec = monitor.checks.find((one) => isAbout(one, check, target));
  if (spec === undefined) return null;
  const question = { check: checkNamed(spec.check), spec, target, slice, judged: true };
  return rulesOf(question, monitor);
}

function isAbout(spec: CheckSpec, check: string, target: string): boolean {
  return (spec.name ?? spec.check) === check && (spec.targets?.includes(target) ?? true);
}

function nameOf({ check, target, slice }: Pick<Finding, 'check' | 'target' | 'slice'>): string {
  return `${check} ${target} ${JSON.stringify(slice)}`;
}
