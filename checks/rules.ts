import type { Rules } from '../domain/judging/rules.js';
import type { Limits } from '../domain/limits.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { Slice } from '../domain/slice.js';
import { worseOf } from './before.js';
import type { RegisteredCheck } from './check.js';
import { categoryOf } from './custom.js';
import type { Question } from './questions.js';
import { testWords } from './test-words.js';

/** A check that does not count rows by default is not held back by a monitor's `min_rows`. */
export function limitsOf(check: RegisteredCheck, spec: CheckSpec) {
  const { warn, alert, rule } = spec;
  return {
    warn,
    alert,
    rule,
    minRows: check.defaults.minRows <= 1 ? check.defaults.minRows : spec.minRows,
  };
}

/** A segment may ask for more rows than the check does. */
function sliceLimits(limits: Limits, slice: Slice, { segments }: Monitor): Limits {
  const own = segments.filter(({ name }) => name in slice).map(({ minRows }) => minRows);
  return { ...limits, minRows: Math.max(limits.minRows, ...own) };
}

/** How the readings of a question are judged: nothing of it depends on the evidence. */
export function rulesOf(
  { check, spec, target, judged, slice }: Question & { slice: Slice },
  monitor: Monitor,
): Rules {
  const override = monitor.columns.features.overrides[target];
  return {
    category: categoryOf(check, spec),
    worse: worseOf(check, spec),
    over: check.over,
    limits: sliceLimits(limitsOf(check, spec), slice, monitor),
    needsReference: check.needs.includes('reference'),
    judged,
    running: spec.running,
    source: override?.source ?? null,
    importance: override?.importance ?? null,
    discoveryRate: check.discoveryRate ?? null,
    significant: (given, level) => check.significant?.(given, level) ?? true,
    urgent: (given) => check.urgent?.(given) ?? false,
    also: (given) => check.also?.(given) ?? null,
    small: (given) => check.small?.(given) ?? false,
    say: (given, name) => check.say(given, name, monitor.windows.timezone),
    test: (given) => testWords(check, given),
    timezone: monitor.windows.timezone,
  };
}
