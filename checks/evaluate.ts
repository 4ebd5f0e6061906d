import { sayAccepted } from '../domain/accepted.js';
import { expectedOf } from '../domain/events.js';
import { handledOf } from '../domain/handled.js';
import type { Finding } from '../domain/finding.js';
import { judge } from '../domain/judging/judge.js';
import type { Rules } from '../domain/judging/rules.js';
import type { CheckSpec, Monitor } from '../domain/monitor.js';
import type { Key, Score, UnknownReason } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { sinceOf } from './against.js';
import { reading } from './check.js';
import type { RegisteredCheck } from './check.js';
import { categoryOf } from './custom.js';
import { checkNamed, checks } from './index.js';
import { ALWAYS_SHOWN, atOnce, measureInSteps } from './measure.js';
import type { Asked, ToMeasure } from './measure.js';
import { measured } from './measured.js';
import { nameOfCheck } from './questions.js';
import { limitsOf, rulesOf } from './rules.js';
import { offFromStart } from './start.js';
import { seriesOf, standInsOf } from './targets.js';

/** Which run a finding belongs to. */
export interface Frame {
  run: string;
  window: Window;
  revision: number;
}

/** The same where a person looks: also every metric that rests on counts that are there. */
export function shownByHand({ model, labels, columns }: Monitor): string[] {
  if (columns.prediction === null) return ALWAYS_SHOWN;
  const metrics = checks.filter(
    ({ tasks, onlyListed, over }) =>
      tasks?.includes(model.task) === true &&
      onlyListed === undefined &&
      (over !== 'label' || labels !== null),
  );
  return [...ALWAYS_SHOWN, ...metrics.map(({ name }) => name)];
}

/** What is measured and judged together. */
export interface ToEvaluate extends Frame, ToMeasure {
  inputs: string;
}

/**
 * Measures and judges every check of a monitor on the evidence of one window, in report order, and
 * of its slices, one evidence each, after it: one false-discovery family per check over all of
 * them. No clock, no memory: the same evidence gives the same findings. Odd evidence gives unknown
 * findings, never an error; a look that is not due gives none. Of a slice only what is judged, was
 * measured, and is not broken as the whole is.
 */
export function evaluateChecks(input: ToEvaluate): Finding[] {
  return atOnce(evaluateInSteps(input));
}

/** The same with a pause after each thing that is measured, in which others may have their turn. */
export function* evaluateInSteps(input: ToEvaluate): Generator<void, Finding[], void> {
  return yield* judgeInSteps(input, yield* measureInSteps(input));
}

/**
 * Judges what was measured, all of it at once, with a pause now and then; the columns of the
 * evidence are asked again only where it has a first window.
 */
export function* judgeInSteps(
  input: ToEvaluate,
  asked: readonly Asked[],
): Generator<void, Finding[], void> {
  const { monitor, evidence, run, window, revision, inputs, slices = [] } = input;
  const rules = new Map(
    asked.map(({ question, slice }) => {
      const key = { check: nameOfCheck(question.spec), target: question.target, slice };
      return [keyName(key), rulesOf({ ...question, slice }, monitor)] as const;
    }),
  );
  const scores = asked.map(({ question, slice, found }): Score => ({
    ...found,
    // of a reference whose rows are weighed it need not be whole
    nReference: Math.round(found.nReference),
    check: nameOfCheck(question.spec),
    target: question.target,
    slice,
    run,
    window,
    revision,
  }));
  const rulesFor = (key: Key): Rules => known(rules.get(keyName(key)), key);
  yield;
  const judged = judge(scores, rulesFor, inputs);
  yield;
  const since = new Map(
    monitor.checks.flatMap((spec) => {
      const begins = sinceOf(evidence, spec, monitor.reference);
      return begins === null ? [] : [[nameOfCheck(spec), begins] as const];
    }),
  );
  const { timezone } = monitor.windows;
  const said = sayAccepted(judged, evidence, { since, timezone });
  const told = offFromStart(said, {
    ...{ asked, all: [evidence, ...slices], rulesFor },
    measure: (question, on) => measured(question, monitor, on),
  });
  return handledOf(expectedOf(told, monitor, window), evidence.facts.handled ?? null);
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
    const named = check.over === 'series' ? seriesOf(monitor) : standInsOf(monitor);
    const isNamed = check.over === 'series' || check.needs.includes('stand_ins');
    const whole = isNamed ? named : [wholeTarget(check, spec)];
    const targets = spec.targets ?? whole;
    return targets.map((target): Finding => ({
      ...reading({ reason }),
      ...{ check: nameOfCheck(spec), target, slice: {}, run, window, revision },
      ...{ category: categoryOf(check, spec), verdict: 'unknown', rule: reason, patience: 2 },
      ...{ running: spec.running, limits: limitsOf(check, spec), sentence, source: null, inputs },
    }));
  });
}

function wholeTarget(check: RegisteredCheck, spec: CheckSpec): string {
  if (check.over === 'feature') return '*';
  if (check.over === 'rows') return nameOfCheck(spec);
  if (check.over === 'label' || check.over === 'metric') return check.name;
  return check.over === 'score' ? 'prediction' : 'rows';
}

const keyName = ({ check, target, slice }: Key): string =>
  `${check} ${target} ${JSON.stringify(slice)}`;

function known(rules: Rules | undefined, { check, target }: Key): Rules {
  if (rules === undefined) throw new Error(`No rules for ${check} of ${target}.`);
  return rules;
}
