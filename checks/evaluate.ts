import type { Finding } from '../domain/finding.js';
import { judge } from '../domain/judging/judge.js';
import type { Rules } from '../domain/judging/judge.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { Evidence, Key, Reading, Score, UnknownReason } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { noReading, reading } from './check.js';
import type { RegisteredCheck } from './check.js';
import { checkNamed, checks } from './index.js';
import { targetsOf } from './targets.js';

/** Which run a finding belongs to. */
export interface Frame {
  run: string;
  window: Window;
  revision: number;
}

/** One check of a monitor on one target. */
interface Question {
  check: RegisteredCheck;
  spec: CheckSpec;
  target: string;
  /** Computed for people, without limits. */
  judged: boolean;
}

/** Computed and shown where the monitor does not list it. */
const ALWAYS_SHOWN = ['ks'];

/**
 * Measures and judges every check of a monitor on the evidence of one window, in report order. No
 * clock, no memory: the same evidence gives the same findings. Odd evidence gives unknown findings,
 * never an error; a look that is not due gives none.
 */
export function evaluateChecks(
  input: {
    monitor: Monitor;
    evidence: Evidence;
    inputs: string;
    /** Checks that are computed and shown where the monitor does not list them; absent: ks. */
    shown?: readonly string[];
  } & Frame,
): Finding[] {
  const { monitor, evidence, run, window, revision, inputs, shown = ALWAYS_SHOWN } = input;
  const questions = questionsOf(monitor, evidence, shown).filter(({ spec }) => isDue(spec, window));
  const asked = questions.map((question) => ({
    question,
    reading: measured(question, monitor, evidence),
  }));
  const kept = asked.filter(
    ({ question, reading: { value } }) => question.judged || value !== null,
  );
  const rules = new Map(
    kept.map(({ question }) => [nameOf(question), rulesOf(question, monitor)] as const),
  );
  const scores = kept.map(({ question, reading: found }): Score => ({
    ...found,
    ...{ check: question.check.name, target: question.target, slice: {} },
    ...{ run, window, revision },
  }));
  return judge(scores, (key) => known(rules.get(keyName(key)), key), inputs);
}

/**
 * The findings of a window that could not be looked at: every check of the monitor once, unknown
 * for the same reason, with the same sentence.
 */
export function unknownFindings(
  monitor: Monitor,
  why: { reason: UnknownReason; sentence: string; inputs?: string } & Frame,
): Finding[] {
  const { reason, sentence, run, window, revision, inputs = '' } = why;
  return monitor.checks.flatMap((spec) => {
    const check = checkNamed(spec.check);
    const targets = spec.targets ?? [wholeTarget(check)];
    return targets.map((target): Finding => ({
      ...reading({ reason }),
      ...{ check: check.name, target, slice: {}, run, window, revision },
      ...{ category: check.category, verdict: 'unknown', rule: reason, patience: 2 },
      ...{ running: spec.running, limits: limitsOf(check, spec), sentence, source: null, inputs },
    }));
  });
}

function wholeTarget(check: RegisteredCheck): string {
  if (check.over === 'feature') return '*';
  if (check.over === 'label') return check.name;
  return check.over === 'score' ? 'prediction' : 'rows';
}

/** The questions of a monitor: the first entry that names a target is the one that judges it. */
function questionsOf(monitor: Monitor, evidence: Evidence, wanted: readonly string[]): Question[] {
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
        const isNew = !seen.has(nameOf(question));
        seen.add(nameOf(question));
        return isNew;
      }),
  );
}

function shownOnly(name: string): CheckSpec {
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
function isDue(spec: CheckSpec, window: Window): boolean {
  if (spec.every === null || spec.every <= 0) return true;
  return Math.floor(window.end / spec.every) > Math.floor(window.start / spec.every);
}

function measured({ check, spec, target }: Question, monitor: Monitor, evidence: Evidence) {
  const column = monitor.columns.prediction?.column ?? null;
  const own = check.name === 'prediction_drift' ? { column, ...nonNull(spec.params) } : spec.params;
  try {
    const params = { ...check.params.parse(own), ...limitsOf(check, spec) };
    return check.measure(evidence, target, params);
  } catch (error) {
    return noReading(
      'error',
      error instanceof Error ? error.message : String(error),
    ) satisfies Reading;
  }
}

function nonNull(params: CheckSpec['params']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
}

/** A check that does not count rows by default is not held back by a monitor's `min_rows`. */
function limitsOf(check: RegisteredCheck, spec: CheckSpec) {
  const { warn, alert, rule } = spec;
  return {
    warn,
    alert,
    rule,
    minRows: check.defaults.minRows <= 1 ? check.defaults.minRows : spec.minRows,
  };
}

/** How the readings of a question are judged: nothing of it depends on the evidence. */
export function rulesOf({ check, spec, target, judged }: Question, monitor: Monitor): Rules {
  const override = monitor.columns.features.overrides[target];
  return {
    category: check.category,
    worse: check.worse,
    over: check.over,
    limits: limitsOf(check, spec),
    needsReference: check.needs.includes('reference'),
    judged,
    running: spec.running,
    source: override?.source ?? null,
    importance: override?.importance ?? null,
    discoveryRate: check.discoveryRate ?? null,
    significant: (given, level) => check.significant?.(given, level) ?? true,
    urgent: (given) => check.urgent?.(given) ?? false,
    small: (given) => check.small?.(given) ?? false,
    say: (given, name) => check.say(given, name),
  };
}

const nameOf = ({ check, target }: Question): string => `${check.name} ${target}`;
const keyName = ({ check, target }: Key): string => `${check} ${target}`;

function known(rules: Rules | undefined, { check, target }: Key): Rules {
  if (rules === undefined) throw new Error(`No rules for ${check} of ${target}.`);
  return rules;
}
