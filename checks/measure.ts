import type { Monitor } from '../domain/monitor.js';
import type { Slice } from '../domain/slice.js';
import type { Evidence, Reading } from '../domain/score.js';
import type { Window } from '../domain/window.js';
import { TRAFFIC } from '../domain/traffic.js';
import { armsOf, isOfArm } from './arms.js';
import { columnByColumn } from './column-by-column.js';
import { withinMixes } from './composition.js';
import { metrics } from './index.js';
import { measured } from './measured.js';
import { mixesOf } from './mixes.js';
import { isDue, questionsOf } from './questions.js';
import type { Question } from './questions.js';

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
  const arms = armsOf(monitor, input.evidence, slices);
  const segments = slices.filter(({ current: { slice } }) =>
    monitor.segments.some(({ name }) => name in slice),
  );
  const evidence = { ...input.evidence, mixes, ...arms, segments };
  const prediction = monitor.columns.prediction?.column ?? null;
  const questions = questionsOf(monitor, evidence, shown).filter(({ spec }) => isDue(spec, window));
  const answers = columnByColumn(questions, (question) => measured(question, monitor, evidence));
  const whole = (yield* answers)
    .map(({ question, found }) => ({ question, slice: {}, found }))
    .filter(({ question, found }) => question.judged || found.value !== null)
    .map((asked) => ({ ...asked, found: withinMixes(asked, { evidence, slices, prediction }) }));
  yield;
  const parts = slices.filter((slice) => !isOfArm(slice) && !isShadow(slice));
  const shadow = askShadow(whole, slices.filter(isShadow), monitor);
  return [...whole, ...(yield* askSlices(whole, parts, monitor)), ...shadow];
}

const isShadow = ({ current }: Evidence): boolean => TRAFFIC in current.slice;

/** The metrics of rows that are not live, beside those of the live ones: shown, and not judged. */
function askShadow(
  whole: readonly Asked[],
  slices: readonly Evidence[],
  monitor: Monitor,
): Asked[] {
  const own = whole.filter(({ question }) => metrics.includes(question.check));
  return slices.flatMap((evidence) =>
    own
      .map(({ question: { spec, ...rest } }): Asked => {
        const question = { ...rest, spec: { ...spec, warn: null, alert: null }, judged: false };
        const found = measured(question, monitor, evidence);
        return { question, slice: evidence.current.slice, found };
      })
      .filter(({ found }) => found.value !== null),
  );
}

function* askSlices(
  whole: readonly Asked[],
  slices: readonly Evidence[],
  monitor: Monitor,
): Generator<void, Asked[], void> {
  const asked = whole.filter(
    ({ question: { judged, check } }) =>
      judged && !['model', 'metric', 'series'].includes(check.over),
  );
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

/** What steps come to that nobody wants to pause. */
export function atOnce<T>(steps: Generator<void, T, void>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}
