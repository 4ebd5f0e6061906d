import type { CheckSpec, Monitor } from '../domain/monitor.js';
import { measureName } from '../domain/naming.js';
import type { Axis, Slice } from '../domain/profile.js';
import type { Evidence, Reading } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { against } from './against.js';
import { noReading } from './check.js';
import type { RegisteredCheck } from './check.js';
import { columnByColumn } from './column-by-column.js';
import { withinMixes } from './composition.js';
import { mixesOf } from './mixes.js';
import { isDue, questionsOf } from './questions.js';
import type { Question } from './questions.js';
import { limitsOf } from './rules.js';

/** Computed and shown where the monitor does not list it. */
export const ALWAYS_SHOWN = ['ks'];

/** What is measured of the evidence of one window and of its slices. */
export interface ToMeasure {
  monitor: Monitor;
  evidence: Evidence;
  window: Window;
  slices?: readonly Evidence[];
  /** Checks that are computed and shown where the monitor does not list them; absent: ks. */
  shown?: readonly string[];
}

/** A question with what was found, not judged yet. */
export interface Asked {
  question: Question;
  slice: Slice;
  found: Reading;
}

/** Measures every check of a monitor in report order, with a pause after each. */
export function* measureInSteps(input: ToMeasure): Generator<void, Asked[], void> {
  const { monitor, window, slices = [], shown = ALWAYS_SHOWN } = input;
  const mixes = mixesOf(input.evidence, slices);
  const evidence = { ...input.evidence, mixes };
  const prediction = monitor.columns.prediction?.column ?? null;
  const questions = questionsOf(monitor, evidence, shown).filter(({ spec }) => isDue(spec, window));
  const answers = columnByColumn(questions, (question) => measured(question, monitor, evidence));
  const whole = (yield* answers)
    .map(({ question, found }) => ({ question, slice: {}, found }))
    .filter(({ question, found }) => question.judged || found.value !== null)
    .map((asked) => ({ ...asked, found: withinMixes(asked, { evidence, slices, prediction }) }));
  yield;
  return [...whole, ...(yield* askSlices(whole, slices, monitor))];
}

function* askSlices(
  whole: readonly Asked[],
  slices: readonly Evidence[],
  monitor: Monitor,
): Generator<void, Asked[], void> {
  const asked = whole.filter(({ question }) => question.judged && question.check.over !== 'model');
  const news: Asked[] = [];
  for (const evidence of slices) {
    for (const { question, found: broken } of asked) {
      const found = measured(question, monitor, evidence);
      yield;
      const isNews = found.hard === null ? found.value !== null : found.hard !== broken.hard;
      if (isNews) news.push({ question, slice: evidence.current.slice, found });
    }
  }
  return news;
}

/** The answer to one question; odd evidence gives one with the reason `error`. */
export function measured({ check, spec, target }: Question, monitor: Monitor, evidence: Evidence) {
  const { prediction } = monitor.columns;
  const column = prediction?.ranking?.item ?? prediction?.column ?? null;
  const asksColumn = 'column' in check.params.shape;
  const own = asksColumn ? { column, ...nonNull(spec.params) } : spec.params;
  const several = monitor.model.task === 'multiclass' && 'average' in check.params.shape;
  try {
    const given = several ? { average: 'macro', ...nonNull(own) } : own;
    const params = { ...check.params.parse(given), ...limitsOf(check, spec) };
    const seen = against(evidence, { spec, target, reference: monitor.reference });
    return ofMeasure(check.measure(seen, target, params), check, evidence.grid.axes[target]);
  } catch (error) {
    return noReading(
      'error',
      error instanceof Error ? error.message : String(error),
    ) satisfies Reading;
  }
}

/** Says in the details of what the numbers are, where it is not the values of the column. */
function ofMeasure(found: Reading, { ofColumn }: RegisteredCheck, axis: Axis | undefined): Reading {
  const of = axis === undefined || ofColumn === true ? null : measureName(axis);
  return of === null ? found : { ...found, details: { ...found.details, of } };
}

function nonNull(params: CheckSpec['params']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null));
}

/** What steps come to that nobody wants to pause. */
export function atOnce<T>(steps: Generator<void, T, void>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}
