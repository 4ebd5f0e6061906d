import { z } from 'zod';
import type { Evidence, History, PastValue, Reading } from '../domain/score.js';
import { noReading, reading } from './check.js';

/** What all checks of the way of a metric have in common. */
export const OF_METRIC = {
  category: 'performance',
  over: 'metric',
  needs: ['outcomes', 'labels', 'history'],
  worse: 'higher',
  kind: 'associational',
  params: z.strictObject({}),
} as const;

export const DAY = 86_400_000;

/** A window of a day that a clock change cuts is one still. */
const LEAST_LENGTH = 22 * 3_600_000;

/** One value of a metric, turned so that higher is worse. */
export interface Turned extends PastValue {
  bad: number;
}

/** The values of a metric in order, the window under judgement last. */
export interface Course {
  history: History;
  first: readonly Turned[];
  all: readonly Turned[];
  now: Turned;
}

/** Turns a value so that higher is worse, and back. */
export function turned(value: number, worse: History['worse']): number {
  if (worse === 'either') return Math.abs(value);
  return worse === 'lower' ? -value : value;
}

/** The course of a metric up to this window, or why nothing can be said of it. */
export function courseOf({ history, labelled, current }: Evidence): Course | Reading {
  if (history === undefined) return noReading('not_applicable', 'the monitor judges no metric');
  if (labelled === undefined) {
    return noReading(
      'not_applicable',
      'it rests on evaluated windows, which are not looked at here',
    );
  }
  const { start, end } = current.window;
  if (end - start < LEAST_LENGTH) {
    return noReading('not_applicable', 'windows are shorter than a day, and times of day differ');
  }
  const { now, worse } = history;
  if (now.reason !== null || now.value === null) {
    const { reason, details, nCurrent } = now;
    return reading({ reason: reason ?? 'insufficient_data', details, nCurrent });
  }
  const turn = (past: PastValue): Turned => ({ ...past, bad: turned(past.value, worse) });
  const last = turn({ window: current.window, value: now.value, n: now.nCurrent });
  const all = [...history.recent.map(turn), last];
  return { history, first: history.first.map(turn), all, now: last };
}

/** `12 windows with mature labels, 28 needed`. */
export function tooFew(windows: number, needed: number, nCurrent: number): Reading {
  const many = windows === 1 ? 'window' : 'windows';
  const note = `${windows} ${many} with mature labels, ${needed} needed`;
  return noReading('insufficient_data', note, { nCurrent });
}
