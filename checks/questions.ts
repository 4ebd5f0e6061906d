import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { Evidence } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import type { RegisteredCheck } from './check.js';
import { checkNamed, checks } from './index.js';
import { targetsOf } from './targets.js';

/** One check of a monitor on one target. */
export interface Question {
  check: RegisteredCheck;
  spec: CheckSpec;
  target: string;
  /** Computed for people, without limits. */
  judged: boolean;
}

/** What its findings are called. */
export function nameOfCheck({ check, name }: Pick<CheckSpec, 'check' | 'name'>): string {
  return name ?? check;
}

/** The questions of a monitor: the first entry that names a target is the one that judges it. */
export function questionsOf(
  monitor: Monitor,
  evidence: Evidence,
  wanted: readonly string[],
): Question[] {
  const listed = new Set(monitor.checks.map((spec) => spec.check));
  const shown = wanted.filter((name) => !listed.has(name)).map(shownOnly);
  const seen = new Set<string>();
  return checks.flatMap((check) =>
    [...monitor.checks, ...shown]
      .filter((spec) => spec.check === check.name)
      .flatMap((spec) =>
        targetsOf(check, spec, { monitor, evidence }).map((target) => ({
          ...{ check, spec, target, judged: listed.has(check.name) },
        })),
      )
      .filter((question) => {
        const asked = `${nameOfCheck(question.spec)} ${question.target}`;
        const isNew = !seen.has(asked);
        seen.add(asked);
        return isNew;
      }),
  );
}

/** An entry of a check that the monitor does not list. */
export function shownOnly(name: string): CheckSpec {
  const { minRows } = checkNamed(name).defaults;
  const spec = {
    check: name,
    name: null,
    against: null,
    targets: null,
    warn: null,
    alert: null,
    minRows,
  };
  return { ...spec, rule: 'calibrated', running: null, every: null, params: {} };
}

/** A look falls due in the window in which a multiple of `every` since 1970 lies. */
export function isDue(spec: CheckSpec, window: Window): boolean {
  if (spec.every === null || spec.every <= 0) return true;
  return Math.floor(window.end / spec.every) > Math.floor(window.start / spec.every);
}
